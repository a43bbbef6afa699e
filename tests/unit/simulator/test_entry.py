"""What a person can enter, and what a client would refuse."""

from typing import Any

import pytest

from simulator.core.commands import Leaf
from simulator.core.entry import Entry
from simulator.core.world import Json
from simulator.errors import WrongValue
from tests.unit.simulator.stage import NOW, make_api

KINDS = {"text": 3, "whole": 4, "truth": 5, "who": 6, "where": 7, "role": 8, "anyone": 9,
         "size": 10, "file": 11}  # fmt: skip


def entry() -> Entry:
    api = make_api()
    return Entry(api, api.world.guild_ids()[0], NOW)


def leaf(*options: Json) -> Leaf:
    return Leaf(0, {"name": "c", "id": "1", "type": 1}, (), options)


def values(given: dict[str, Any], *options: Json) -> dict[str, Any]:
    return {option["name"]: option["value"] for option in entry().options(leaf(*options), given)}


def test_each_kind_of_option_has_its_value_and_what_it_refers_to() -> None:
    one, guild = entry(), make_api().world.guild_ids()[0]
    given = {"text": "t", "whole": 5, "truth": True, "who": "ann", "where": "general",
             "role": "player", "anyone": "bob", "size": 0.5, "file": ("a.txt", b"123")}  # fmt: skip
    options = [{"name": name, "type": kind} for name, kind in KINDS.items()]
    told = {o["name"]: o["value"] for o in one.options(leaf(*options), given)}
    assert (told["text"], told["whole"], told["truth"], told["size"]) == ("t", 5, True, 0.5)
    assert (told["where"], told["role"]) == (str(guild + 1), str(guild + 900))
    assert set(one.resolved["users"]) == set(one.resolved["members"]) == {
        told["who"], told["anyone"],
    }  # fmt: skip
    assert one.resolved["attachments"][told["file"]]["size"] == 3
    assert set(one.resolved) == {"users", "members", "channels", "roles", "attachments"}


def test_a_mentionable_may_be_a_role() -> None:
    one = entry()
    role = str(make_api().world.guild_ids()[0] + 900)
    assert one.refer(KINDS["anyone"], role) == role
    assert set(one.resolved) == {"roles"}


def test_a_choice_is_given_by_name_or_value() -> None:
    option = {"name": "o", "type": 3, "choices": [{"name": "Red", "value": "r"}]}
    assert values({"o": "Red"}, option) == values({"o": "r"}, option) == {"o": "r"}


@pytest.mark.parametrize(
    ("option", "value"),
    [({"type": 4}, "x"), ({"type": 4}, True), ({"type": 4, "max_value": 5}, 6), ({"type": 5}, 1),
     ({"type": 3, "min_length": 2}, "x"), ({"type": 3}, 5), ({"type": 11}, "x"),
     ({"type": 8}, "nobody"), ({"type": 7}, "nowhere"),
     ({"type": 3, "choices": [{"name": "a", "value": "a"}]}, "b")],
)  # fmt: skip
def test_a_client_would_refuse(option: Json, value: Any) -> None:
    with pytest.raises(WrongValue):
        values({"o": value}, {"name": "o", **option})


def test_what_is_required_and_what_is_unknown_is_told() -> None:
    with pytest.raises(WrongValue, match="needs the option 'o'"):
        values({}, {"name": "o", "type": 3, "required": True})
    with pytest.raises(WrongValue, match="no option 'x'; it has: o"):
        values({"x": 1}, {"name": "o", "type": 3})


MESSAGE = {"components": [
    {"type": 1, "components": [
        {"type": 2, "style": 1, "custom_id": "go", "id": 2},
        {"type": 2, "style": 1, "custom_id": "off", "disabled": True}]},
    {"type": 1, "components": [
        {"type": 3, "custom_id": "colour", "max_values": 2, "options": [
            {"label": "Red", "value": "r"}, {"label": "Blue", "value": "b"}]}]},
    {"type": 1, "components": [{"type": 5, "custom_id": "who"}]},
]}  # fmt: skip


def test_a_button_is_pressed_if_it_is_there_and_enabled() -> None:
    assert entry().press(MESSAGE, "go") == {"custom_id": "go", "component_type": 2, "id": 2}
    for custom_id, why in (("off", "disabled"), ("no", "no button 'no'; there are: 'go', 'off'")):
        with pytest.raises(WrongValue, match=why):
            entry().press(MESSAGE, custom_id)


def test_a_menu_takes_options_by_label_as_many_as_it_allows() -> None:
    assert entry().choose(MESSAGE, "colour", ("Red", "b"))["values"] == ["r", "b"]
    with pytest.raises(WrongValue, match="no option 'Green'; there are: Red, Blue"):
        entry().choose(MESSAGE, "colour", ("Green",))
    with pytest.raises(WrongValue, match="takes 1 to 1 values"):
        entry().choose(MESSAGE, "who", ("ann", "bob"))


def test_a_menu_of_people_says_who_they_are() -> None:
    data = entry().choose(MESSAGE, "who", ("ann",))
    assert data["component_type"] == 5
    assert set(data["resolved"]["users"]) == set(data["values"])


def test_a_modal_is_filled_in() -> None:
    label = {"type": 18, "id": 4, "component": {"type": 19, "custom_id": "card"}}
    modal = {"components": [
        {"type": 1, "components": [{"type": 4, "custom_id": "name", "value": "before"}]},
        {"type": 10, "content": "x"}, {"type": 18, "component": {**MESSAGE["components"][1][
            "components"][0]}}, label,  # type: ignore[index]
    ]}  # fmt: skip
    one = entry()
    row, text, menu, upload = one.fields(modal, {"colour": ["Red"], "card": [("c.txt", b"1")]})
    assert row["components"][0]["value"] == "before"
    assert text == {"type": 10, "id": 1}
    assert menu["component"]["values"] == ["r"]
    assert upload["component"]["values"] == list(one.resolved["attachments"])
    with pytest.raises(WrongValue, match="no field 'x'; it has: name, colour, card"):
        one.fields(modal, {"x": "y"})
