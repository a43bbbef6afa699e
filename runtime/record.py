"""``python -m runtime record FILE``: write down the events of a live bot, for the fake Discord.

It listens beside the workers and takes nothing from them: an ordinary subscription hears what the
gateway publishes, whoever consumes it. What Discord sent before the recording began is not in it.
"""

import argparse
import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NoReturn

from runtime.bus.bodies import Bodies
from runtime.bus.interface import Bus, Message
from runtime.core.envelope import Envelope
from runtime.core.recording import Head, encode, line
from runtime.core.routing import Subjects, TrafficClass
from runtime.core.topology import Topology
from runtime.errors import BusUnavailable, ConfigurationError, MalformedEnvelope, StartError
from runtime.settings import Mode, read_environment
from runtime.stopping import stop_on_signals, unless_stopped
from runtime.telemetry import configure_logging
from runtime.transport import open_jetstream

log = logging.getLogger(__name__)

MOST = 10_000_000
"""Events of one recording."""
RECENT = 50_000
"""Ids of events that are remembered: a gateway that reconnects publishes some again."""


@dataclass(frozen=True, slots=True)
class Order:
    """What the operator asked for; ``seconds`` None records until a signal comes."""

    path: Path
    redact: bool = False
    seconds: float | None = None
    settings: dict[str, str] = field(default_factory=dict)
    """Settings of the environment that arguments stand in for."""


class _Parser(argparse.ArgumentParser):
    """One line for a wrong argument, not the whole usage."""

    def error(self, message: str) -> NoReturn:
        raise ConfigurationError(f"record: {message}")


def parse(argv: Sequence[str]) -> Order:
    """The order in the arguments behind ``record``. Raises ConfigurationError."""
    parser = _Parser(
        prog="python -m runtime record",
        description="Write down what the gateway publishes; python -m simulator --replay FILE "
        "plays it. Tokens are never written. The bot is that of NATS_URL and SUBJECT_PREFIX.",
    )
    add = parser.add_argument
    add("file", type=Path, metavar="FILE", help="JSON lines; written over")
    add("--redact", action="store_true", help="x for each character of texts and names")
    add("--duration", type=_seconds, metavar="S", help="seconds; until a signal by default")
    add("--nats-url", metavar="URL", help="wins over NATS_URL")
    add("--subject-prefix", metavar="P", help="wins over SUBJECT_PREFIX")
    asked = parser.parse_args(argv)
    arguments = {"NATS_URL": asked.nats_url, "SUBJECT_PREFIX": asked.subject_prefix}
    given = {name: value for name, value in arguments.items() if value is not None}
    return Order(asked.file, asked.redact, asked.duration, given)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 1e7:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0")
    return seconds


async def run(order: Order) -> None:
    """Record the bot of this environment until the time is over or a signal comes.

    Raises:
        ConfigurationError: a setting is wrong.
        StartError: the file cannot be written, or NATS cannot be reached.
    """
    settings = read_environment(Mode.WORKER, order.settings)
    configure_logging(settings.log_format)
    stop = asyncio.Event()
    stop_on_signals(stop, "the recording ends")
    topology = Topology(Subjects(settings.subject_prefix))
    async with open_jetstream(settings, "multipod-record") as bus:
        written = await record(
            bus, topology, order.path, stop, seconds=order.seconds, content=not order.redact
        )
    log.info("%d events in %s", written, order.path)


@dataclass
class Recorder:
    """Writes each event that it hears as a line of ``file``; ``full`` once it can write no more."""

    file: IO[bytes]
    bodies: Bodies
    content: bool
    written: int = 0
    unreadable: int = 0
    full: asyncio.Event = field(default_factory=asyncio.Event)
    error: OSError | None = None
    _first_ns: int | None = None
    _heard: dict[str, None] = field(default_factory=dict)

    async def hear(self, message: Message) -> None:
        """One event of any class of traffic."""
        try:
            whole = await self.bodies.whole(message)
            event = Envelope.parse(whole.headers, whole.body)
        except (MalformedEnvelope, BusUnavailable):
            self.unreadable += 1
            return
        if self._again(event.id):
            return
        if self._first_ns is None:
            self._first_ns = event.received_ns
        at = (event.received_ns - self._first_ns) / 1e9
        text = line(event.event_type, event.body, at, content=self.content)
        if text is not None and not self.full.is_set():
            self._write(text)

    def _again(self, event_id: str) -> bool:
        """Whether this event was heard before."""
        if event_id in self._heard:
            return True
        self._heard[event_id] = None
        if len(self._heard) > RECENT:
            del self._heard[next(iter(self._heard))]
        return False

    def _write(self, text: bytes) -> None:
        try:
            self.file.write(text + b"\n")
        except OSError as error:  # such as a full disk
            self.error = error
            self.full.set()
            return
        self.written += 1
        if self.written >= MOST:
            self.full.set()


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
        with path.open("wb") as file:
            file.write(encode(Head(content=content)) + b"\n")
            async with _hearing(bus, topology, file, content) as recorder:
                yield recorder
            if recorder.error is not None:
                raise recorder.error
    except OSError as error:
        raise StartError(f"cannot write {path}: {error.strerror}") from None


@asynccontextmanager
async def _hearing(
    bus: Bus, topology: Topology, file: IO[bytes], content: bool
) -> AsyncIterator[Recorder]:
    try:
        bodies = Bodies(await bus.bucket(topology.bodies), bus.max_payload)
        recorder = Recorder(file, bodies, content)
        subjects = [topology.subjects.all_of(traffic) for traffic in TrafficClass]
        heard = [await bus.subscribe(subject, recorder.hear) for subject in subjects]
    except BusUnavailable as error:
        prefix = topology.subjects.prefix
        raise StartError(f"the events of {prefix!r} cannot be heard: {error}") from None
    try:
        yield recorder
    finally:
        for subscription in heard:
            await subscription.stop()


async def record(
    bus: Bus,
    topology: Topology,
    path: Path,
    stop: asyncio.Event,
    *,
    seconds: float | None = None,
    content: bool = True,
) -> int:
    """Record until ``stop``, or for so many seconds; returns how many events were written.

    Raises:
        StartError: the file cannot be written, or NATS does not do what is needed.
    """
    async with recording(bus, topology, path, content=content) as recorder:
        log.info("recording into %s", path)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await unless_stopped(stop, recorder.full.wait())
    if recorder.unreadable:
        log.warning("%d events could not be read", recorder.unreadable)
    return recorder.written
