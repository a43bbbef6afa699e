"""Events and files above the bus's limit: nothing is dropped, nothing is changed."""

import io
from collections.abc import AsyncIterator

import discord
import msgspec
import pytest
from discord.http import Route, handle_message_parameters

from loadtests._nats_server import NatsServer
from runtime.bus.bodies import PARTS, Bodies
from runtime.core.envelope import Envelope
from runtime.worker.rest_client import RestClient
from simulator import FakeDiscord
from tests.eventually import eventually
from tests.integration.gateways import Stage, gateway
from tests.integration.hosting import hosting

MIB = 1 << 20


@pytest.fixture
async def stage(nats_server: NatsServer, subject_prefix: str) -> AsyncIterator[Stage]:
    """A gateway that is connected."""
    async with (
        FakeDiscord(guilds=1) as fake,
        gateway(fake, nats_server.url, subject_prefix) as running,
    ):
        await running.until(lambda: running.sessions("live") == 1)
        yield running


def publish_large_guild(fake: FakeDiscord) -> bytes:
    """An update of a guild of 3 MiB; its ``d`` as it is sent."""
    guild = fake.api.world.guild_ids()[0]
    body = {"id": str(guild), "guild_id": str(guild), "roles": ["x" * MIB] * 3}
    fake.api.hub.publish("GUILD_UPDATE", guild, body)
    return msgspec.json.encode(body)


async def test_a_large_event_arrives_byte_for_byte_and_in_its_place(stage: Stage) -> None:
    stage.write(2)
    sent = publish_large_guild(stage.fake)
    stage.write(2)
    await stage.all_arrived()
    arrived = list(stage.heard.events.values())
    (large,) = [message for message in arrived if PARTS in message.headers]
    assert len(arrived) - arrived.index(large) == 3
    bodies = Bodies(await stage.bus.bucket(stage.topology.bodies), stage.bus.max_payload)
    assert (await bodies.whole(large)).body == sent
    assert stage.counter("gateway_oversized_total") == 1


async def test_a_handler_sees_a_large_event_like_any_other() -> None:
    handled: list[bytes] = []

    async def handle(envelope: Envelope) -> None:
        handled.append(envelope.body)

    async with hosting(handle) as hosted:
        sent = publish_large_guild(hosted.discord)
        await eventually(lambda: sent in handled)


async def test_a_large_file_goes_through_the_gateway_to_discord(stage: Stage) -> None:
    client = RestClient(stage.bus, stage.topology.subjects.rest, "tester")
    channel = stage.fake.user("ann").channel_id
    with handle_message_parameters(file=discord.File(io.BytesIO(b"x" * 5 * MIB), "big.bin")) as p:
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel)
        answer = await client.request(route, files=p.files, form=p.multipart)
    assert answer["attachments"][0]["size"] == 5 * MIB
    parts = await stage.bus.bucket(stage.topology.bodies)
    assert await parts.keys() == []
