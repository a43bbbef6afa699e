"""Make the streams, consumers and buckets of a topology; whoever is first, the result is one."""

import asyncio

import nats.js.errors
from nats.js import JetStreamContext, api

from runtime.bus.jetstream.errors import TRANSPORT_ERRORS
from runtime.core.topology import Bucket, Consumer, Stream, Topology
from runtime.errors import BusUnavailable, StartError

AT_A_TIME = 16
NAME_IN_USE = 10058
"""The stream exists with other settings: the operator's choice, left alone."""


async def make(js: JetStreamContext, topology: Topology, replicas: int = 1) -> None:
    """Make what is missing, each stream and bucket on ``replicas`` servers.

    Raises:
        BusUnavailable: JetStream does not answer, or refuses.
        StartError: a stream is there and takes other subjects.
    """
    try:
        for stream in topology.streams:
            await _make_stream(js, stream, replicas)
        for bucket in topology.buckets:
            await _make_bucket(js, bucket, replicas)
        consumers = topology.consumers
        for i in range(0, len(consumers), AT_A_TIME):
            await asyncio.gather(*(_make_consumer(js, c) for c in consumers[i : i + AT_A_TIME]))
    except TRANSPORT_ERRORS as error:
        raise BusUnavailable(f"JetStream: {error!s}") from error


async def _make_stream(js: JetStreamContext, stream: Stream, replicas: int) -> None:
    config = api.StreamConfig(
        name=stream.name,
        subjects=list(stream.subjects),
        retention=api.RetentionPolicy(stream.retention.value),
        storage=api.StorageType.FILE,
        discard=api.DiscardPolicy.NEW if stream.discard_new else api.DiscardPolicy.OLD,
        max_bytes=stream.max_bytes,
        max_age=stream.max_age,
        duplicate_window=stream.duplicate_window,
        num_replicas=replicas,
    )
    try:
        await js.add_stream(config)
    except nats.js.errors.BadRequestError as error:
        if error.err_code != NAME_IN_USE:
            raise
        await _refuse_other_subjects(js, stream)


async def _refuse_other_subjects(js: JetStreamContext, stream: Stream) -> None:
    """Another version of the envelope would publish to where no stream listens, event by event."""
    taken = (await js.stream_info(stream.name)).config.subjects or []
    missing = set(stream.subjects) - set(taken)
    if missing:
        raise StartError(
            f"the stream {stream.name} takes {', '.join(taken)} and not {', '.join(missing)}: "
            "another version of the envelope made it; see Rollouts in deploy/README.md"
        )


async def _make_bucket(js: JetStreamContext, bucket: Bucket, replicas: int) -> None:
    try:
        await js.create_key_value(bucket=bucket.name, ttl=bucket.ttl, replicas=replicas)
    except nats.js.errors.BadRequestError as error:
        if error.err_code != NAME_IN_USE:
            raise


async def _make_consumer(js: JetStreamContext, consumer: Consumer) -> None:
    config = api.ConsumerConfig(
        durable_name=consumer.durable,
        filter_subject=consumer.filter_subject,
        deliver_policy=api.DeliverPolicy.ALL,
        ack_policy=api.AckPolicy.EXPLICIT,
        ack_wait=consumer.ack_wait,
        max_deliver=consumer.max_deliver,
        max_ack_pending=consumer.max_ack_pending,
    )
    await js.add_consumer(consumer.stream, config)
