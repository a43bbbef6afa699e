import msgspec
import pytest

from simulator.core.commands import Commands
from simulator.core.emission import Emission, Probe
from simulator.core.recording import Playback, Schedule, read
from simulator.core.snowflake import Snowflakes
from simulator.core.world import World
from simulator.errors import WrongValue
from tests.unit.simulator.stage import NOW

GUILD = 5 << 22
TEXT = (
    b'{"recording":1}\n'
    b'{"at":3.0,"t":"MESSAGE_CREATE","d":{"id":"9","channel_id":"20971521","guild_id":"20971520",'
    b'"content":"!probe 4","author":{"id":"3"}}}\n'
    b'{"at":1.0,"t":"GUILD_CREATE","d":{"id":"20971520","channels":[],"members":[]}}\n'
    b'{"at":0.5,"t":"READY","d":{}}\n'
)


def play(world: World, redact: bool = False) -> list[Emission]:
    playback = Playback(read(TEXT), world, Snowflakes())
    return playback.batch(NOW, [0.0, 0.0], Commands(), lambda _: True, redact)


def test_events_are_played_in_the_order_of_their_times_without_those_of_connections() -> None:
    assert [entry.t for entry in read(TEXT).entries] == ["GUILD_CREATE", "MESSAGE_CREATE"]


@pytest.mark.parametrize("speed", [0.5, 1, 10])
def test_the_speed_divides_the_times(speed: float) -> None:
    pace = Schedule(read(TEXT), speed, None)
    pace.start(100)
    assert (pace.offered(100), pace.offered(100 + 2 / speed)) == (1, 2)
    assert pace.take(2) == [0, 2 / speed]
    assert pace.over(200)


def test_nobody_sets_the_rate_of_a_replay() -> None:
    with pytest.raises(WrongValue, match="the times of its recording"):
        Schedule(read(TEXT), 1, None).change(5, 0)


def test_recorded_places_become_known_to_rest() -> None:
    world = World(1, seed=1)
    play(world)
    channel = world.channel(GUILD + 1)
    assert channel is not None
    assert channel["guild_id"] == str(GUILD)


def test_a_recorded_probe_is_owed_an_answer() -> None:
    assert play(World(1, seed=1))[1].owed == Probe(4, GUILD + 1)


def test_sessions_without_message_content_get_none() -> None:
    event = play(World(1, seed=1), redact=True)[1]
    assert event.redacted is not None
    assert msgspec.json.decode(event.redacted)["content"] == ""


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ('"t":"MESSAGE_CREATE","d":{}', "line 2 is no event: .*missing"),
        ('"t":"MESSAGE_CREATE","d":{"id":"x","channel_id":"1"}', "line 2 is no event: .*id"),
        ('"t":"MESSAGE_UPDATE","d":{"mentions":[1]}', "line 2 is no event: .*mentions"),
        ('"t":"GUILD_CREATE","d":{"id":"1","channels":[{}]}', "line 2 is no event: .*channels"),
        ('"t":"INTERACTION_CREATE","d":{"member":"ann"}', "line 2 is no event: .*member"),
        ('"t":"TYPING_START","d":{"guild_id":{}}', "line 2 is no event: .*guild_id"),
        ('"t":"TYPING_START","d":{"guild_id":"1"', "line 2 is no event: .*truncated"),
    ],
)
def test_what_could_not_be_played_is_told_before_anything_is(event: str, told: str) -> None:
    with pytest.raises(WrongValue, match=told):
        read(b'{"recording":1}\n{"at":1.0,%b}' % event.encode())


@pytest.mark.parametrize("text", [b"", b"[]", b'{"recording":9}', b'{"recording":1}\n{"t":1}'])
def test_what_is_no_recording_is_told(text: bytes) -> None:
    with pytest.raises(WrongValue):
        read(text)
