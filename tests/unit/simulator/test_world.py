import json
from pathlib import Path
from typing import Any

import msgspec

from simulator.core.world import World

FIXTURE = Path(__file__).with_name("hikari_guild_keys.json")


def test_the_same_seed_makes_the_same_guilds() -> None:
    made = [World(3, seed=5).fresh_guild(World(3, seed=5).guild_ids()[2]) for _ in range(2)]
    assert made[0] == made[1]
    assert made[0] != World(3, seed=6).fresh_guild(World(3, seed=6).guild_ids()[2])


def test_a_hundred_thousand_guilds_cost_nothing_until_looked_at() -> None:
    world = World(100_000, seed=1)
    assert len(world.guild_ids()) == 100_000
    assert world.kept(world.guild_ids()[99_999]) is None


def test_guilds_spread_evenly_over_shards() -> None:
    shards = [(guild >> 22) % 4 for guild in World(100, seed=1).guild_ids()]
    assert [shards.count(n) for n in range(4)] == [25, 25, 25, 25]


def test_a_channel_tells_its_guild() -> None:
    world = World(2, seed=1)
    guild = world.fresh_guild(world.guild_ids()[1])
    assert world.guild_of(int(guild["channels"][2]["id"])) == world.guild_ids()[1]


def test_guild_create_has_every_key_that_hikari_reads() -> None:
    world = World(1, seed=1)
    made: dict[str, Any] = msgspec.json.decode(
        msgspec.json.encode(world.guild_create(world.guild_ids()[0], everyone=True))
    )
    assert set(json.loads(FIXTURE.read_text())) <= set(made)


def test_without_everyone_only_the_bot_is_among_the_members() -> None:
    world = World(1, seed=1)
    made = world.guild_create(world.guild_ids()[0], everyone=False)
    assert [m["user"]["id"] for m in made["members"]] == [world.bot["id"]]
    assert made["member_count"] == 13


def test_a_named_person_is_a_member_everywhere_and_keeps_the_id() -> None:
    world = World(2, seed=1)
    ann = world.person("ann")
    assert world.person("ann") is ann
    assert all(world.member(guild, int(ann["id"])) for guild in world.guild_ids())
    assert world.person(ann["id"]) == ann
