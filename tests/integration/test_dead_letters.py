"""What an operator does about dead letters, on a real server; the events die in a real worker."""

import json
from collections.abc import AsyncIterator

import pytest

from loadtests._nats_server import NatsServer
from runtime.bus.bodies import Bodies
from runtime.bus.dead_letters import DeadLetters
from runtime.bus.interface import Bus, Message
from runtime.bus.jetstream import JetStreamBus
from runtime.core.delivery import Dead
from runtime.core.routing import Subjects
from runtime.core.topology import Topology
from runtime.dead import Office, Order, parse
from runtime.errors import ConfigurationError
from tests.contracts.inbox import Inbox
from tests.contracts.test_bus_streams import bodies


class Desk:
    """A bus with an office, and what the office wrote."""

    def __init__(self, bus: Bus, topology: Topology) -> None:
        self.bus = bus
        self.topology = topology
        self.lines: list[str] = []

    async def bury(self, number: int, reason: str = "failed", event_type: str = "A") -> Message:
        headers = {"Nats-Msg-Id": f"s:{number}", "Event-Type": event_type, "Received-Ns": "1"}
        subject = f"{self.topology.subjects.root}.event.7.{event_type}"
        message = Message(subject, b'{"guild_id":"42","n":%d}' % number, headers)
        letters = DeadLetters(self.bus, self.topology)
        await letters.keep(message, number, 5, Dead(reason, "RuntimeError: no"))
        return message

    async def do(self, *arguments: str) -> list[str]:
        self.lines.clear()
        await Office(self.bus, self.topology, self.lines.append).carry_out(parse(arguments))
        return self.lines


@pytest.fixture
async def desk(nats_server: NatsServer, subject_prefix: str) -> AsyncIterator[Desk]:
    topology = Topology(Subjects(subject_prefix))
    async with JetStreamBus(nats_server.url) as bus:
        await bus.ensure(topology)
        yield Desk(bus, topology)


async def test_letters_are_listed_oldest_first_with_what_matters(desk: Desk) -> None:
    await desk.bury(1)
    await desk.bury(2, "timeout", "B")
    lines = await desk.do("list")
    assert [line.split()[0] for line in lines] == ["SEQUENCE", "1", "2", "2"]
    for word in ("event", "42", "timeout", "B", "5", "RuntimeError: no"):
        assert word in lines[2]
    assert lines[-1] == "2 dead letters"


async def test_a_list_can_be_narrowed_and_read_by_programs(desk: Desk) -> None:
    for number, reason, event_type in (
        (1, "failed", "A"),
        (2, "timeout", "A"),
        (3, "timeout", "B"),
    ):
        await desk.bury(number, reason, event_type)
    lines = await desk.do("list", "--json", "--reason", "timeout", "--type", "b")
    assert [json.loads(line)["sequence"] for line in lines] == [3]


async def test_a_letter_is_shown_with_its_headers_and_body(desk: Desk) -> None:
    await desk.bury(1)
    [page] = await desk.do("show", "1")
    assert "Nats-Msg-Id: s:1\n" in page
    assert page.endswith('{"guild_id":"42","n":1}')


async def test_a_replayed_event_comes_as_it_was_with_a_new_id(desk: Desk) -> None:
    original = await desk.bury(1)
    assert await desk.do("replay", "1") == ["1 replayed as s:1:r1"]
    inbox = Inbox()
    await desk.bus.consume(desk.topology.lane_consumer(7), inbox, credit=8)
    found = (await inbox.get()).message
    assert (found.subject, found.body) == (original.subject, original.body)
    assert found.headers == {**original.headers, "Nats-Msg-Id": "s:1:r1"}
    assert await bodies(desk.bus, desk.topology.dead) == []


async def test_all_that_were_there_are_replayed_once_and_in_their_order(desk: Desk) -> None:
    for number in (1, 2, 3):
        await desk.bury(number, "timeout" if number == 2 else "failed")
    assert await desk.do("replay", "--all", "--reason", "failed") == [
        "1 replayed as s:1:r1",
        "3 replayed as s:3:r1",
    ]
    assert len(await bodies(desk.bus, desk.topology.events)) == 2
    assert len(await bodies(desk.bus, desk.topology.dead)) == 1


async def test_dropped_letters_are_gone(desk: Desk) -> None:
    for number in (1, 2, 3):
        await desk.bury(number)
    assert await desk.do("drop", "2") == ["2 dropped"]
    assert await desk.do("drop", "--all") == ["1 dropped", "3 dropped"]
    assert await bodies(desk.bus, desk.topology.events) == []


async def test_a_sequence_without_a_letter_is_told(desk: Desk) -> None:
    for action in ("show", "replay", "drop"):
        with pytest.raises(ConfigurationError, match="no dead letter 4"):
            await desk.do(action, "4")


async def test_what_others_put_there_is_shown_and_dropped_but_never_replayed(desk: Desk) -> None:
    await desk.bus.store(Message(f"{desk.topology.subjects.root}.dead.event.X", b"?"))
    assert "unknown" in (await desk.do("list"))[1]
    with pytest.raises(ConfigurationError, match="not a dead letter"):
        await desk.do("replay", "1")
    assert await desk.do("drop", "1") == ["1 dropped"]


async def test_an_event_as_large_as_a_message_may_be_is_kept_whole(desk: Desk) -> None:
    body = b'{"guild_id":"42","x":"' + b"x" * (desk.bus.max_payload - 300) + b'"}'
    message = Message(f"{desk.topology.subjects.root}.event.7.A", body, {"Event-Type": "A"})
    await DeadLetters(desk.bus, desk.topology).keep(message, 1, 5, Dead("failed", "no " * 500))
    [shown] = await desk.do("show", "1", "--json")
    assert json.loads(shown)["body"].encode() == body


async def test_a_body_above_the_limit_lives_as_long_as_its_letter_and_is_replayed(
    desk: Desk,
) -> None:
    bucket = await desk.bus.bucket(desk.topology.bodies)
    events = Bodies(bucket, desk.bus.max_payload)
    body = b'{"guild_id":"42","x":"' + b"x" * (2 * desk.bus.max_payload) + b'"}'
    headers = {"Nats-Msg-Id": "s:1", "Event-Type": "A", "Received-Ns": "1"}
    cut = await events.cut(Message(f"{desk.topology.subjects.root}.event.7.A", body, headers))
    await DeadLetters(desk.bus, desk.topology).keep(cut, 1, 5, Dead("failed", "no"))
    await events.drop(cut)  # a day later
    [shown] = await desk.do("show", "1", "--json")
    assert json.loads(shown)["body"].encode() == body
    await desk.do("replay", "1")
    inbox = Inbox()
    await desk.bus.consume(desk.topology.lane_consumer(7), inbox, credit=8)
    assert (await events.whole((await inbox.get()).message)).body == body


@pytest.mark.parametrize(
    "wrong", [(), ("bury",), ("show",), ("show", "x"), ("replay",), ("drop", "1", "--all")]
)
def test_a_wrong_order_is_refused_with_a_line(
    wrong: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(wrong)
    assert ended.value.code == 2
    assert "error: " in capsys.readouterr().err


def test_an_order_is_read_from_the_arguments() -> None:
    assert parse(["drop", "3", "5"]) == Order("drop", sequences=(3, 5))
    assert parse(["replay", "--all", "--type", "message_create"]) == Order(
        "replay", everything=True, event_type="MESSAGE_CREATE"
    )
