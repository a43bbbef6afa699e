"""A client that only counts: whatever happens to its socket, each event must come exactly once.

Two witnesses. The sequence must go up by one, across sockets; and the ids of the messages of a
channel must go up, which does not depend on the numbering that RESUME relies on.
"""

import zlib
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass

import aiohttp
import msgspec

IDENTIFY = {"op": 2, "d": {"token": "t", "properties": {}, "intents": 53608447}}


class _D(msgspec.Struct):
    session_id: str = ""
    id: str = "0"
    channel_id: str = ""


class _Event(msgspec.Struct):
    op: int
    s: int | None = None
    t: str | None = None
    d: msgspec.Raw = msgspec.Raw(b"null")


_event = msgspec.json.Decoder(_Event).decode
_d = msgspec.json.Decoder(_D).decode


@dataclass
class Counts:
    """What was seen."""

    dispatches: int = 0
    messages: int = 0
    lost: int = 0
    duplicated: int = 0
    reordered: int = 0
    identifies: int = 0
    resumed: int = 0


class CountingClient:
    """Counts dispatches over as many sockets as it takes; resumes after every loss."""

    def __init__(self, gateway_url: str) -> None:
        self._url = gateway_url + "?v=10&encoding=json&compress=zlib-stream"
        self._session = ""
        self.sequence = 0
        self.connected = False
        self.counts = Counts()
        self._newest: defaultdict[str, int] = defaultdict(int)

    async def run(self) -> None:
        """Connect again and again until cancelled."""
        async with aiohttp.ClientSession() as http:
            while True:
                with suppress(aiohttp.ClientError, ConnectionError):
                    await self._connect(http)

    async def _connect(self, http: aiohttp.ClientSession) -> None:
        async with http.ws_connect(self._url, max_msg_size=0) as socket:
            self.connected = True
            try:
                await self._read(socket)
            finally:
                self.connected = False

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        inflate = zlib.decompressobj()
        async for message in socket:
            if message.type is not aiohttp.WSMsgType.BINARY:
                break
            event = _event(inflate.decompress(message.data))
            if event.op == 9:
                self._session = ""
            if event.op in {9, 10}:
                await socket.send_json(self._greeting())
            elif event.op == 7:
                break
            elif event.op == 0:
                self._count(event)

    def _greeting(self) -> dict[str, object]:
        if not self._session:
            self.counts.identifies += 1
            return IDENTIFY
        resume = {"token": "t", "session_id": self._session, "seq": self.sequence}
        return {"op": 6, "d": resume}

    def _count(self, event: _Event) -> None:
        counts, sequence = self.counts, event.s or 0
        if event.t == "READY":
            self._session, self.sequence = _d(event.d).session_id, 0
        counts.resumed += event.t == "RESUMED"
        counts.dispatches += 1
        counts.duplicated += sequence <= self.sequence
        counts.lost += max(0, sequence - self.sequence - 1)
        self.sequence = max(sequence, self.sequence)
        if event.t == "MESSAGE_CREATE":
            self._count_message(_d(event.d))

    def _count_message(self, message: _D) -> None:
        counts, ident = self.counts, int(message.id)
        counts.messages += 1
        newest = self._newest[message.channel_id]
        counts.reordered += ident <= newest
        self._newest[message.channel_id] = max(ident, newest)
