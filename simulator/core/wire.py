"""Bytes on the gateway's socket: dispatch payloads, compression contexts, WebSocket frames.

Frames are built here and not by the WebSocket library so that thousands of events leave in one
write. A server's frames are never masked and never fragmented (RFC 6455, 5.2). Compression:
Discord Docs/Gateway, "Encoding and Compression".
"""

import struct
import zlib
from abc import ABC, abstractmethod
from collections.abc import Sequence

import msgspec
import zstandard

TEXT = 0x81
BINARY = 0x82
CLOSE = 0x88
_SHORT, _MEDIUM = 126, 1 << 16
_SIZE = struct.Struct(">H").pack


def frame(kind: int, payload: bytes) -> bytes:
    """One whole WebSocket frame, final and unmasked."""
    size = len(payload)
    if size < _SHORT:
        return bytes((kind, size)) + payload
    if size < _MEDIUM:
        return bytes((kind, 126)) + size.to_bytes(2, "big") + payload
    return bytes((kind, 127)) + size.to_bytes(8, "big") + payload


def close_frame(code: int, reason: str = "") -> bytes:
    """A close frame; its payload may hold 125 bytes."""
    return frame(CLOSE, code.to_bytes(2, "big") + reason.encode()[:120])


# The payload of opcode 0: its name, its sequence, and its `d`, which is JSON already.
DISPATCH = b'{"t":"%b","s":%d,"op":0,"d":%b}'
_AROUND = len(DISPATCH % (b"", 0, b"")) - 1  # octets of a dispatch besides name, sequence and `d`

_FRAMED = b"\x81\x7e%b" + DISPATCH  # with the head of a TEXT frame of 126 to 65 535 octets


class Dispatch(msgspec.Struct, gc=False):
    """One event as every session that is due it gets it; the sequence is the session's own.

    `at` is when it was meant to leave, 0 when nobody measures that. No cycle goes through it, so
    the collector need not look at the tens of thousands that are kept for RESUME.
    """

    name: bytes
    d: bytes
    at: float


def control(opcode: int, d: bytes = b"null") -> bytes:
    """The payload of any other opcode: no type and no sequence."""
    return b'{"t":null,"s":null,"op":%d,"d":%b}' % (opcode, d)


class Encoder(ABC):
    """Turns payloads into WebSocket frames, in order; keeps a connection's compression context."""

    @abstractmethod
    def encode(self, payload: bytes) -> bytes:
        """One payload as one frame."""

    def dispatches(self, first: int, entries: Sequence[Dispatch]) -> list[bytes]:
        """A frame for each entry; `first` is the sequence of the first."""
        encode = self.encode
        return [
            encode(DISPATCH % (entry.name, sequence, entry.d))
            for sequence, entry in enumerate(entries, first)
        ]


class Plain(Encoder):
    """No compression: TEXT frames."""

    def encode(self, payload: bytes) -> bytes:
        return frame(TEXT, payload)

    def dispatches(self, first: int, entries: Sequence[Dispatch]) -> list[bytes]:
        """The hot path: head and payload of a frame are rendered in one go."""
        frames, around, longer = [], _AROUND + len(str(first)), 10 ** len(str(first))
        for sequence, entry in enumerate(entries, first):
            if sequence == longer:
                around, longer = around + 1, longer * 10
            name, d = entry.name, entry.d
            size = around + len(name) + len(d)
            if _SHORT <= size < _MEDIUM:  # nearly all
                frames.append(_FRAMED % (_SIZE(size), name, sequence, d))
            else:
                frames.append(frame(TEXT, DISPATCH % (name, sequence, d)))
        return frames


class PayloadZlib(Encoder):
    """IDENTIFY's `compress`: every payload is a zlib stream of its own, in a BINARY frame."""

    def encode(self, payload: bytes) -> bytes:
        return frame(BINARY, zlib.compress(payload))


class ZlibStream(Encoder):
    """One zlib context per connection; each message ends with the sync flush 00 00 ff ff."""

    def __init__(self, level: int = 3) -> None:
        self._context = zlib.compressobj(level)

    def encode(self, payload: bytes) -> bytes:
        context = self._context
        return frame(BINARY, context.compress(payload) + context.flush(zlib.Z_SYNC_FLUSH))


class ZstdStream(Encoder):
    """One zstd frame per connection that never ends; each message ends with a block."""

    def __init__(self, level: int = 3) -> None:
        self._context = zstandard.ZstdCompressor(level=level).compressobj()

    def encode(self, payload: bytes) -> bytes:
        context = self._context
        block = context.compress(payload) + context.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        return frame(BINARY, block)


def encoder(compress: str, zlib_level: int = 3) -> Encoder:
    """The encoder for the `compress` parameter of a gateway URL; unknown names mean none."""
    if compress == "zlib-stream":
        return ZlibStream(zlib_level)
    if compress == "zstd-stream":
        return ZstdStream()
    return Plain()
