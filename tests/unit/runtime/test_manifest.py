"""What the workers' manifests decide: intents, event types, commands."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.core.manifest import (
    Manifest,
    appearance,
    fingerprint,
    newest,
    normal,
    plan,
    wanted_types,
)

SERVER = {"id": "1", "application_id": "2", "version": "3", "default_member_permissions": None}


def worker(name: str, version: str, appeared: float, types: list[str] | None = None) -> Manifest:
    return Manifest(name, version, appeared, 513, types)


def command(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "description": f"does {name}", **more}


def registered(*commands: dict[str, Any]) -> list[dict[str, Any]]:
    """As Discord returns them: with its own keys and every default spelt out."""
    return [{**SERVER, "type": 1, "nsfw": False, "dm_permission": True, **c} for c in commands]


def test_the_version_that_appeared_last_decides() -> None:
    old, new = worker("a", "v1", 10.0), worker("b", "v2", 20.0)
    assert newest([new, old]) == new
    assert newest([]) is None


def test_a_restarted_worker_of_the_old_version_changes_nothing() -> None:
    running = [worker("a", "v1", 10.0), worker("b", "v2", 20.0)]
    restarted = worker("c", "v1", appearance("v1", running, now=30.0))
    decides = newest([*running, restarted])
    assert decides is not None
    assert decides.version == "v2"


def test_event_types_of_all_workers_and_of_the_settings_are_published() -> None:
    some = [worker("a", "v1", 1.0, ["A"]), worker("b", "v2", 2.0, ["B"])]
    assert wanted_types(some, ["C"]) == frozenset("ABC")
    assert wanted_types([*some, worker("c", "v3", 3.0)], []) is None
    assert wanted_types([], []) is None


def test_nothing_is_written_when_discord_has_it_already() -> None:
    wanted = [
        command("a", options=[{"name": "n", "description": "d", "type": 4, "required": False}])
    ]
    known = registered(command("a", options=[{"name": "n", "description": "d", "type": 4}]))
    assert plan(wanted, known, prune=False).overwrite is None
    assert plan(wanted, known, prune=True).overwrite is None


@pytest.mark.parametrize(
    "changed",
    [
        command("a", description="other"),
        command("a", options=[{"name": "n", "description": "d", "type": 3}]),
        command("a", nsfw=True),
        command("a", dm_permission=False),
        command("a", contexts=[0]),
    ],
)
def test_a_change_is_written_and_creates_nothing(changed: dict[str, Any]) -> None:
    todo = plan([changed], registered(command("a")), prune=False)
    assert todo.overwrite == [changed]
    assert todo.created == 0


def test_only_new_commands_count_as_created() -> None:
    todo = plan([command("a"), command("b")], registered(command("a")), prune=False)
    assert todo.created == 1


def test_a_command_that_the_bot_no_longer_has_stays_unless_told_otherwise() -> None:
    known = registered(command("a"), command("old"))
    assert plan([command("a")], known, prune=False).overwrite is None
    assert plan([command("a")], known, prune=True).overwrite == [command("a")]


def test_an_overwrite_sends_the_others_along_or_they_would_vanish() -> None:
    todo = plan([command("new")], registered(command("old")), prune=False)
    assert todo.overwrite is not None
    assert [sent["name"] for sent in todo.overwrite] == ["new", "old"]
    assert not {"id", "version", "application_id"} & set(todo.overwrite[1])


def test_commands_of_one_name_and_different_types_are_different() -> None:
    todo = plan([command("a", type=2)], registered(command("a")), prune=False)
    assert todo.created == 1


def test_zero_is_not_the_same_as_nothing() -> None:
    option = {"name": "n", "description": "d", "type": 4}
    wanted = [command("a", options=[{**option, "min_value": 0}])]
    assert plan(wanted, registered(command("a", options=[option])), prune=False).overwrite == wanted


def test_a_fingerprint_goes_by_content_and_not_by_order() -> None:
    one, other = command("a", nsfw=True), command("b")
    assert fingerprint([one, other]) == fingerprint([other, dict(reversed(one.items()))])
    assert fingerprint([one]) != fingerprint([other])


@given(st.dictionaries(st.sampled_from(["nsfw", "options", "x", "type", "id"]), st.none()))
def test_what_means_nothing_tells_nothing_apart(extra: dict[str, None]) -> None:
    assert normal({**extra, "name": "a"}) == {"name": "a"}
