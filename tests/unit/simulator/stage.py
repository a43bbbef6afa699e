"""A fake Discord's core without sockets, and a client that reads its frames."""

import json
import zlib
from typing import Any

import zstandard

from simulator.core.faults import Faults
from simulator.core.hub import Hub, Identifies
from simulator.core.ledger import Ledger
from simulator.core.peer import Peer
from simulator.core.replay import Bounds
from simulator.core.rest import answer
from simulator.core.rest.context import Api
from simulator.core.rest.route import Request, Response
from simulator.core.scene import Scenes
from simulator.core.snowflake import Snowflakes
from simulator.core.terms import Terms
from simulator.core.world import APPLICATION_ID, World

NOW = 1_750_000_000.0
EVERYTHING = 53_608_447


def make_api(guilds: int = 2, bounds: Bounds | None = None, concurrency: int = 16) -> Api:
    """One Discord, with no events offered."""
    world, ledger = World(guilds, seed=1), Ledger()
    faults = Faults(lambda kind: ledger.faults.update([kind]))
    hub = Hub(world, ledger, faults, bounds or Bounds(), Identifies(concurrency, 1000))
    return Api(
        world, hub, ledger, faults, Snowflakes(), Scenes(world), gateway_url="ws://x/gateway"
    )


def frames(data: bytes) -> list[tuple[int, bytes]]:
    """(first byte, payload) of each WebSocket frame."""
    found = []
    while data:
        kind, size, start = data[0], data[1], 2
        if size == 126:
            size, start = int.from_bytes(data[2:4], "big"), 4
        elif size == 127:
            size, start = int.from_bytes(data[2:10], "big"), 10
        found.append((kind, data[start : start + size]))
        data = data[start + size :]
    return found


class Client:
    """A client on one Peer: what it sends goes in at once, what it gets is a list of payloads."""

    def __init__(
        self, api: Api, compress: str = "", terms: Terms | None = None, **query: str
    ) -> None:
        query = {
            "v": "10",
            "encoding": "json",
            **query,
            **({"compress": compress} if compress else {}),
        }
        self.api = api
        self.peer = Peer(api.hub, terms or Terms(), query, NOW)
        self.now = NOW
        self.close_code: int | None = None
        self.kinds: list[int] = []
        self._inflate: Any = None
        if compress == "zlib-stream":
            self._inflate = zlib.decompressobj()
        elif compress == "zstd-stream":
            self._inflate = zstandard.ZstdDecompressor().decompressobj()

    def another(self) -> "Client":
        """A second client of the same Discord, greeted."""
        client = Client(self.api)
        client.read()
        return client

    def read(self) -> list[dict[str, Any]]:
        """Everything that is ready."""
        payloads = []
        for kind, body in frames(self.peer.pull(1 << 30, self.now)):
            if kind == 0x88:
                self.close_code = int.from_bytes(body[:2], "big")
                continue
            self.kinds.append(kind)
            text = body if self._inflate is None else self._inflate.decompress(body)
            payloads.append(json.loads(text))
        return payloads

    def send(self, op: int, d: object = None) -> list[dict[str, Any]]:
        """Send one payload and read what it causes."""
        return self.send_raw(json.dumps({"op": op, "d": d}))

    def send_raw(self, data: str | bytes) -> list[dict[str, Any]]:
        self.peer.receive(data, self.now)
        return self.read()

    def identify(self, intents: int = EVERYTHING, **more: object) -> list[dict[str, Any]]:
        return self.send(2, {"token": "t", "properties": {}, "intents": intents, **more})

    def resume(self, session: str, seq: int | None) -> list[dict[str, Any]]:
        return self.send(6, {"token": "t", "session_id": session, "seq": seq})


def call(
    api: Api, method: str, path: str, body: object = None, now: float = NOW, **query: str
) -> Response:
    """One REST call with a bot token; `{app}` stands for the application's id."""
    path = path.replace("{app}", str(APPLICATION_ID))
    return answer(api, Request(method, path, now, query, "Bot t", body))


def body_of(response: Response) -> Any:
    """The body of an answer that must be 2xx."""
    assert 200 <= response.status < 300, response
    return response.body
