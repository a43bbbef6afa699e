"""Which command an interaction is."""

import json

import msgspec
import pytest

from runtime.core.command import command_of


def body(kind: int, **data: object) -> bytes:
    return json.dumps({"id": "1", "type": kind, "data": data}).encode()


def option(name: str, kind: int, *options: object) -> dict[str, object]:
    return {"name": name, "type": kind, "options": list(options)}


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ([], "round"),
        ([{"name": "course", "type": 3, "value": "x"}], "round"),
        ([option("join", 1)], "round join"),
        ([option("join", 1, {"name": "hole", "type": 4, "value": 1})], "round join"),
        ([option("admin", 2, option("close", 1))], "round admin close"),
    ],
)
def test_a_command_has_its_whole_name(options: list[object], name: str) -> None:
    assert command_of(body(2, name="round", options=options)) == name


@pytest.mark.parametrize(("kind", "name"), [(3, "component"), (4, "autocomplete"), (5, "modal")])
def test_other_interactions_have_the_name_of_their_kind(kind: int, name: str) -> None:
    assert command_of(body(kind, custom_id="x")) == name


@pytest.mark.parametrize("broken", [b"", b"[]", body(2, name=1), body(2, name="a", options=[1])])
def test_what_is_no_interaction_is_refused(broken: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        command_of(broken)
