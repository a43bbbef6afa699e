"""Parts of different versions on one NATS: what is new is ignored, or refused in so many words."""

import time
from dataclasses import replace

import msgspec
import pytest

from loadtests._nats_server import NatsServer
from runtime.bus.interface import Message
from runtime.bus.jetstream import JetStreamBus
from runtime.bus.manifests import Manifests
from runtime.bus.memory.buckets import MemoryBucket
from runtime.core.envelope import Envelope
from runtime.core.manifest import Manifest
from runtime.core.rest import RestReply, RestRequest
from runtime.core.routing import Subjects
from runtime.core.session import Checkpoint
from runtime.core.topology import Bucket, Topology
from runtime.errors import StartError, StoreRejected
from tests.contracts.inbox import Inbox
from tests.eventually import eventually
from tests.integration.hosting import hosting


class SubjectsOfTomorrow(Subjects):
    """A release whose envelope an older worker could not read."""

    VERSION = "v2"


def event(subject: str, **more: str) -> Message:
    """One event, with headers added or, when empty, taken away."""
    headers = Envelope("s:1", "MESSAGE_CREATE", 0, time.time_ns(), b"").headers() | more
    return Message(
        subject, b'{"guild_id":"1"}', {key: text for key, text in headers.items() if text}
    )


async def test_an_older_worker_handles_the_events_of_a_newer_gateway() -> None:
    seen: list[Envelope] = []

    async def on_event(envelope: Envelope) -> None:
        seen.append(envelope)

    async with hosting(on_event) as hosted:
        await hosted.bus.store(event("hosted.v1.event.7.MESSAGE_CREATE", Tomorrow="1", Shard="0"))
        await eventually(lambda: "s:1" in [each.id for each in seen])


async def test_an_event_without_a_header_that_was_always_there_is_kept_as_a_dead_letter() -> None:
    async def on_event(envelope: Envelope) -> None:
        raise AssertionError(envelope)

    async with hosting(on_event) as hosted:
        await hosted.bus.store(event("hosted.v1.event.7.MESSAGE_CREATE", Shard=""))
        letter = await hosted.dead_letter()
    assert letter.headers["Dead-Reason"] == "undecodable"
    assert letter.headers["Dead-Error"] == "header Shard is missing"


async def test_a_gateway_of_another_envelope_says_so_and_leaves_the_streams_alone(
    nats_server: NatsServer, subject_prefix: str
) -> None:
    old = Topology(Subjects(subject_prefix))
    inbox = Inbox()
    async with JetStreamBus(nats_server.url) as bus:
        await bus.ensure(old)
        with pytest.raises(StartError, match=rf"and not {subject_prefix}\.v2\..* see Rollouts"):
            await bus.ensure(Topology(SubjectsOfTomorrow(subject_prefix)))
        await bus.store(event(f"{subject_prefix}.v1.event.3.MESSAGE_CREATE"))
        await bus.consume(old.lane_consumer(3), inbox, 1)
        await eventually(lambda: inbox.deliveries)


async def test_an_event_of_another_version_is_refused_not_swallowed(
    nats_server: NatsServer, subject_prefix: str
) -> None:
    async with JetStreamBus(nats_server.url, patience=0.5) as bus:
        await bus.ensure(Topology(Subjects(subject_prefix)))
        with pytest.raises(StoreRejected):
            await bus.store(event(f"{subject_prefix}.v2.event.3.MESSAGE_CREATE"))


@pytest.mark.parametrize(
    "known",
    [
        Manifest("ann", "v1", 1.0, 513),
        Checkpoint("session", "ws://x", 7, shard=0),
        RestRequest("GET", "/users/1", "/users/{user_id}", 5.0),
        RestReply(200, "OK", b"{}", is_json=True),
    ],
    ids=lambda it: type(it).__name__,
)
def test_a_field_of_tomorrow_is_ignored(known: msgspec.Struct) -> None:
    written = msgspec.msgpack.encode(msgspec.structs.asdict(known) | {"tomorrow": [1]})
    assert msgspec.msgpack.decode(written, type=type(known)) == known


async def test_a_worker_that_nobody_understands_does_not_take_the_others_their_word() -> None:
    bucket = MemoryBucket(Bucket("workers"), 1 << 20)
    manifests = Manifests(bucket)
    known = Manifest("ann", "v1", 1.0, 513)
    await manifests.publish(known)
    await bucket.put("worker.bob", b'{"worker": 1}')
    await bucket.put("worker.eve", b"no JSON")
    assert await manifests.read() == [known]


class LargerTopology(Topology):
    """A release that asks for more room and other times."""

    def __init__(self, subjects: Subjects) -> None:
        super().__init__(subjects)
        self.events = replace(self.events, max_bytes=self.events.max_bytes * 2)
        self.seen = Bucket(self.seen.name, ttl=60.0)


async def test_streams_and_buckets_with_other_settings_are_left_as_they_are(
    nats_server: NatsServer, subject_prefix: str
) -> None:
    subjects = Subjects(subject_prefix)
    async with JetStreamBus(nats_server.url) as bus:
        await bus.ensure(Topology(subjects))
        await bus.ensure(LargerTopology(subjects))
        await bus.store(event(f"{subject_prefix}.v1.event.3.MESSAGE_CREATE"))
        await (await bus.bucket(Topology(subjects).seen)).put("1", b"known")
