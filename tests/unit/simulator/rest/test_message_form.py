from typing import Any

import pytest

from simulator.core.rest import message_form
from simulator.core.rest.message_form import COMPONENTS_V2
from simulator.core.rest.route import ApiError

TEXT = [{"type": 10, "content": "x"}]


def tree(body: Any, **more: Any) -> Any:
    with pytest.raises(ApiError) as error:
        message_form.read(body, partial=False, **more)
    assert error.value.code == 50035
    return error.value.errors


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"content": "x" * 2001}, "content"), ({"embeds": [{}] * 11}, "embeds"),
        ({"embeds": [{"title": "x" * 257}]}, "embeds"), ({"flags": -1}, "flags"),
        ({"embeds": [{"description": "x" * 4096}, {"description": "x" * 2000}]}, "embeds"),
        ({"embeds": [{"url": "ftp://x"}]}, "embeds"), ({"embeds": [{"url": "x"}]}, "embeds"),
        ({"embeds": [{"fields": [{"name": "n", "value": "v"}] * 26}]}, "embeds"),
        ({"allowed_mentions": {"parse": ["x"]}}, "allowed_mentions"), ({"nonce": []}, "nonce"),
        ({"components": [{"type": 2}]}, "components"), ({"components": TEXT}, "components"),
        ({"sticker_ids": ["1"] * 4}, "sticker_ids"), ({"username": "x" * 81}, "username"),
        ({"message_reference": {}}, "message_reference"), ({"attachments": [{}]}, "attachments"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(body: Any, key: str) -> None:
    assert set(tree(body)) == {key}


def test_the_modern_layout_stands_alone() -> None:
    modern = {"components": TEXT, "flags": COMPONENTS_V2}
    assert message_form.read(modern, partial=False)["components"] == TEXT
    assert set(tree({**modern, "content": "x"})) == {"content"}
    assert set(tree({"content": "x"}, flags=COMPONENTS_V2)) == {"content"}


def test_errors_of_a_part_stand_below_it() -> None:
    assert set(tree({"content": 5}, at="data")) == {"data"}


def test_only_some_flags_can_be_set() -> None:
    assert message_form.read({"content": "x", "flags": 1 | 4}, partial=False)["flags"] == 4


def test_null_takes_content_away() -> None:
    assert message_form.read({"content": None}, partial=True) == {"content": None}


def test_nothing_to_show_is_50006() -> None:
    with pytest.raises(ApiError, match="empty message"):
        message_form.demand_something({"content": ""}, files=False)
    message_form.demand_something({}, files=True)
