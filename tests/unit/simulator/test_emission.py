import msgspec

from simulator.core.commands import Invocation
from simulator.core.emission import invoked
from simulator.core.interactions import Interaction
from simulator.core.scene import Scene
from simulator.core.world import World
from tests.unit.simulator.stage import NOW

WORLD = World(1, seed=1)
SCENE = Scene(WORLD.fresh_guild(WORLD.guild_ids()[0]))


def test_an_invocation_is_owed_an_answer_in_its_channel() -> None:
    event = invoked(Invocation(0, 2, b'{"name":"ping"}', False), SCENE, 1, 0, 7, NOW)
    assert isinstance(event.owed, Interaction)
    assert (event.owed.channel_id, event.guild) == (SCENE.channels[1], SCENE.guild)


def test_slots_are_filled_with_places_of_the_guild() -> None:
    data = b'{"name":"ping","options":["@CHANNEL@","@ROLE@"]}'
    d = msgspec.json.decode(invoked(Invocation(0, 2, data, True), SCENE, 1, 0, 7, NOW).d)
    assert d["data"]["options"] == [str(SCENE.channels[1]), str(SCENE.guild + 900)]
