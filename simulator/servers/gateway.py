"""The WebSocket at /gateway: moves bytes between sockets and peers.

Frames go to the transport directly, whole batches in one write; aiohttp does the upgrade, the
reading, and the pongs.
"""

import asyncio
from collections.abc import Callable

from aiohttp import WSCloseCode, WSMsgType, web

from simulator.core import wire
from simulator.core.faults import Fault
from simulator.core.hub import Hub
from simulator.core.peer import Peer
from simulator.core.session import Close
from simulator.core.terms import Terms

HIGH_WATER = 4 << 20  # octets that may wait in one socket
CLOSE_PATIENCE = 2.0  # seconds for the client to answer a close frame
# Seconds from the upgrade to HELLO. Over a network it never comes in one piece with the 101, and
# there are clients (CloudStorm) that lose it when it does.
HELLO_AFTER = 0.03
MAX_MESSAGE = 16 << 20  # octets that are read before a message is refused unread
RESUME_PATH = "/gateway/resume"
_NEVER_SENT = frozenset({WSCloseCode.ABNORMAL_CLOSURE})


class Socket(web.WebSocketResponse):
    """aiohttp's, with Discord's code for a message that is too long to be read."""

    async def close(self, *, code: int = 1000, message: bytes = b"", drain: bool = True) -> bool:
        if code == WSCloseCode.MESSAGE_TOO_BIG:
            code = Close.DECODE_ERROR
        return await super().close(code=code, message=message, drain=drain)


class Gateway:
    """All open sockets and their peers."""

    def __init__(self, hub: Hub, clock: Callable[[], float]) -> None:
        self.terms = Terms()
        self._hub = hub
        self._clock = clock
        self._sockets: dict[Peer, asyncio.Transport] = {}
        self._closing: dict[Peer, float] = {}

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """The handler of the upgrade request."""
        faults, transport = self._hub.faults, request.transport
        if transport is None:  # gone already
            return web.Response(status=400)
        if request.path.startswith(RESUME_PATH) and faults.take("dead_resume_url"):
            transport.abort()
            return web.Response(status=503)
        refused = faults.take("refuse_upgrade")
        if refused is not None:
            return web.Response(status=503 if refused.status == 500 else refused.status)
        if request.query.get("encoding", "json") != "json":
            return web.Response(status=501, text="only encoding=json is simulated\n")
        socket = Socket(
            compress=False, autoclose=False, max_msg_size=MAX_MESSAGE, decode_text=False
        )
        if not socket.can_prepare(request).ok:
            return web.Response(status=426, text="this is a WebSocket\n")
        await socket.prepare(request)
        await asyncio.sleep(HELLO_AFTER)
        await self._serve(socket, transport, request)
        return socket

    async def _serve(
        self, socket: web.WebSocketResponse, transport: asyncio.Transport, request: web.Request
    ) -> None:
        ledger = self._hub.ledger
        ledger.upgrades += 1
        ledger.resume_url_used += request.path.startswith(RESUME_PATH)
        peer = Peer(self._hub, self.terms, request.query, self._clock())
        self._sockets[peer] = transport
        try:
            self.flush()
            async for message in socket:
                if message.type in {WSMsgType.TEXT, WSMsgType.BINARY}:
                    peer.receive(message.data, self._clock())
                    self.flush()
        finally:
            del self._sockets[peer]
            self._closing.pop(peer, None)
            _part(socket, transport, peer)
            peer.lost(_code(socket), self._clock())

    def peers(self, shard: int | None) -> list[Peer]:
        """The peers with a session; of one shard, or of all."""
        return [p for p in self._sockets if p.shard is not None and shard in {None, p.shard}]

    def flush(self) -> None:
        """Write whatever is ready, to every socket that can take it."""
        now = self._clock()
        for peer, transport in list(self._sockets.items()):
            if transport.is_closing():
                continue
            room = HIGH_WATER - transport.get_write_buffer_size()
            ready = peer.pull(room, now) if room > 0 else b""
            if ready:
                transport.write(ready)
            if peer.closing is not None:
                self._closing.setdefault(peer, now)

    def has_unsent(self) -> bool:
        """Whether some socket still has to take what its session was due."""
        return any(
            transport.get_write_buffer_size() > 0 or peer.is_behind()
            for peer, transport in self._sockets.items()
        )

    def check(self) -> None:
        """Close silent clients; cut those that do not answer a close frame."""
        now = self._clock()
        for peer, transport in list(self._sockets.items()):
            peer.check(now)
            if now - self._closing.get(peer, now) > CLOSE_PATIENCE:
                transport.abort()

    def strike(self, now: float) -> None:
        """Inflict the timed faults that are due."""
        hub = self._hub
        if not hub.faults.armed():
            return
        for fault in hub.faults.due(now, hub.ledger.emitted, hub.live_shards()):
            if fault.kind == "tcp_reset":
                self.reset(fault.shard)
                continue
            for peer in self.peers(fault.shard):
                _inflict(fault, peer, now)

    def reset(self, shard: int | None) -> None:
        """Cut the sockets of a shard without a word."""
        for peer in self.peers(shard):
            self._sockets[peer].abort()

    def shut(self) -> None:
        """Cut every socket: the program ends."""
        for transport in list(self._sockets.values()):
            transport.abort()


def _inflict(fault: Fault, peer: Peer, now: float) -> None:
    if fault.kind == "close":
        peer.close(fault.code)
    elif fault.kind == "op7":
        peer.reconnect()
    elif fault.kind == "op1":
        peer.ask_heartbeat()
    elif fault.kind == "op9":
        peer.invalidate(fault.resumable, now)
    elif fault.kind == "malformed_frame":
        peer.garble()
    elif fault.kind == "stall" and peer.session is not None:
        peer.session.stalled_until = now + fault.seconds


def _part(socket: web.WebSocketResponse, transport: asyncio.Transport, peer: Peer) -> None:
    """Answer the client's close frame with its own code (RFC 6455, 5.5.1); close as servers do.

    A code of 0 is a close frame without one. What waits in the socket is still written.
    """
    code = socket.close_code
    said = code is not None and (code == 0 or code not in _NEVER_SENT)
    if said and not socket.closed and peer.closing is None and not transport.is_closing():
        transport.write(wire.close_frame(code) if code else wire.frame(wire.CLOSE, b""))
    transport.close()


def _code(socket: web.WebSocketResponse) -> int | None:
    """The client's close code; None when the socket just went away (1006)."""
    code = socket.close_code
    return None if code in {None, 1006} else code
