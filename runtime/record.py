"""``python -m runtime record FILE``: write down the events of a live bot, for the fake Discord.

It listens beside the workers and takes nothing from them: an ordinary subscription hears what the
gateway publishes, whoever consumes it. What Discord sent before the recording began is not in it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from runtime.bus.bodies import Bodies
from runtime.bus.interface import Bus, Message
from runtime.core.envelope import Envelope
from runtime.core.recording import Head, encode, line
from runtime.core.routing import TrafficClass
from runtime.core.topology import Topology
from runtime.errors import BusUnavailable, MalformedEnvelope, StartError

log = logging.getLogger(__name__)

MOST = 10_000_000
"""Events of one recording."""


@dataclass
class Recorder:
    """Writes each event that it hears as a line of ``file``."""

    file: IO[bytes]
    bodies: Bodies
    content: bool
    written: int = 0
    unreadable: int = 0
    _first_ns: int | None = None

    async def hear(self, message: Message) -> None:
        """One event of any class of traffic."""
        try:
            whole = await self.bodies.whole(message)
            event = Envelope.parse(whole.headers, whole.body)
        except (MalformedEnvelope, BusUnavailable):
            self.unreadable += 1
            return
        if self._first_ns is None:
            self._first_ns = event.received_ns
        at = (event.received_ns - self._first_ns) / 1e9
        text = line(event.event_type, event.body, at, content=self.content)
        if text is not None and self.written < MOST:
            self.file.write(text + b"\n")
            self.written += 1


@asynccontextmanager
async def recording(
    bus: Bus, topology: Topology, path: Path, *, content: bool = True
) -> AsyncIterator[Recorder]:
    """Record for as long as the block lasts.

    Args:
        bus: connected; its streams and buckets exist.
        topology: of the bot.
        path: the file, which is written over.
        content: whether texts and names are kept. Tokens never are.

    Raises:
        StartError: the file cannot be written, or NATS does not do what is needed.
    """
    try:
        file = path.open("wb")
    except OSError as error:
        raise StartError(f"cannot write {path}: {error.strerror}") from None
    with file:
        file.write(encode(Head(content=content)) + b"\n")
        try:
            bodies = Bodies(await bus.bucket(topology.bodies), bus.max_payload)
            recorder = Recorder(file, bodies, content)
            subjects = [topology.subjects.all_of(traffic) for traffic in TrafficClass]
            heard = [await bus.subscribe(subject, recorder.hear) for subject in subjects]
        except BusUnavailable as error:
            raise StartError(f"NATS does not do what is needed: {error}") from None
        try:
            yield recorder
        finally:
            for subscription in heard:
                await subscription.stop()


async def record(
    bus: Bus, topology: Topology, path: Path, stop: asyncio.Event, *, content: bool = True
) -> int:
    """Record until ``stop``; returns how many events were written. Raises StartError."""
    async with recording(bus, topology, path, content=content) as recorder:
        log.info("recording into %s", path)
        await stop.wait()
    if recorder.unreadable:
        log.warning("%d events could not be read", recorder.unreadable)
    return recorder.written
