"""What the gateway does when Discord misbehaves: one test for each row of the README's table."""

from collections.abc import AsyncIterator

import pytest

from loadtests._nats_server import NatsServer
from runtime.errors import StartError
from simulator import FakeDiscord
from simulator.core.faults import parse
from tests.integration.fault_table import IDENTIFY, NOTHING, REFUSED, RESUME, ROWS, Row, markdown
from tests.integration.gateways import Stage, gateway

HEARTBEAT = 0.5


def rows(*after: str) -> pytest.MarkDecorator:
    """The rows that go on like this, each a test with a name of its own."""
    return pytest.mark.parametrize(
        "row", [pytest.param(row, id=row.fault) for row in ROWS if row.after in after]
    )


@pytest.fixture(autouse=True)
def short_identify_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both sides would make each IDENTIFY wait for 5 s after the one before."""
    monkeypatch.setattr("runtime.gateway.starts.WINDOW", 0.1)


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    """A Discord with a short heartbeat and one guild."""
    async with FakeDiscord(guilds=1, heartbeat=HEARTBEAT, identify_window=0.1) as discord:
        yield discord


async def begin(stage: Stage, row: Row) -> None:
    """Events flow, then the fault strikes, then more events flow."""
    await stage.until(lambda: stage.sessions("live") == 1)
    stage.write()
    await stage.all_arrived()
    if not row.at_start:
        for fault in row.inject:
            stage.fake.add_fault(parse(fault))
    stage.write()


@rows(RESUME)
async def test_the_session_is_resumed_and_nothing_is_lost(
    row: Row, fake: FakeDiscord, nats_server: NatsServer, subject_prefix: str
) -> None:
    async with gateway(fake, nats_server.url, subject_prefix) as stage:
        await begin(stage, row)
        await stage.until(lambda: stage.sessions("resume") >= 1)
        stage.write()
        await stage.all_arrived()
        assert stage.sessions("identify") == 1
        assert stage.sessions("max_live_per_shard") == 1
        assert stage.heard.of("GAP") == []


@rows(IDENTIFY)
async def test_the_session_is_given_up_and_the_workers_hear_of_a_gap(
    row: Row, fake: FakeDiscord, nats_server: NatsServer, subject_prefix: str
) -> None:
    async with gateway(fake, nats_server.url, subject_prefix) as stage:
        await begin(stage, row)
        await stage.until(lambda: stage.sessions("identify") == 2)
        await stage.until(lambda: stage.sessions("live") == 1)
        stage.write()
        await stage.until(lambda: str(stage.written) in stage.heard.contents)
        (gap,) = stage.heard.of("GAP")
        assert gap["shard"] == 0
        assert gap["after_seq"] >= 5
        assert stage.sessions("max_live_per_shard") == 1


@rows(REFUSED)
async def test_a_refusal_for_good_ends_the_gateway_with_one_clear_line(
    row: Row, fake: FakeDiscord, nats_server: NatsServer, subject_prefix: str
) -> None:
    async with gateway(fake, nats_server.url, subject_prefix) as stage:
        await begin(stage, row)
        with pytest.raises(ExceptionGroup) as caught:
            await stage.running
        assert caught.group_contains(StartError, match=row.say)
        assert stage.sessions("identify") == 1


@rows(NOTHING)
async def test_the_session_goes_on(
    row: Row, fake: FakeDiscord, nats_server: NatsServer, subject_prefix: str
) -> None:
    if row.at_start:
        for fault in row.inject:
            fake.add_fault(parse(fault))
    async with gateway(fake, nats_server.url, subject_prefix) as stage:
        await begin(stage, row)
        await stage.all_arrived()
        await stage.until(lambda: stage.fake.ledger()["heartbeats"]["received"] >= 1)
        assert stage.sessions("identify") == 1
        assert stage.sessions("resume") == 0


def test_every_close_code_of_the_documentation_is_in_the_table() -> None:
    listed = {fault["code"] for row in ROWS for fault in row.inject if fault["kind"] == "close"}
    assert listed >= {*range(4000, 4006), *range(4007, 4015)}
    assert markdown().count("\n") == len(ROWS) + 2
