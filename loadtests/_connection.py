"""A NATS connection for gevent: one socket, one greenlet that reads, one that writes.

nats-py needs an asyncio loop, and Locust runs on gevent. This speaks the protocol itself, with
``gevent.socket``, so it works with and without Locust's monkey patching and never blocks others.
Writes are collected and leave in one ``send`` per turn of the loop.
"""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import gevent
from gevent import socket
from gevent.event import AsyncResult, Event

from loadtests import _wire

CONNECT_TIMEOUT = 5.0
DEFAULT_PORT = 4222
RECEIVE = 1 << 18

Listener = Callable[[_wire.Arrived], None]


class NatsUnreachable(Exception):  # noqa: N818
    """No server at that URL."""


class Connection:
    """One connection; ``on_lost`` is called once when it ends without ``close``."""

    def __init__(
        self, url: str, *, name: str = "loadtests", on_lost: Callable[[str], None] | None = None
    ) -> None:
        self.url = url
        self.connected = False
        self._on_lost = on_lost
        self._listeners: dict[bytes, Listener] = {}
        self._wildcard: list[tuple[bytes, Listener]] = []
        self._buffer: list[bytes] = []
        self._wake = Event()
        self._is_sending = False
        self._sid = 0
        self._requests = 0
        self._socket = self._open(name)
        self._greenlets = [gevent.spawn(self._read), gevent.spawn(self._write)]

    def _open(self, name: str) -> Any:
        parts = urlsplit(self.url)
        address = (parts.hostname or "127.0.0.1", parts.port or DEFAULT_PORT)
        try:
            connection = socket.create_connection(address, CONNECT_TIMEOUT)
            connection.settimeout(None)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(_wire.connect(name))
        except OSError as wrong:
            raise NatsUnreachable(f"no NATS at {self.url}: {wrong}") from None
        self.connected = True
        return connection

    def subscribe(self, subject: str, listener: Listener) -> None:
        """Call ``listener`` for every message; ``subject`` is plain or ends with ``.>``."""
        self._sid += 1
        if subject.endswith(">"):
            self._wildcard.append((subject[:-1].encode(), listener))
        else:
            self._listeners[subject.encode()] = listener
        self.write(_wire.subscribe(subject, self._sid))

    def write(self, data: bytes) -> None:
        """Hand bytes over; they leave with the next turn of the loop."""
        self._buffer.append(data)
        self._wake.set()

    def request(self, subject: str, inbox: str, body: bytes = b"", timeout: float = 5.0) -> Any:
        """One JSON question to the server's API.

        Raises:
            NatsUnreachable: no answer in time.
        """
        self._requests += 1
        reply = f"{inbox}.request.{self._requests}"
        answer: AsyncResult[_wire.Arrived] = AsyncResult()
        self.subscribe(reply, answer.set)
        self.write(_wire.publish(subject.encode(), reply.encode(), b"", body))
        try:
            return json.loads(answer.get(timeout=timeout).body or b"{}")
        except gevent.Timeout:
            raise NatsUnreachable(f"no answer from NATS at {self.url} to {subject}") from None

    def close(self) -> None:
        """Let what was handed over leave, for a second at most, and disconnect."""
        self._on_lost = None
        with gevent.Timeout(1.0, False):
            while self.connected and (self._buffer or self._is_sending):
                gevent.sleep(0.001)
        self._lose("closed")
        gevent.killall(self._greenlets)

    def _write(self) -> None:
        while self.connected:
            self._wake.wait()
            self._wake.clear()
            try:
                self._flush()
            except OSError as wrong:
                self._lose(str(wrong))

    def _flush(self) -> None:
        data = b"".join(self._buffer)
        self._buffer.clear()
        self._is_sending = True
        self._socket.sendall(data)
        self._is_sending = False

    def _read(self) -> None:
        parser = _wire.Parser()
        try:
            while data := self._socket.recv(RECEIVE):
                for frame in parser.feed(data):
                    self._handle(frame)
            self._lose("the server closed the connection")
        except (OSError, _wire.BrokenStream) as wrong:
            self._lose(str(wrong))

    def _handle(self, frame: _wire.Frame) -> None:
        match frame:
            case _wire.Arrived(subject):
                listener = self._listeners.get(subject)
                if listener is not None:
                    listener(frame)
                    return
                for prefix, wide in self._wildcard:
                    if subject.startswith(prefix):
                        wide(frame)
            case _wire.Ping():
                self.write(_wire.PONG)
            case _wire.Refused(text):
                self._lose(text)

    def _lose(self, reason: str) -> None:
        if not self.connected:
            return
        self.connected = False
        self._wake.set()
        self._socket.close()
        if self._on_lost is not None:
            self._on_lost(reason)
