"""One WebSocket connection to Discord: discord.py's socket, our own reading of it.

discord.py opens the socket, keeps its send limit and writes IDENTIFY and RESUME. Reading is ours:
a payload is decompressed and parsed once for op, type and sequence, and its ``d`` is handed on as
bytes; nothing here builds objects or keeps a cache.
"""

import asyncio
import logging
import zlib
from contextlib import suppress
from typing import Any, Self

import aiohttp
import discord
import yarl
import zstandard
from discord.gateway import DiscordWebSocket

from runtime.core import frame as frames
from runtime.core.frame import Frame
from runtime.errors import MalformedFrame

log = logging.getLogger(__name__)

ZLIB_SUFFIX = b"\x00\x00\xff\xff"
MAX_PAYLOAD = 64 << 20
CLOSE_TIMEOUT = 2.0
KEEP_SESSION = 4000


class Closed(Exception):  # noqa: N818 - control flow, handled in connection.py
    """The peer closed; ``code`` is None when the connection broke."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"closed with {code}")
        self.code = code


class _ZstdStream:
    """One context for the connection; a WebSocket message is a payload."""

    def __init__(self) -> None:
        self._inflate = zstandard.ZstdDecompressor().decompressobj()

    def feed(self, data: bytes) -> bytes | None:
        """The payload that this message completes."""
        return self._inflate.decompress(data)


class _ZlibStream:
    """One context for the connection; a payload ends with ``ZLIB_SUFFIX``."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj()
        self._parts: list[bytes] = []

    def feed(self, data: bytes) -> bytes | None:
        """The payload that this message completes, if it does."""
        self._parts.append(data)
        if data[-4:] != ZLIB_SUFFIX:
            return None
        whole = b"".join(self._parts)
        self._parts.clear()
        return self._inflate.decompress(whole, MAX_PAYLOAD)


class ShardSocket(DiscordWebSocket):
    """A connection that has said HELLO."""

    heartbeat_interval: float = 0.0
    """Seconds; set by HELLO."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, *, loop: Any) -> None:
        super().__init__(socket, loop=loop)
        kind = discord.utils._ActiveDecompressionContext.COMPRESSION_TYPE  # noqa: SLF001
        self._stream = _ZstdStream() if kind == "zstd-stream" else _ZlibStream()

    @classmethod
    async def dial(
        cls,
        client: discord.Client,
        url: str,
        shard: int,
        session: tuple[str, int] | None,
    ) -> Self:
        """Connect, hear HELLO, then RESUME ``session`` (id, sequence) or IDENTIFY.

        Raises:
            Closed, MalformedFrame: the peer is not a gateway, or hung up.
            aiohttp.ClientError, OSError, TimeoutError: no connection.
        """
        session_id, sequence = session or (None, None)
        return await cls.from_client(
            client,
            initial=True,  # or discord.py would wait 5 s before IDENTIFY: Starts has seen to that
            gateway=yarl.URL(url),
            shard_id=shard,
            session=session_id,
            sequence=sequence,
            resume=session is not None,
        )

    async def poll_event(self) -> None:
        """What ``from_client`` waits for: HELLO. Without one the socket is not left open."""
        try:
            greeting = frames.hello(await self.receive())
            self.heartbeat_interval = greeting.heartbeat_interval / 1000
        except BaseException:
            await self.hang_up(KEEP_SESSION)
            raise

    async def receive(self) -> Frame:
        """The next payload.

        Raises:
            Closed: there is none.
            MalformedFrame: it cannot be read.
        """
        while True:
            msg = await self.socket.receive()
            kind = msg.type
            if kind is aiohttp.WSMsgType.BINARY:
                try:
                    payload = self._stream.feed(msg.data)
                except (zlib.error, zstandard.ZstdError) as error:
                    raise MalformedFrame(f"cannot decompress: {error}") from None
                if payload is not None:
                    return frames.parse(payload)
            elif kind is aiohttp.WSMsgType.TEXT:
                return frames.parse(msg.data)
            else:
                raise Closed(self.socket.close_code)

    async def beat(self, sequence: int | None) -> None:
        """Send a heartbeat; a dying connection is noticed by its reader."""
        try:
            await self.send_heartbeat({"op": frames.HEARTBEAT, "d": sequence})
        except (aiohttp.ClientError, ConnectionError, discord.ConnectionClosed) as error:
            log.debug("heartbeat not sent: %s", error)

    async def hang_up(self, code: int) -> None:
        """Close with a code; 4000 keeps the session, 1000 ends it (Discord Docs/Gateway)."""
        self._close_code = code
        with suppress(aiohttp.ClientError, OSError, TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self.socket.close(code=code)
