"""What is kept of messages."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.core import seen

ME = 1
MESSAGE: dict[str, Any] = {"id": "10", "content": "a", "author": {"id": "2"}}


def reaction(user: int, name: str = "x", emoji_id: str | None = None) -> dict[str, Any]:
    return {"message_id": "10", "user_id": str(user), "emoji": {"id": emoji_id, "name": name}}


def after(message: dict[str, Any], *events: tuple[str, dict[str, Any]]) -> Any:
    now: Any = message
    for event_type, data in events:
        now = seen.changed(now, f"MESSAGE_{event_type}", data, ME)
    return now


def test_an_edit_replaces_what_it_names() -> None:
    now = after(MESSAGE, ("UPDATE", {"id": "10", "content": "b"}))
    assert (now["content"], now["author"]) == ("b", {"id": "2"})


@pytest.mark.parametrize("event", ["DELETE", "DELETE_BULK"])
def test_a_deleted_message_is_gone(event: str) -> None:
    assert after(MESSAGE, (event, {"id": "10", "ids": ["10"]})) is None


def test_reactions_are_counted_by_emoji_and_the_bots_own_is_known() -> None:
    now = after(
        MESSAGE,
        ("REACTION_ADD", reaction(2)),
        ("REACTION_ADD", reaction(ME)),
        ("REACTION_ADD", reaction(3, "y", "77")),
        ("REACTION_REMOVE", reaction(2)),
    )
    assert [(one["emoji"]["name"], one["count"], one["me"]) for one in now["reactions"]] == [
        ("x", 1, True),
        ("y", 1, False),
    ]


def test_the_last_reaction_that_is_taken_back_leaves_none() -> None:
    now = after(MESSAGE, ("REACTION_ADD", reaction(2)), ("REACTION_REMOVE", reaction(2)))
    assert now["reactions"] == []


def test_a_reaction_that_was_never_seen_may_be_taken_back() -> None:
    assert after(MESSAGE, ("REACTION_REMOVE", reaction(2))) == MESSAGE


def test_an_emoji_of_the_guild_is_known_by_its_id_whatever_its_name() -> None:
    events = ("REACTION_ADD", reaction(2, "a", "7")), ("REACTION_ADD", reaction(3, "b", "7"))
    assert after(MESSAGE, *events)["reactions"][0]["count"] == 2


def test_reactions_are_cleared_all_or_one_emoji() -> None:
    two = ("REACTION_ADD", reaction(2)), ("REACTION_ADD", reaction(2, "y"))
    left = after(MESSAGE, *two, ("REACTION_REMOVE_EMOJI", {"emoji": {"id": None, "name": "x"}}))
    assert [one["emoji"]["name"] for one in left["reactions"]] == ["y"]
    assert after(MESSAGE, *two, ("REACTION_REMOVE_ALL", {}))["reactions"] == []


def test_events_say_which_messages_they_are_about() -> None:
    assert seen.about("MESSAGE_DELETE_BULK", {"ids": ["1", "2"]}) == (1, 2)
    assert seen.about("MESSAGE_REACTION_ADD", {"message_id": "3"}) == (3,)
    assert seen.about("MESSAGE_UPDATE", {"id": "4"}) == (4,)
    assert seen.about("MESSAGE_CREATE", {"id": "5"}) == ()


@given(st.integers(0, (1 << 63) - 1))
def test_every_message_has_a_slot(message_id: int) -> None:
    assert 0 <= int(seen.slot(message_id)) < seen.SLOTS


def test_messages_of_one_second_fall_far_apart() -> None:
    slots = {seen.slot((1_500_000_000_000 + n) << 22) for n in range(1000)}
    assert len(slots) > 980
