"""The client side of the NATS protocol, without I/O: bytes to frames and calls to bytes.

Source: NATS Docs/Client Protocol. Only what a load generator needs: publishing with headers and a
reply subject, subscribing, and reading what comes back.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

CRLF = b"\r\n"
PING = b"PING\r\n"
PONG = b"PONG\r\n"
HEADER_LINE = b"NATS/1.0"


class BrokenStream(Exception):  # noqa: N818
    """The peer does not speak the protocol."""


class Arrived(NamedTuple):
    """A message; ``status`` is the broker's own code (503: nobody listens), 0 for none."""

    subject: bytes
    body: bytes
    status: int = 0


@dataclass(frozen=True, slots=True)
class Ping:
    """To be answered with ``PONG``."""


@dataclass(frozen=True, slots=True)
class Refused:
    """``-ERR``: the server's complaint."""

    text: str


@dataclass(frozen=True, slots=True)
class Pong:
    """The server's answer to ``PING``: it took everything before."""


@dataclass(frozen=True, slots=True)
class Info:
    """What the server says of itself; defaults where it is silent."""

    max_payload: int = 1 << 20
    tls_required: bool = False


Frame = Arrived | Ping | Pong | Info | Refused


def connect(name: str, credentials: Mapping[str, str] | None = None) -> bytes:
    """The first thing a client says; ``no_responders`` makes a missing stream visible at once.

    ``credentials`` are ``user`` and ``pass``, or ``auth_token``.
    """
    options = {
        **(credentials or {}),
        "verbose": False,
        "pedantic": False,
        "lang": "python",
        "version": "0",
        "protocol": 1,
        "name": name,
        "headers": True,
        "no_responders": True,
    }
    return b"CONNECT " + json.dumps(options).encode() + CRLF


def subscribe(subject: str, sid: int) -> bytes:
    """Ask for a subject's messages."""
    return f"SUB {subject} {sid}\r\n".encode()


def header_block(headers: Mapping[str, str]) -> bytes:
    """Headers as they travel."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return HEADER_LINE + CRLF + lines.encode() + CRLF


def publish(subject: bytes, reply: bytes, headers: bytes, body: bytes) -> bytes:
    """One message; ``headers`` is a ``header_block`` or empty, ``reply`` may be empty."""
    if not headers:
        return b"PUB %b %b %d\r\n%b\r\n" % (subject, reply, len(body), body)
    size = len(headers)
    return b"HPUB %b %b %d %d\r\n%b%b\r\n" % (
        subject,
        reply,
        size,
        size + len(body),
        headers,
        body,
    )


class Parser:
    """Turns received bytes into frames, whatever pieces they come in."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are complete now.

        Raises:
            BrokenStream: the bytes are not the protocol's.
        """
        data = self._rest + data if self._rest else data
        frames: list[Frame] = []
        at = 0
        while (end := data.find(CRLF, at)) >= 0:
            line = data[at:end]
            after = end + 2
            kind = line[:4]
            if kind in (b"MSG ", b"HMSG"):
                stop = after + _length(line) + 2
                if stop > len(data):
                    break
                frames.append(_message(line, data[after : stop - 2]))
                at = stop
            else:
                _control(line, kind, frames)
                at = after
        self._rest = data[at:]
        return frames


def _length(line: bytes) -> int:
    try:
        return int(line[line.rindex(b" ") + 1 :])
    except ValueError:
        raise BrokenStream(f"no length in {line[:80]!r}") from None


def _message(line: bytes, data: bytes) -> Arrived:
    parts = line.split()
    if parts[0] == b"MSG":
        return Arrived(parts[1], data)
    cut = int(parts[-2])
    first = data[: data.find(CRLF)].split(maxsplit=2)
    status = int(first[1]) if len(first) > 1 and first[1].isdigit() else 0
    return Arrived(parts[1], data[cut:], status)


def _control(line: bytes, kind: bytes, frames: list[Frame]) -> None:
    if kind == b"PING":
        frames.append(Ping())
    elif kind == b"-ERR":
        frames.append(Refused(line[5:].decode(errors="replace").strip("'")))
    elif kind == b"INFO":
        frames.append(_info(line[4:]))
    elif kind == b"PONG":
        frames.append(Pong())
    elif not line.startswith(b"+OK"):
        raise BrokenStream(f"unknown operation {line[:80]!r}")


def _info(text: bytes) -> Info:
    try:
        said = json.loads(text)
        return Info(int(said.get("max_payload", 1 << 20)), bool(said.get("tls_required")))
    except (ValueError, AttributeError, TypeError):
        raise BrokenStream(f"unreadable INFO {text[:80]!r}") from None
