"""The broker is slow or gone: bounded buffer, ambient shed first, then Discord holds the rest."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from loadtests._nats_server import NatsServer
from simulator import FakeDiscord
from tests.conftest import run_nats_server
from tests.integration.gateways import Stage, gateway

BOUND = 40
HEARTBEAT = 0.5


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[NatsServer]:
    """A nats-server that this test may freeze and stop."""
    yield from run_nats_server(tmp_path)


@pytest.fixture
async def stage(own_server: NatsServer, subject_prefix: str) -> AsyncIterator[Stage]:
    """A connected gateway with a small buffer."""
    async with (
        FakeDiscord(guilds=1, heartbeat=HEARTBEAT) as fake,
        gateway(fake, own_server.url, subject_prefix, buffer_events=BOUND) as running,
    ):
        await running.until(lambda: running.sessions("live") == 1)
        running.write(1)
        await running.all_arrived()
        yield running


def type_once(stage: Stage) -> None:
    (guild,) = stage.fake.api.world.guild_ids()
    stage.fake.api.hub.publish("TYPING_START", guild, {"guild_id": str(guild)})


def unacknowledged(stage: Stage) -> float:
    return stage.counter("gateway_unacknowledged")


async def test_below_the_bound_the_connection_stands_and_heartbeats_go_on(
    stage: Stage, own_server: NatsServer
) -> None:
    own_server.freeze()
    stage.write(BOUND // 2)
    beats = stage.fake.ledger()["heartbeats"]["received"]
    await stage.until(lambda: stage.fake.ledger()["heartbeats"]["received"] >= beats + 3)
    assert stage.sessions("live") == 1
    own_server.thaw()
    await stage.all_arrived()
    assert stage.sessions("resume") == 0


async def test_ambient_events_are_shed_first_and_counted(
    stage: Stage, own_server: NatsServer
) -> None:
    own_server.freeze()
    stage.write(BOUND // 2 + 1)
    await stage.until(lambda: unacknowledged(stage) > BOUND // 2)
    type_once(stage)
    await stage.until(lambda: stage.counter("gateway_shed_total", traffic="ambient") == 1)
    own_server.thaw()
    await stage.all_arrived()
    assert stage.heard.of("TYPING_START") == []


async def test_at_the_bound_discord_holds_the_rest_and_nothing_is_lost(
    stage: Stage, own_server: NatsServer
) -> None:
    own_server.freeze()
    stage.write(5 * BOUND)
    await stage.until(lambda: stage.sessions("live") == 0)
    assert unacknowledged(stage) == BOUND
    stage.write(5)
    own_server.thaw()
    await stage.all_arrived()
    assert stage.sessions("identify") == 1
    assert stage.sessions("resume") >= 1


async def test_a_broker_that_was_gone_for_a_while_gets_everything_in_order(
    stage: Stage, own_server: NatsServer
) -> None:
    own_server.stop()
    stage.write(BOUND // 2)
    await stage.until(lambda: unacknowledged(stage) == BOUND // 2)
    own_server.start()
    await stage.until(lambda: unacknowledged(stage) == 0, within=20.0)
    assert stage.counter("gateway_stored_total", traffic="event") >= BOUND // 2
    assert stage.fake.ledger()["heartbeats"]["missed"] <= 1  # a machine may stand still
    assert stage.counter("gateway_rejected_total") == 0
