from typing import Any

import pytest

from simulator.core.rest.context import Api
from tests.unit.simulator.stage import body_of, call, make_api

AT = "applications/{app}/commands"
PING = {"name": "ping", "description": "Pong?", "type": 1}


def put(api: Api, *commands: dict[str, Any], at: str = AT) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = body_of(call(api, "PUT", at, list(commands)))
    return listed


def test_a_bulk_overwrite_replaces_everything() -> None:
    api = make_api()
    put(api, PING, {**PING, "name": "pong"})
    put(api, {**PING, "name": "other"})
    assert [c["name"] for c in body_of(call(api, "GET", AT))] == ["other"]
    assert api.ledger.commands_registered == 1


def test_a_command_that_stays_keeps_its_id() -> None:
    api = make_api()
    assert put(api, PING)[0]["id"] == put(api, {**PING, "description": "New"})[0]["id"]


def test_guild_commands_are_apart_from_global_ones() -> None:
    api = make_api()
    guild = api.world.guild_ids()[0]
    [command] = put(api, PING, at=f"applications/{{app}}/guilds/{guild}/commands")
    assert command["guild_id"] == str(guild)
    assert body_of(call(api, "GET", AT)) == []


def test_create_is_201_and_an_overwrite_by_name_is_200() -> None:
    api = make_api()
    assert [call(api, "POST", AT, PING).status for _ in range(2)] == [201, 200]


def test_one_command_can_be_read_changed_and_deleted() -> None:
    api = make_api()
    path = f"{AT}/{put(api, PING)[0]['id']}"
    assert body_of(call(api, "PATCH", path, {"description": "New"}))["description"] == "New"
    assert body_of(call(api, "GET", path))["description"] == "New"
    assert call(api, "DELETE", path).status == 204
    assert call(api, "GET", path).body == {"message": "Unknown Application command", "code": 10063}


@pytest.mark.parametrize(
    "wrong",
    [{}, {"name": "UPPER", "description": "x"}, {"name": "a b", "description": "x"},
     {"name": "x" * 33, "description": "x"}, {"name": "x"}, 7,
     {**PING, "options": [{"name": "x"}]}],
)  # fmt: skip
def test_a_wrong_command_is_a_form_error_and_changes_nothing(wrong: Any) -> None:
    api = make_api()
    put(api, PING)
    body = call(api, "PUT", AT, [wrong]).body
    assert isinstance(body, dict)
    assert body["code"] == 50035
    assert len(body_of(call(api, "GET", AT))) == 1


def test_more_than_a_hundred_are_too_many() -> None:
    body = call(make_api(), "PUT", AT, [{**PING, "name": f"c{n}"} for n in range(101)]).body
    assert isinstance(body, dict)
    assert body["code"] == 30032


def test_another_application_is_none_of_the_bots_business() -> None:
    assert call(make_api(), "GET", "applications/1/commands").status == 403


def test_options_nest_two_deep_at_most() -> None:
    api = make_api()
    leaf = {"type": 3, "name": "o", "description": "d"}
    sub = {"type": 1, "name": "s", "description": "d", "options": [leaf]}
    group = {"type": 2, "name": "g", "description": "d", "options": [sub]}
    assert put(api, {**PING, "options": [group, sub]})[0]["options"] == [group, sub]
    deep: dict[str, Any] = group
    for _ in range(500):
        deep = {**group, "options": [deep]}
    for wrong in (deep, {**group, "options": [group]}, {**sub, "options": [sub]}):
        assert call(api, "PUT", AT, [{**PING, "options": [wrong]}]).status == 400


def test_everything_wrong_with_a_command_is_told_at_once() -> None:
    wrong = {**PING, "name": "UP", "options": [{"type": 3, "name": "o"}]}
    body: Any = call(make_api(), "PUT", AT, [PING, wrong]).body
    assert set(body["errors"]) == {"1"}
    assert set(body["errors"]["1"]) == {"name", "options"}


@pytest.mark.parametrize(
    "options",
    [[{"type": 3, "name": "a", "description": "d"}] * 2,
     [{"type": 3, "name": "a", "description": "d"},
      {"type": 3, "name": "b", "description": "d", "required": True}]],
)  # fmt: skip
def test_options_differ_and_required_ones_come_first(options: Any) -> None:
    body: Any = call(make_api(), "PUT", AT, [{**PING, "options": options}]).body
    assert list(body["errors"]["0"]["options"]) == ["1"]
