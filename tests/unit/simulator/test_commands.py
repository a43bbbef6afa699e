import random
from typing import Any

import msgspec
import pytest

from simulator.core.commands import Commands, data_of, invocations, value
from simulator.core.world import World

ROUND = {
    "id": "1", "name": "round", "type": 1, "options": [
        {"name": "create", "type": 1, "options": [
            {"name": "course", "type": 3, "required": True, "max_length": 10}]},
        {"name": "card", "type": 2, "options": [{"name": "show", "type": 1}]},
    ],
}  # fmt: skip


def registered() -> Commands:
    commands = Commands()
    commands.replace(0, [ROUND, {"id": "2", "name": "ping", "type": 1}])
    return commands


def test_sub_commands_and_groups_are_what_users_invoke() -> None:
    assert [leaf.name for leaf in registered().leaves()] == [
        "round create", "round card show", "ping",
    ]  # fmt: skip


def test_options_nest_below_group_and_sub_command() -> None:
    leaf = registered().find("round card show", guild_id=0)
    assert leaf is not None
    assert data_of(leaf, [], {})["options"] == [
        {"name": "card", "type": 2, "options": [{"name": "show", "type": 1, "options": []}]}
    ]


def test_a_guilds_own_command_comes_before_a_global_one() -> None:
    commands = registered()
    commands.replace(9, [{"id": "3", "name": "ping", "type": 1}])
    found = commands.find("ping", 9), commands.find("ping", 8)
    assert [leaf.scope if leaf else None for leaf in found] == [9, 0]


def draw(option: dict[str, Any]) -> set[Any]:
    dice, world = random.Random(1), World(1, seed=1)
    return {value({"name": "x", **option}, world, dice, {}) for _ in range(200)}


def test_values_respect_choices_and_bounds() -> None:
    assert draw({"type": 3, "choices": [{"value": "a"}, {"value": "b"}]}) == {"a", "b"}
    assert draw({"type": 4, "min_value": 2, "max_value": 4}) == {2, 3, 4}
    assert all(0.5 <= v <= 1.5 for v in draw({"type": 10, "min_value": 0.5, "max_value": 1.5}))
    assert all(3 <= len(v) <= 8 for v in draw({"type": 3, "min_length": 3, "max_length": 8}))
    assert draw({"type": 5}) == {True, False}


REFERRING = {6: "users", 7: "channels", 8: "roles", 9: "users", 11: "attachments"}


@pytest.mark.parametrize(("kind", "where"), REFERRING.items())
def test_what_a_value_refers_to_is_resolved(kind: int, where: str) -> None:
    resolved: dict[str, Any] = {}
    chosen = value({"name": "x", "type": kind}, World(1, seed=1), random.Random(1), resolved)
    assert chosen in resolved[where]


def test_context_menus_have_a_target() -> None:
    commands = Commands()
    commands.replace(
        0, [{"id": "1", "name": "Who", "type": 2}, {"id": "2", "name": "Pin", "type": 3}]
    )
    for invocation in invocations(commands, World(1, seed=1), seed=1):
        data = msgspec.json.decode(invocation.data)
        assert data["target_id"] in data["resolved"]["users" if data["type"] == 2 else "messages"]
