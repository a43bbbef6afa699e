"""A WebSocket client of bare bytes, which can do what no library would."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from simulator import FakeDiscord

TEXT, BINARY, CLOSE, PING, PONG, CONTINUATION = 0x1, 0x2, 0x8, 0x9, 0xA, 0x0
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
WITHIN = 10.0


def frame(opcode: int, payload: bytes, final: bool = True) -> bytes:
    """One masked frame, as clients must send it."""
    size, mask = len(payload), os.urandom(4)
    if size < 126:
        length = bytes([0x80 | size])
    elif size < 1 << 16:
        length = bytes([0x80 | 126]) + size.to_bytes(2, "big")
    else:
        length = bytes([0x80 | 127]) + size.to_bytes(8, "big")
    key = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
    masked = (int.from_bytes(payload, "big") ^ key).to_bytes(size, "big")
    return bytes([(0x80 if final else 0) | opcode]) + length + mask + masked


def upgrade(path: str) -> bytes:
    """The request that opens a WebSocket."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


class RawSocket:
    """The two ends of one connection. Every wait ends after WITHIN seconds."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, op: int, d: object = None) -> None:
        """One payload."""
        await self.write(frame(TEXT, json.dumps({"op": op, "d": d}).encode()))

    async def write(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def frame(self) -> tuple[int, bytes]:
        """(opcode, payload) of the server's next frame."""
        async with asyncio.timeout(WITHIN):
            first, size = await self.reader.readexactly(2)
            assert first & 0x80, "servers do not fragment here"
            assert not size & 0x80, "servers never mask"
            if size >= 126:
                more = await self.reader.readexactly(2 if size == 126 else 8)
                size = int.from_bytes(more, "big")
            return first & 0x0F, await self.reader.readexactly(size)

    async def payload(self) -> dict[str, Any]:
        """The next payload."""
        _, body = await self.frame()
        found: dict[str, Any] = json.loads(body)
        return found

    async def closed(self) -> int | None:
        """The server's close code, None when its close frame has none; then the end of the stream.

        What comes before it is read and forgotten.
        """
        opcode, body = await self.frame()
        while opcode != CLOSE:
            opcode, body = await self.frame()
        return int.from_bytes(body[:2], "big") if body else None

    async def ended(self) -> bytes:
        """What the server still sends until it closes the TCP connection."""
        async with asyncio.timeout(WITHIN):
            return await self.reader.read()

    async def identify(self, **more: object) -> dict[str, Any]:
        """IDENTIFY; returns READY."""
        await self.send(2, {"token": "t", "properties": {}, "intents": 0, **more})
        while (payload := await self.payload())["t"] != "READY":
            pass
        return payload


@asynccontextmanager
async def tcp(fake: FakeDiscord) -> AsyncIterator[RawSocket]:
    """A connection on which nothing was said yet."""
    reader, writer = await asyncio.open_connection("127.0.0.1", fake.port)
    try:
        yield RawSocket(reader, writer)
    finally:
        writer.close()


@asynccontextmanager
async def upgraded(fake: FakeDiscord, path: str = "/gateway?v=10") -> AsyncIterator[RawSocket]:
    """A connection that is a WebSocket."""
    async with tcp(fake) as socket:
        await socket.write(upgrade(path))
        async with asyncio.timeout(WITHIN):
            head = await socket.reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101"), head
        yield socket
