"""What the gateway forwards, what it leaves out, and what it makes of nonsense."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest

from loadtests._nats_server import NatsServer
from runtime.bus.manifests import Manifests
from runtime.core.envelope import EVENT_TYPE, SHARD
from runtime.core.manifest import Manifest
from simulator import FakeDiscord
from tests.integration.gateways import Stage, gateway


@pytest.fixture
async def stage(nats_server: NatsServer, subject_prefix: str) -> AsyncIterator[Stage]:
    """A gateway that is connected."""
    async with (
        FakeDiscord(guilds=1, heartbeat=0.5) as fake,
        gateway(fake, nats_server.url, subject_prefix) as running,
    ):
        await running.until(lambda: running.sessions("live") == 1)
        yield running


def dispatch(stage: Stage, name: str, d: bytes) -> None:
    """Any bytes as the ``d`` of any dispatch."""
    (session,) = stage.fake.api.hub.sessions.values()
    session.dispatch(name.encode(), d)


def send(stage: Stage, payload: bytes) -> None:
    """Any payload outside the numbering."""
    (peer,) = stage.fake._gateway.peers(0)
    peer._out.append(peer._encoder.encode(payload))


def types(stage: Stage) -> list[str]:
    return [message.headers[EVENT_TYPE] for message in stage.heard.events.values()]


async def test_an_event_type_of_tomorrow_is_forwarded(stage: Stage) -> None:
    dispatch(stage, "BRAND_NEW_THING", b'{"guild_id":"1","x":[1]}')
    await stage.until(lambda: stage.heard.of("BRAND_NEW_THING") == [{"guild_id": "1", "x": [1]}])


@pytest.mark.parametrize("d", [b"{}", b'{"id":null}', b'{"guild_id":[1]}', b'{"guild_id":{"a":1}}'])
async def test_a_payload_with_missing_or_odd_ids_is_forwarded_all_the_same(
    stage: Stage, d: bytes
) -> None:
    for name in ("MESSAGE_CREATE", "GUILD_CREATE", "INTERACTION_CREATE"):
        dispatch(stage, name, d)
    stage.fake.user("ann").write("after")
    await stage.until(lambda: types(stage).count("MESSAGE_CREATE") == 2)
    assert "INTERACTION_CREATE" in types(stage)


@pytest.mark.parametrize("d", [b"null", b"[]", b'"x"', b"7"])
async def test_a_dispatch_whose_d_is_no_object_is_left_out_and_counted(
    stage: Stage, d: bytes
) -> None:
    dispatch(stage, "MESSAGE_CREATE", d)
    stage.write(1)
    await stage.all_arrived()
    assert stage.counter("gateway_unreadable_total") == 1


@pytest.mark.parametrize("name", ["BAD TYPE", "A.B", "*", ">", "X\\r\\nPUB y 0", "É"])
async def test_a_type_that_would_be_another_subject_is_left_out(stage: Stage, name: str) -> None:
    dispatch(stage, name, b'{"guild_id":"1"}')
    stage.write(1)
    await stage.all_arrived()
    assert stage.counter("gateway_unreadable_total") == 1


async def test_an_unknown_op_is_left_out_and_the_connection_stands(stage: Stage) -> None:
    send(stage, b'{"op":77,"d":{"x":1},"s":null,"t":null}')
    stage.write(1)
    await stage.all_arrived()
    assert stage.sessions("resume") == 0


@pytest.mark.parametrize("payload", [b"[]", b"{", b'{"op":0,"d":{}}', b"\xff\xfe", b""])
async def test_a_frame_that_cannot_be_read_costs_a_resume_and_nothing_else(
    stage: Stage, payload: bytes
) -> None:
    send(stage, payload)
    stage.write(3)
    await stage.until(lambda: stage.sessions("resume") == 1)
    await stage.all_arrived()


async def test_types_that_nobody_asked_for_are_not_published(
    nats_server: NatsServer, subject_prefix: str
) -> None:
    async with (
        FakeDiscord(guilds=1) as fake,
        gateway(
            fake, nats_server.url, subject_prefix, event_types=frozenset({"CHANNEL_UPDATE"})
        ) as stage,
    ):
        everything = discord.Intents.all().value
        manifests = Manifests(await stage.bus.bucket(stage.topology.workers))
        await manifests.publish(Manifest("tester", "1", 1.0, everything, ["MESSAGE_CREATE"]))
        await stage.until(lambda: stage.sessions("live") == 1)
        skipped = stage.counter("gateway_skipped_total")
        await stage.until(lambda: _skips(stage, skipped))
        dispatch(stage, "CHANNEL_UPDATE", b'{"guild_id":"1"}')
        stage.write(1)
        await stage.all_arrived()
        assert stage.heard.of("CHANNEL_UPDATE") == [{"guild_id": "1"}]


def _skips(stage: Stage, before: float) -> bool:
    dispatch(stage, "GUILD_ROLE_CREATE", b'{"guild_id":"1"}')
    return stage.counter("gateway_skipped_total") > before


async def test_every_change_of_a_connection_is_one_structured_line(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "runtime.gateway.shards")
    stage.fake.faults.add("op7")
    await stage.until(lambda: stage.sessions("resume") == 1)
    stage.stop.set()
    await stage.running
    lines: list[dict[str, Any]] = [getattr(record, "fields", {}) for record in caplog.records]
    assert [(line["state"], line["shard"]) for line in lines] == [
        ("ended", 0),
        ("connecting", 0),
        ("resumed", 0),
        ("ended", 0),
    ]
    assert lines[0]["detail"] == "op 7"
    assert lines[3]["detail"] == "this process stops and leaves the session to the next"


async def test_a_silent_socket_fails_the_liveness_probe(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stage.probes.all_ready()
    assert all(check() for check in stage.probes._live.values())
    monkeypatch.setattr("runtime.gateway.shards.SILENT_AFTER", 0.0)
    assert not all(check() for check in stage.probes._live.values())


async def test_the_shard_is_in_the_envelope_and_in_no_series_with_the_event_type(
    stage: Stage,
) -> None:
    stage.write(1)
    await stage.all_arrived()
    assert {message.headers[SHARD] for message in stage.heard.events.values()} == {"0"}
    for metric in stage.telemetry.registry.collect():
        for sample in metric.samples:
            assert "shard" not in sample.labels
