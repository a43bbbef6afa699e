"""A counting client: whatever happens to its socket, it must see each number exactly once."""

import asyncio
import json
import zlib
from contextlib import suppress

import aiohttp

from simulator import FakeDiscord
from simulator.core.replay import Bounds


class Counter:
    """Counts dispatches over as many sockets as it takes; resumes after every loss."""

    def __init__(self, fake: FakeDiscord) -> None:
        self._fake = fake
        self._session = ""
        self.sequence = 0
        self.gaps: list[tuple[int, int]] = []
        self.identifies = 0

    async def run(self) -> None:
        """Connect again and again until cancelled."""
        async with aiohttp.ClientSession() as http:
            while True:
                with suppress(aiohttp.ClientError, ConnectionError):
                    await self._connect(http)

    async def _connect(self, http: aiohttp.ClientSession) -> None:
        query = "?v=10&encoding=json&compress=zlib-stream"
        async with http.ws_connect(self._fake.gateway_url + query, max_msg_size=0) as socket:
            inflate = zlib.decompressobj()
            async for message in socket:
                if message.type is not aiohttp.WSMsgType.BINARY:
                    break
                await self._take(json.loads(inflate.decompress(message.data)), socket)

    async def _take(
        self, payload: dict[str, object], socket: aiohttp.ClientWebSocketResponse
    ) -> None:
        if payload["op"] == 10:
            await socket.send_json(self._hello())
        elif payload["op"] == 9:
            self._session = ""
            await socket.send_json(self._hello())
        elif payload["op"] == 0:
            self._count(payload)

    def _hello(self) -> dict[str, object]:
        if self._session:
            resume = {"token": "t", "session_id": self._session, "seq": self.sequence}
            return {"op": 6, "d": resume}
        self.identifies += 1
        return {"op": 2, "d": {"token": "t", "properties": {}, "intents": 53608447}}

    def _count(self, payload: dict[str, object]) -> None:
        sequence, d = payload["s"], payload["d"]
        assert isinstance(sequence, int)
        assert isinstance(d, dict)
        if payload["t"] == "READY":
            self._session, self.sequence = d["session_id"], 0
        if sequence != self.sequence + 1:
            self.gaps.append((self.sequence, sequence))
        self.sequence = sequence


async def counted(fake: FakeDiscord) -> Counter:
    counter = Counter(fake)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(counter.run())
        await asyncio.wait_for(fake.finished(), 30)
        running.cancel()
    return counter


async def test_forced_resumes_under_load_lose_repeat_and_reorder_nothing() -> None:
    async with FakeDiscord(
        guilds=20, rate=3000, duration=3, grace=0, profile="presence", probes=0
    ) as fake:
        fake.faults.add("tcp_reset", every=0.4)
        fake.faults.add("close", every=0.35)
        counter = await counted(fake)
        book = fake.ledger()
    assert counter.gaps == []
    assert counter.identifies == 1
    assert counter.sequence == book["dispatched"]
    assert book["sessions"]["resume"] >= 8
    assert book["achieved_rate"] >= 0.99 * book["offered_rate"]


async def test_a_gap_that_no_longer_fits_is_said_with_op_9_never_skipped() -> None:
    async with FakeDiscord(
        guilds=2, rate=3000, duration=1, grace=0, profile="presence", probes=0,
        bounds=Bounds(events=5), max_concurrency=1000,
    ) as fake:  # fmt: skip
        fake.faults.add("tcp_reset", every=0.3)
        counter = await counted(fake)
        book = fake.ledger()
    assert counter.gaps == []
    assert book["resumes"]["refused"] + book["sessions"]["overflowed"] >= 1
