"""What a worker is measured against: the same events out of JetStream, with an empty handler.

``python -m loadtests._bench_rival WHAT URL STREAM DURABLE SUBJECT``, where WHAT is one of
``nats-py``
    ``fetch(100)`` and an ``ack`` for each message, in one loop.
``faststream``
    its pull subscriber as its documentation has it: one message after the other.
``faststream-batch``
    the same, 100 at a time in one call of the handler.

Says ``ready`` when it consumes; runs until it is killed. No body is decoded.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress

import nats
import nats.errors
import uvloop
from faststream.nats import JStream, NatsBroker, PullSub
from faststream.nats.message import NatsMessage

BATCH = 100
WAIT = 5.0


async def run_nats(url: str, stream: str, durable: str, subject: str) -> None:
    """The least that nats-py needs."""
    client = await nats.connect(url)
    pulled = await client.jetstream().pull_subscribe(subject, durable, stream)
    print("ready", flush=True)
    while True:
        with suppress(nats.errors.TimeoutError):
            for msg in await pulled.fetch(BATCH, timeout=WAIT):
                await msg.ack()


async def run_faststream(url: str, stream: str, durable: str, subject: str) -> None:
    """One message a call."""
    broker = NatsBroker(url, logger=None)

    made = JStream(stream, declare=False)

    @broker.subscriber(subject, stream=made, durable=durable, pull_sub=True, decoder=_undecoded)
    async def handle(body: bytes) -> None:
        """Do nothing."""

    await _serve(broker)


async def run_faststream_batch(url: str, stream: str, durable: str, subject: str) -> None:
    """Up to 100 messages a call."""
    broker = NatsBroker(url, logger=None)
    pull = PullSub(BATCH, batch=True)
    made = JStream(stream, declare=False)

    @broker.subscriber(subject, stream=made, durable=durable, pull_sub=pull, decoder=_undecoded)
    async def handle(bodies: list[bytes]) -> None:
        """Do nothing."""

    await _serve(broker)


async def _undecoded(message: NatsMessage) -> bytes | list[bytes]:
    return message.body


async def _serve(broker: NatsBroker) -> None:
    await broker.start()
    print("ready", flush=True)
    await asyncio.Event().wait()


RIVALS: dict[str, Callable[[str, str, str, str], Awaitable[None]]] = {
    "nats-py": run_nats,
    "faststream": run_faststream,
    "faststream-batch": run_faststream_batch,
}


async def _main(what: str, url: str, stream: str, durable: str, subject: str) -> None:
    await RIVALS[what](url, stream, durable, subject)


if __name__ == "__main__":
    uvloop.run(_main(*sys.argv[1:]))
