"""What a gateway publishes is recorded, and the fake Discord plays it to a bot again."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from runtime.bus.interface import Bus, Message
from runtime.bus.memory import MemoryBus
from runtime.core.envelope import Envelope
from runtime.core.routing import Subjects
from runtime.core.topology import Topology
from runtime.errors import StartError
from runtime.record import record, recording
from simulator import FakeDiscord
from simulator.core.interactions import Interaction, acting_member, partial_channel, render
from simulator.core.recording import Recording, read
from simulator.core.world import channel_json, member_json, user_json
from simulator.errors import WrongValue
from tests.eventually import eventually
from tests.integration.simulator_bot import Bot
from tests.integration.test_simulator_cli import failure

TOPOLOGY = Topology(Subjects("taped"))
GUILD = 5 << 22
MESSAGE = (
    b'{"id":"9","channel_id":"%d","guild_id":"%d","content":"!probe 7","type":0,"timestamp":'
    b'"2024-06-01T00:00:00.000000+00:00","edited_timestamp":null,"tts":false,"mention_everyone":'
    b'false,"mentions":[],"mention_roles":[],"attachments":[],"embeds":[],"pinned":false,'
    b'"author":{"id":"3","username":"ann","discriminator":"0","avatar":null}}' % (GUILD + 1, GUILD)
)
TYPING = b'{"channel_id":"%d","guild_id":"%d","user_id":"3","timestamp":1}' % (GUILD + 1, GUILD)


async def publish(bus: Bus, number: int, event_type: str, body: bytes, at: float) -> None:
    envelope = Envelope(f"s:{number}", event_type, 0, int(at * 1e9), body)
    subject = TOPOLOGY.subjects.of(event_type, body)
    message = Message(subject, body, envelope.headers())
    if event_type == "TYPING_START":
        await bus.publish(message)
    else:
        await bus.store(message)


async def tape(path: Path, *, content: bool = True) -> Recording:
    async with MemoryBus() as bus:
        await bus.ensure(TOPOLOGY)
        async with recording(bus, TOPOLOGY, path, content=content) as recorder:
            await publish(bus, 1, "TYPING_START", TYPING, 100.0)
            await publish(bus, 2, "MESSAGE_CREATE", MESSAGE, 102.0)
            await publish(bus, 3, "READY", b'{"session_id":"s"}', 103.0)
            await eventually(lambda: recorder.written == 2)
    return read(path.read_bytes())  # noqa: ASYNC240 - a few lines


async def test_a_recording_holds_types_times_and_bodies(tmp_path: Path) -> None:
    taped = await tape(tmp_path / "tape")
    typing, message = taped.entries
    assert (typing.t, message.t, message.at - typing.at) == ("TYPING_START", "MESSAGE_CREATE", 2.0)
    assert taped.entries[1].d["content"] == "!probe 7"


async def test_without_content_nobody_reads_what_was_said(tmp_path: Path) -> None:
    await tape(tmp_path / "tape", content=False)
    assert b"probe" not in (tmp_path / "tape").read_bytes()
    assert b'"ann"' not in (tmp_path / "tape").read_bytes()


async def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    async with MemoryBus() as bus:
        with pytest.raises(StartError, match="cannot write"):
            async with recording(bus, TOPOLOGY, tmp_path / "no" / "tape"):
                pass


async def test_an_event_that_the_gateway_publishes_again_is_written_once(tmp_path: Path) -> None:
    async with MemoryBus() as bus:
        await bus.ensure(TOPOLOGY)
        async with recording(bus, TOPOLOGY, tmp_path / "tape") as recorder:
            for number in (1, 2, 1, 3):
                await publish(bus, number, "TYPING_START", TYPING, 100.0 + number)
            await eventually(lambda: recorder.written == 3)
    assert len(read((tmp_path / "tape").read_bytes()).entries) == 3


async def test_a_full_disk_is_told() -> None:
    stop = asyncio.Event()
    stop.set()
    async with MemoryBus() as bus:
        await bus.ensure(TOPOLOGY)
        with pytest.raises(StartError, match="No space left"):
            await record(bus, TOPOLOGY, Path("/dev/full"), stop)


async def test_a_bot_answers_a_replay_ten_times_as_fast(tmp_path: Path) -> None:
    taped = await tape(tmp_path / "tape")
    async with FakeDiscord(replay=taped, speed=10, grace=0, guilds=1) as fake:
        async with fake.running(Bot()):
            await eventually(lambda: fake.ledger()["probes"]["answered"] == 1)
        book = fake.ledger()
    assert (book["emitted"], book["probes"]["lost"]) == (2, 0)
    assert book["active_seconds"] == pytest.approx(0.2, abs=0.01)
    with pytest.raises(WrongValue, match="its recording"):
        fake.set_rate(5)


def recorded_interaction() -> bytes:
    """As it stands in a recording: an old id, no token."""
    user = user_json(3, "ann")
    asked = Interaction(1, 2, GUILD, GUILD + 1, msgspec.json.encode(user), 0.0, "hidden")
    data = b'{"id":"1","type":1,"name":"hello","options":[{"name":"who","type":3,"value":"you"}]}'
    channel = partial_channel(channel_json(GUILD + 1, GUILD, 0, "general", 0))
    d = render(asked, channel, acting_member(member_json(user)), data)
    return b'{"recording":1}\n{"at":0,"t":"INTERACTION_CREATE","d":%b}\n' % d


async def test_recorded_interactions_get_tokens_that_can_be_answered() -> None:
    taped = read(recorded_interaction())
    async with FakeDiscord(replay=taped, guilds=1) as fake, fake.running(Bot()):
        await eventually(lambda: fake.ledger()["interactions"]["answered"] == 1)


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "no recording"), ('{"recording":2}', "no recording"), ('{"recording":1}', "no event"),
     ('{"recording":1}\n{"at":1}', "line 2 is no event")],
)  # fmt: skip
async def test_a_file_that_is_no_recording_is_status_2(
    tmp_path: Path, text: str, told: str
) -> None:
    file = tmp_path / "tape"
    file.write_text(text)
    status, errors = await failure("--replay", str(file))
    assert (status, errors.count("\n"), told in errors) == (2, 1, True)
