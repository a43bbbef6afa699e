"""Commands: written when something differs, by the newest version, removed only when told."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from discord.http import Route

from loadtests._nats_server import NatsServer
from runtime.bus.manifests import Manifests
from runtime.core.manifest import Manifest
from runtime.worker.rest_client import RestClient
from simulator import FakeDiscord
from simulator.core.world import APPLICATION_ID
from tests.integration.gateways import Stage, gateway

GLOBAL = f"/applications/{APPLICATION_ID}/commands"


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(guilds=1) as discord:
        yield discord


@pytest.fixture
async def stage(
    fake: FakeDiscord, nats_server: NatsServer, subject_prefix: str
) -> AsyncIterator[Stage]:
    """A gateway that is connected."""
    async with gateway(fake, nats_server.url, subject_prefix) as running:
        await running.until(lambda: running.sessions("live") == 1)
        yield running


def commands(*names: str, **more: Any) -> list[dict[str, Any]]:
    return [{"name": name, "description": "does it", "type": 1, **more} for name in names]


async def sync(
    stage: Stage, wanted: list[dict[str, Any]], worker: str = "tester", path: str = GLOBAL
) -> list[str]:
    """What ``tree.sync()`` does in a worker; the names that it hears are registered."""
    client = RestClient(stage.bus, stage.topology.subjects.rest, worker)
    return [command["name"] for command in await client.request(Route("PUT", path), json=wanted)]


def writes(stage: Stage) -> int:
    """How often commands were overwritten at Discord."""
    routes = stage.fake.ledger()["rest"]["by_route"]
    return sum(count for route, count in routes.items() if "PUT" in route and "commands" in route)


def known(stage: Stage) -> set[str]:
    return {leaf.name for leaf in stage.fake.api.commands.leaves()}


async def test_many_workers_that_sync_write_once(stage: Stage) -> None:
    for _ in range(5):
        assert await sync(stage, commands("a", "b")) == ["a", "b"]
    assert writes(stage) == 1


async def test_a_change_is_written(stage: Stage) -> None:
    await sync(stage, commands("a"))
    await sync(stage, commands("a", nsfw=True))
    assert writes(stage) == 2


async def test_a_guilds_commands_are_its_own(stage: Stage) -> None:
    (guild,) = stage.fake.api.world.guild_ids()
    path = f"/applications/{APPLICATION_ID}/guilds/{guild}/commands"
    await sync(stage, commands("a"))
    await sync(stage, commands("b"), path=path)
    assert writes(stage) == 2
    assert known(stage) == {"a", "b"}


async def test_two_versions_side_by_side_do_not_flap(stage: Stage) -> None:
    manifests = Manifests(await stage.bus.bucket(stage.topology.workers))
    await manifests.publish(Manifest("old", "1", 1.0, 513))
    await manifests.publish(Manifest("new", "2", 2.0, 513))
    await sync(stage, commands("a"), "new")
    for _ in range(3):
        await sync(stage, commands("a", nsfw=True), "old")
        await sync(stage, commands("a"), "new")
    assert writes(stage) == 1


async def test_commands_that_the_bot_no_longer_has_stay(stage: Stage) -> None:
    await sync(stage, commands("a", "old"))
    assert await sync(stage, commands("a")) == ["a"]
    assert known(stage) == {"a", "old"}


async def test_they_are_removed_when_told(
    fake: FakeDiscord, nats_server: NatsServer, subject_prefix: str
) -> None:
    async with gateway(fake, nats_server.url, subject_prefix, prune_commands=True) as stage:
        await stage.until(lambda: stage.sessions("live") == 1)
        await sync(stage, commands("a", "old"))
        await sync(stage, commands("a"))
        assert known(stage) == {"a"}


async def test_the_daily_budget_is_kept_and_the_refusal_says_so(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.gateway.registrar.DAILY_CREATES", 3)
    await sync(stage, commands("a", "b", "c"))
    with pytest.raises(Exception, match="3 commands were created today"):
        await sync(stage, commands("a", "b", "c", "d"))
    await sync(stage, commands("a", "b", "c", nsfw=True))
    assert writes(stage) == 2


async def test_a_restarted_gateway_does_not_write_what_is_there(
    fake: FakeDiscord, nats_server: NatsServer, subject_prefix: str
) -> None:
    for _ in range(2):
        async with gateway(fake, nats_server.url, subject_prefix) as stage:
            await stage.until(lambda: stage.sessions("live") == 1)
            await sync(stage, commands("a"))
    assert writes(stage) == 1
    assert stage.sessions("identify") == 1


async def test_what_is_no_list_of_commands_is_refused(stage: Stage) -> None:
    with pytest.raises(Exception, match="a list of commands with names is due"):
        await sync(stage, [{"no": "name"}])
    assert writes(stage) == 0
