"""Several shards in one process, and one range of shards per process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from loadtests._nats_server import NatsServer
from runtime.core.envelope import SHARD
from runtime.core.shards import ShardPlan
from runtime.errors import ConfigurationError, StartError
from simulator import FakeDiscord
from tests.integration.gateways import Stage, gateway

WINDOW = 0.3


@pytest.fixture(autouse=True)
def short_identify_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both sides count 5 s otherwise; ours a little longer, since the wire takes time."""
    monkeypatch.setattr("runtime.gateway.starts.WINDOW", WINDOW)


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    """A Discord that recommends four shards, two of which may identify at a time."""
    async with FakeDiscord(
        guilds=8, shards=4, max_concurrency=2, identify_window=WINDOW - 0.1
    ) as discord:
        yield discord


def shards_heard(stage: Stage) -> set[str]:
    return {message.headers[SHARD] for message in stage.heard.events.values()}


async def test_one_process_holds_all_shards_that_discord_recommends(
    fake: FakeDiscord, nats_server: NatsServer, subject_prefix: str
) -> None:
    async with gateway(fake, nats_server.url, subject_prefix) as stage:
        await stage.until(lambda: shards_heard(stage) == {"0", "1", "2", "3"})
        assert len(stage.heard.of("GUILD_CREATE")) == 8
        assert (stage.sessions("identify"), stage.sessions("op9")) == (4, 0)
        assert stage.probes.all_ready()
        assert stage.counter("gateway_shards_live") == 4


async def test_max_concurrency_is_respected(
    fake: FakeDiscord, nats_server: NatsServer, subject_prefix: str
) -> None:
    began = asyncio.get_running_loop().time()
    async with gateway(fake, nats_server.url, subject_prefix) as stage:
        await stage.until(lambda: stage.sessions("live") == 4)
    assert asyncio.get_running_loop().time() - began >= WINDOW
    assert stage.sessions("op9") == 0


async def test_ranges_share_the_shards_and_the_turns_to_identify(
    fake: FakeDiscord, nats_server: NatsServer, subject_prefix: str
) -> None:
    async with AsyncExitStack() as running:
        stages = [
            await running.enter_async_context(
                gateway(
                    fake,
                    nats_server.url,
                    subject_prefix,
                    shards=ShardPlan.parse("2/4"),
                    shard_ordinal=ordinal,
                )
            )
            for ordinal in (0, 1)
        ]
        await stages[0].until(lambda: shards_heard(stages[0]) == {"0", "1", "2", "3"})
        assert (stages[0].sessions("identify"), stages[0].sessions("op9")) == (4, 0)
        assert stages[0].sessions("max_live_per_shard") == 1
        assert [stage.counter("gateway_shards_live") for stage in stages] == [2, 2]


async def test_every_shard_is_resumed_by_the_next_process(
    fake: FakeDiscord, nats_server: NatsServer, subject_prefix: str
) -> None:
    for _ in range(2):
        async with gateway(fake, nats_server.url, subject_prefix) as stage:
            await stage.until(lambda: stage.sessions("live") == 4)
    assert (stage.sessions("identify"), stage.sessions("resume")) == (4, 4)


async def test_another_number_of_shards_means_new_sessions_and_gaps(
    fake: FakeDiscord, nats_server: NatsServer, subject_prefix: str
) -> None:
    two = ShardPlan.parse("2")
    async with gateway(fake, nats_server.url, subject_prefix, shards=two) as stage:
        await stage.until(lambda: stage.sessions("live") == 2)
    async with gateway(fake, nats_server.url, subject_prefix) as stage:
        await stage.until(lambda: stage.sessions("live") == 4)
        await stage.until(lambda: len(stage.heard.of("GAP")) == 2)
        assert {gap["reason"] for gap in stage.heard.of("GAP")} == {
            "there are 4 shards now and were 2"
        }


async def test_an_ordinal_without_shards_is_a_wrong_value(
    fake: FakeDiscord, nats_server: NatsServer, subject_prefix: str
) -> None:
    plan = ShardPlan.parse("2/4")
    async with gateway(
        fake, nats_server.url, subject_prefix, shards=plan, shard_ordinal=2
    ) as stage:
        with pytest.raises(ConfigurationError, match="SHARD_ORDINAL 2 has no shards"):
            await stage.running


@pytest.mark.parametrize("other", ["1-2/4", "0-7/8", "4"])
async def test_ranges_that_overlap_are_refused_with_a_line(
    fake: FakeDiscord,
    nats_server: NatsServer,
    subject_prefix: str,
    other: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("runtime.gateway.service.PATIENCE", 0.2)
    plans = [ShardPlan.parse(text) for text in ("0-1/4", other)]
    async with gateway(fake, nats_server.url, subject_prefix, shards=plans[0]) as stage:
        await stage.until(lambda: stage.sessions("live") == 2)
        async with gateway(fake, nats_server.url, subject_prefix, shards=plans[1]) as second:
            with pytest.raises(StartError, match=r"overlaps with .*gateway\.0-1\.4"):
                await second.running
        assert stage.sessions("identify") == 2
