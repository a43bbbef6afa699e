"""A NATS connection for gevent: one socket, one greenlet that reads, one that writes.

nats-py needs an asyncio loop, and Locust runs on gevent. This speaks the protocol itself, with
``gevent.socket``, so it works with and without Locust's monkey patching and never blocks others.
Writes are collected and leave in one ``send`` per turn of the loop.
"""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

import gevent
from gevent import socket
from gevent.event import AsyncResult, Event

from loadtests import _wire

CONNECT_TIMEOUT = 5.0
DEFAULT_PORT = 4222
NO_RESPONDERS = 503
RECEIVE = 1 << 18

Listener = Callable[[_wire.Arrived], None]


class NatsUnreachable(Exception):  # noqa: N818
    """No server at that URL, or none that does what is needed."""


class _Address:
    """Where a URL leads; as text without its password.

    Raises:
        NatsUnreachable: it is none of a NATS server.
    """

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(url if "://" in url else f"nats://{url}")
            self.host, self.port = parts.hostname or "", parts.port or DEFAULT_PORT
        except ValueError:
            self.host, parts = "", urlsplit("")
        if parts.scheme != "nats" or not self.host:
            raise NatsUnreachable(f"not the URL of a NATS server: {url} (nats://127.0.0.1:4222 is)")
        self.credentials: dict[str, str] = {}
        if parts.password is not None:
            names = {"user": parts.username or "", "pass": parts.password}
            self.credentials = {name: unquote(value) for name, value in names.items()}
        elif parts.username:
            self.credentials = {"auth_token": unquote(parts.username)}

    def __str__(self) -> str:
        return f"nats://{self.host}:{self.port}"


class Connection:
    """One connection; ``on_lost`` is called once when it ends without ``close``.

    Raises:
        NatsUnreachable: none of the servers of ``url``, which commas separate, takes us.
    """

    def __init__(
        self, url: str, *, name: str = "loadtests", on_lost: Callable[[str], None] | None = None
    ) -> None:
        self.url = url
        self.shown = ""
        """The server that took us, without a password."""
        self.connected = False
        self._on_lost = on_lost
        self._listeners: dict[bytes, Listener] = {}
        self._wildcard: list[tuple[bytes, Listener]] = []
        self._buffer: list[bytes] = []
        self._wake = Event()
        self._is_sending = False
        self._sid = 0
        self._requests = 0
        self._asked: set[AsyncResult[_wire.Arrived]] = set()
        self._parser = _wire.Parser()
        self.max_payload = 0
        """Octets of the largest message, headers included; the server's word."""
        self.on_read: Callable[[], None] = lambda: None
        """Called when what had come was handled: a moment at which the process is awake anyway."""
        self.lost_because = ""
        """Why it is not connected any more."""
        self._socket = self._open(name)
        self._greenlets = [gevent.spawn(self._read), gevent.spawn(self._write)]

    def _open(self, name: str) -> Any:
        """Connected to the first of the servers that takes us."""
        wrong: NatsUnreachable | None = None
        for url in self.url.split(","):
            try:
                return self._dial(_Address(url.strip()), name)
            except NatsUnreachable as error:
                wrong = wrong or error
        raise wrong or NatsUnreachable("no NATS server was named")

    def _dial(self, address: "_Address", name: str) -> Any:
        try:
            connection = socket.create_connection((address.host, address.port), CONNECT_TIMEOUT)
        except OSError as wrong:
            raise NatsUnreachable(f"no NATS at {address}: {wrong}") from None
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(_wire.connect(name, address.credentials) + _wire.PING)
            self._greet(connection)
            connection.settimeout(None)
        except (OSError, _wire.BrokenStream, NatsUnreachable) as wrong:
            connection.close()
            raise NatsUnreachable(f"{address} does not take us: {wrong}") from None
        self.connected, self.shown = True, str(address)
        return connection

    def _greet(self, connection: Any) -> None:
        """Wait until the server has taken our CONNECT."""
        while data := connection.recv(RECEIVE):
            for frame in self._parser.feed(data):
                match frame:
                    case _wire.Info(max_payload, tls_required):
                        self.max_payload = max_payload
                        if tls_required:
                            raise NatsUnreachable("it wants TLS, which load tests do not speak")
                    case _wire.Refused(text):
                        raise NatsUnreachable(text)
                    case _wire.Pong():
                        return
        raise NatsUnreachable("it closed the connection")

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
            NatsUnreachable: no answer in time, or nobody who could give one.
        """
        self._requests += 1
        reply = f"{inbox}.request.{self._requests}"
        answer: AsyncResult[_wire.Arrived] = AsyncResult()
        self._asked.add(answer)
        self.subscribe(reply, answer.set)
        self.write(_wire.publish(subject.encode(), reply.encode(), b"", body))
        try:
            said = answer.get(timeout=timeout)
        except gevent.Timeout:
            raise NatsUnreachable(f"no answer from NATS at {self.shown} to {subject}") from None
        finally:
            self._asked.discard(answer)
        if said.status == NO_RESPONDERS:
            raise NatsUnreachable(
                f"NATS at {self.shown} has no JetStream: start it as nats-server -js"
            )
        return json.loads(said.body or b"{}")

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
        try:
            while data := self._socket.recv(RECEIVE):
                for frame in self._parser.feed(data):
                    self._handle(frame)
                self.on_read()
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
        self.lost_because = reason
        for answer in self._asked:
            answer.set_exception(NatsUnreachable(f"NATS at {self.shown}: {reason}"))
        self._wake.set()
        self._socket.close()
        if self._on_lost is not None:
            self._on_lost(reason)
