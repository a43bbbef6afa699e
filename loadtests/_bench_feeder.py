"""A Discord that only feeds: rendered events at full speed, in a process of its own.

``python -m loadtests._bench_feeder`` prints ``listening on http://127.0.0.1:PORT`` and serves the
few REST routes that a client needs to log in, a gateway at ``/gateway`` and ``POST /feed``
(``{"what": "messages" or "guilds", "count": N, "rate": events/s or 0}``). What it sends is the same
in every run. Frames: RFC 6455, 5.2; compression: Discord Docs/Gateway.
"""

import asyncio
import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import uvloop
import zstandard
from aiohttp import WSMsgType, web

from loadtests._templates import TEMPLATES

BATCH = 100
TICK = 0.002
"""Seconds between two batches when a rate is asked for: what comes in bursts waits in lines."""
HIGH_WATER = 1 << 20
HEARTBEAT_MS = 41_250
GUILDS = 200
CHANNELS = 5
_MESSAGE = next(one.body for one in TEMPLATES if one.event_type == "MESSAGE_CREATE")
_BOT = {"id": "100", "username": "bench", "discriminator": "0", "avatar": None, "bot": True}
_APPLICATION = {
    "id": "100", "name": "bench", "icon": None, "description": "", "bot_public": True,
    "bot_require_code_grant": False, "verify_key": "0" * 64, "owner": _BOT,
}  # fmt: skip


class Encoder:
    """One connection's compression context; a payload becomes one WebSocket frame."""

    def __init__(self, compress: str) -> None:
        self._kind, self._flush = 0x82, 0
        if compress == "zstd-stream":
            self._context: Any = zstandard.ZstdCompressor(level=3).compressobj()
            self._flush = zstandard.COMPRESSOBJ_FLUSH_BLOCK
        elif compress == "zlib-stream":
            self._context = zlib.compressobj(6)
            self._flush = zlib.Z_SYNC_FLUSH
        else:
            self._context, self._kind = None, 0x81

    def frame(self, payload: bytes) -> bytes:
        """The frame of one payload."""
        if self._context is not None:
            payload = self._context.compress(payload) + self._context.flush(self._flush)
        size = len(payload)
        if size < 126:
            return bytes((self._kind, size)) + payload
        if size < 1 << 16:
            return bytes((self._kind, 126)) + size.to_bytes(2, "big") + payload
        return bytes((self._kind, 127)) + size.to_bytes(8, "big") + payload


def message(number: int, guilds: int = GUILDS) -> bytes:
    """The ``d`` of a MESSAGE_CREATE of about 1 000 octets; guilds and channels take turns."""
    guild = 1_000 + number % guilds
    return _MESSAGE % {
        b"stamp": b"2026-01-01T00:00:00.000000+00:00", b"id": 10_000_000 + number,
        b"text": b"the wind was kind and the disc found the chains, %d " % number + b"x" * 200,
        b"channel": 100_000 + guild * CHANNELS + number % CHANNELS, b"guild": guild,
        b"user": 500_000 + number % 97, b"name": b"player%d" % (number % 97),
    }  # fmt: skip


def guild(number: int) -> bytes:
    """The ``d`` of a GUILD_CREATE of about 2 000 octets."""
    channels = [
        {"id": str(100_000 + number * CHANNELS + n), "type": 0, "name": f"hole-{n}", "position": n}
        for n in range(CHANNELS)
    ]
    roles = [
        {"id": str(number * 100 + n), "name": f"role {n}", "permissions": "0", "color": n,
         "position": n, "hoist": False, "managed": False, "mentionable": False}
        for n in range(8)
    ]  # fmt: skip
    body = {
        "id": str(number), "name": f"guild {number}", "member_count": 3, "channels": channels,
        "roles": roles, "members": [], "threads": [], "emojis": [], "owner_id": "7",
    }  # fmt: skip
    return json.dumps(body).encode()


