import msgspec

from simulator.core.scene import Scenes
from simulator.core.world import World


def test_a_scene_is_made_once() -> None:
    world = World(3, seed=1)
    scenes = Scenes(world)
    assert scenes.of(world.guild_ids()[0]) is scenes.of(world.guild_ids()[0])


def test_its_pieces_are_json_of_the_guilds_people() -> None:
    world = World(1, seed=1)
    scene = Scenes(world).of(world.guild_ids()[0])
    assert len(scene.users) == len(scene.people) == len(scene.acting) == 12
    assert msgspec.json.decode(scene.acting[0])["user"] == msgspec.json.decode(scene.users[0])


def test_a_changed_guild_is_rendered_anew() -> None:
    world = World(1, seed=1)
    scenes, guild = Scenes(world), world.guild_ids()[0]
    before = scenes.of(guild)
    kept = world.guild(guild)
    assert kept is not None
    kept["name"] = "Renamed"
    scenes.forget(guild)
    assert scenes.of(guild) is not before
    assert b"Renamed" in scenes.of(guild).roles[0]


def test_too_many_scenes_are_not_kept() -> None:
    world = World(5, seed=1)
    scenes = Scenes(world, kept=2)
    first = scenes.of(world.guild_ids()[0])
    for guild in world.guild_ids():
        scenes.of(guild)
    assert scenes.of(world.guild_ids()[0]) is not first
