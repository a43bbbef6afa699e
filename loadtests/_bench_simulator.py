"""The rows of the fake Discord: events/s that one core sends over a WebSocket.

The simulator is offered more than it can do; the client, here, only counts frames. Events/s are of
the simulator's CPU seconds, so that what else the machine does counts little.
"""

import json
import os
import socket
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from urllib.parse import urlsplit

from loadtests._bench_row import Bench, Measured, Row
from loadtests._bench_stage import START_TIMEOUT, Stage, minus, usage
from loadtests._child import PartFailed
from loadtests._fleet import LISTENING

LEAST = 50_000
"""Events of a turn: CPU times have a resolution of 10 ms."""
WARM_UP = 5_000
OFFERED = 200_000
"""Events/s: more than any core sends."""
PATIENCE = 30.0
INTENTS = 53_608_447
CLOSE = 0x88
_READ = 1 << 20


class FrameCounter:
    """Counts whole WebSocket frames in what comes from a server."""

    def __init__(self) -> None:
        self.count = 0
        self._rest = b""

    def feed(self, data: bytes) -> None:
        """More octets. Raises PartFailed at a close frame."""
        buffer, at = self._rest + data, 0
        while (size := _frame_size(buffer, at)) and at + size <= len(buffer):
            if buffer[at] == CLOSE:
                raise PartFailed("the simulator closed the connection of its counting client")
            at += size
            self.count += 1
        self._rest = buffer[at:]


def _frame_size(buffer: bytes, at: int) -> int:
    """Octets of the unmasked frame that begins at ``at``; 0 while its head is not whole."""
    if len(buffer) - at < 10:
        head = buffer[at : at + 10].ljust(10, b"\0")
        known = len(buffer) - at
    else:
        head, known = buffer[at : at + 10], 10
    size = head[1]
    needed = {126: 4, 127: 10}.get(size, 2)
    if known < needed:
        return 0
    return needed + (int.from_bytes(head[2:needed], "big") if needed > 2 else size)


def connect(url: str, compress: str) -> socket.socket:
    """A socket that has upgraded and identified; HELLO is still to be read."""
    where = urlsplit(url)
    query = f"v=10&encoding=json&compress={compress}" if compress else "v=10&encoding=json"
    key = b64encode(os.urandom(16)).decode()
    upgrade = (
        f"GET /gateway?{query} HTTP/1.1\r\nHost: {where.netloc}\r\nConnection: Upgrade\r\n"
        f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    )
    made = socket.create_connection((where.hostname, where.port), PATIENCE)
    made.sendall(upgrade.encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):  # octet by octet: what follows is the first frame
        head += made.recv(1) or _gone()
    body = json.dumps({"op": 2, "d": {"token": "t", "properties": {}, "intents": INTENTS}})
    head = bytes((0x81, 0x80 | 126)) + len(body).to_bytes(2, "big")
    made.sendall(head + bytes(4) + body.encode())  # masked with zeros
    return made


def _gone() -> bytes:
    raise PartFailed("the simulator closed the connection of its counting client")


def _run(compress: str) -> Callable[[Bench, Mapping[str, str]], Iterator[Measured]]:
    def run(bench: Bench, environ: Mapping[str, str]) -> Iterator[Measured]:
        for turn in range(bench.turns):
            directory = bench.directory / f"simulator-{compress or 'plain'}-{turn}"
            with Stage(directory, environ) as stage:
                rate = _measure(stage, compress, max(LEAST, bench.events))
                yield Measured(compress or "plain", rate)

    return run


def _measure(stage: Stage, compress: str, events: int) -> float:
    """Events for each CPU second of a simulator. Raises PartFailed."""
    stage.directory.mkdir(parents=True, exist_ok=True)
    flags = ["--port", "0", "--rate", str(OFFERED), "--probes", "0", "--guilds", "50"]
    child = stage.start("simulator", ["simulator", *flags], {})
    url = child.find(LISTENING, time.monotonic() + START_TIMEOUT)[1]
    counter = FrameCounter()
    with closing(connect(url, compress)) as made:
        _count(made, counter, WARM_UP)
        before, counted = usage(child), counter.count
        _count(made, counter, counted + events)
        used = minus(usage(child), before)
    return (counter.count - counted) / used.cpu_seconds


def _count(made: socket.socket, counter: FrameCounter, until: int) -> None:
    """Read until so many frames have come."""
    while counter.count < until:
        counter.feed(made.recv(_READ) or _gone())


ROWS = (
    Row(
        "simulator-plain",
        "events that the fake Discord sends with one core, no compression",
        "events/s of a core",
        bar=50_000,
        stretch=100_000,
        run=_run(""),
        more=True,
    ),
    Row(
        "simulator-zlib",
        "the same, zlib-stream",
        "events/s of a core",
        bar=25_000,
        stretch=45_000,
        run=_run("zlib-stream"),
        more=True,
    ),
)