class Feeder:
    """At most one client at a time."""

    def __init__(self) -> None:
        self._port = 0
        self._transport: asyncio.Transport | None = None
        self._encoder = Encoder("")
        self._sequence = 0
        self._sent = {"messages": 0, "guilds": GUILDS}

    async def run(self) -> None:
        """Serve until the parent ends us."""
        app = web.Application()
        app.router.add_get("/api/v10/users/@me", lambda _: _json(_BOT))
        app.router.add_get("/api/v10/oauth2/applications/@me", lambda _: _json(_APPLICATION))
        app.router.add_get("/api/v10/gateway/bot", self._gateway_bot)
        app.router.add_get("/gateway", self._connect)
        app.router.add_post("/feed", self._feed)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self._port = runner.addresses[0][1]
        print(f"listening on http://127.0.0.1:{self._port}", flush=True)
        await asyncio.Event().wait()

    async def _gateway_bot(self, _: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
        url = f"ws://127.0.0.1:{self._port}/gateway"
        return await _json({"url": url, "shards": 1, "session_start_limit": limit})

    async def _connect(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        self._transport, self._sequence = request.transport, 0
        self._encoder = Encoder(request.query.get("compress", ""))
        self._send(10, json.dumps({"heartbeat_interval": HEARTBEAT_MS}).encode())
        async for received in socket:
            if received.type in {WSMsgType.TEXT, WSMsgType.BINARY}:
                self._answer(json.loads(received.data)["op"])
        return socket

    def _answer(self, op: int) -> None:
        if op == 1:
            self._send(11, b"null")
        elif op == 2:
            url = f"ws://127.0.0.1:{self._port}/gateway"
            ids = [{"id": str(1_000 + n), "unavailable": True} for n in range(GUILDS)]
            ready = {
                "v": 10, "user": _BOT, "guilds": ids, "session_id": f"bench{id(self)}",
                "resume_gateway_url": url, "application": {"id": "100", "flags": 0},
            }  # fmt: skip
            self._write([self._dispatch(b"READY", json.dumps(ready).encode())])
            self._write([self._dispatch(b"GUILD_CREATE", guild(1_000 + n)) for n in range(GUILDS)])

    async def _feed(self, request: web.Request) -> web.Response:
        asked = await request.json()
        rate = float(asked["rate"])
        size = min(BATCH, max(1, round(rate * TICK))) if rate else BATCH
        loop, began = asyncio.get_running_loop(), asyncio.get_running_loop().time()
        for sent, batch in enumerate(self._batches(asked["what"], int(asked["count"]), size)):
            self._write(batch)
            while self._backlog() > HIGH_WATER:  # noqa: ASYNC110 - of a socket there is no event
                await asyncio.sleep(0.002)
            due = began + (sent + 1) * size / rate if rate else 0.0
            await asyncio.sleep(max(0.0, due - loop.time()))
        return await _json({"seconds": loop.time() - began})

    def _batches(self, what: str, count: int, size: int) -> Iterator[list[bytes]]:
        render: Callable[[int], bytes] = message
        name = b"MESSAGE_CREATE"
        if what == "guilds":
            render, name = guild, b"GUILD_CREATE"
        first = self._sent[what] + (1_000 if what == "guilds" else 0)
        self._sent[what] += count
        for start in range(first, first + count, size):
            numbers = range(start, min(start + size, first + count))
            yield [self._dispatch(name, render(number)) for number in numbers]

    def _dispatch(self, name: bytes, d: bytes) -> bytes:
        self._sequence += 1
        payload = b'{"t":"%b","s":%d,"op":0,"d":%b}' % (name, self._sequence, d)
        return self._encoder.frame(payload)

    def _send(self, op: int, d: bytes) -> None:
        self._write([self._encoder.frame(b'{"t":null,"s":null,"op":%d,"d":%b}' % (op, d))])

    def _write(self, frames: list[bytes]) -> None:
        if self._transport is not None:
            self._transport.write(b"".join(frames))

    def _backlog(self) -> int:
        return 0 if self._transport is None else self._transport.get_write_buffer_size()


async def _json(value: object) -> web.Response:
    """Content-Type is exactly application/json: discord.py takes anything longer for text."""
    headers = {"Content-Type": "application/json"}
    return web.Response(body=json.dumps(value).encode(), headers=headers)


if __name__ == "__main__":
    uvloop.run(Feeder().run())
