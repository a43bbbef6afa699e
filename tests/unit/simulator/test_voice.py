from typing import Any

import pytest

from simulator.core import voice
from simulator.core.session import Refused
from simulator.core.world import World

GUILD = World(1, seed=1).guild_ids()[0]
VOICE = str(GUILD + 4)


def changed(world: World, **more: object) -> dict[str, Any] | None:
    return voice.change(world, {"guild_id": str(GUILD), "channel_id": VOICE, **more}, "s")


def test_the_bot_is_where_it_said_it_goes() -> None:
    state = changed(World(1, seed=1), self_deaf=True)
    assert state is not None
    assert (state["channel_id"], state["self_deaf"], state["self_mute"]) == (VOICE, True, False)
    assert (state["session_id"], state["member"]["user"]["id"]) == ("s", state["user_id"])


def test_a_new_guild_create_shows_it_until_it_leaves() -> None:
    world = World(1, seed=1)
    changed(world)
    [kept] = world.guild_create(GUILD, everyone=False)["voice_states"]
    assert (kept["channel_id"], "guild_id" in kept) == (VOICE, False)
    changed(world, channel_id=None)
    assert world.guild_create(GUILD, everyone=False)["voice_states"] == []


def test_it_leaves_with_its_session() -> None:
    world = World(1, seed=1)
    changed(world)
    voice.leave(world, "another")
    assert GUILD in world.voices
    voice.leave(world, "s")
    assert world.voices == {}


def test_numbers_are_as_good_as_texts() -> None:
    assert changed(World(1, seed=1), guild_id=GUILD, channel_id=int(VOICE)) is not None


@pytest.mark.parametrize("channel", [str(GUILD + 1), "1"])
def test_a_channel_without_voice_is_no_place_to_go(channel: str) -> None:
    assert changed(World(1, seed=1), channel_id=channel) is None


def test_a_guild_that_is_not_there_is_no_place_either() -> None:
    assert changed(World(1, seed=1), guild_id="1") is None


@pytest.mark.parametrize("d", [None, {}, {"guild_id": "1"}, {"guild_id": "x", "channel_id": None}])
def test_what_cannot_be_read_is_refused(d: object) -> None:
    with pytest.raises(Refused):
        voice.change(World(1, seed=1), d, "s")
