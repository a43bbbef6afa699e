"""Whatever clients do, in any order, the gateway keeps its promises."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from simulator.core.replay import Bounds
from simulator.core.session import State
from tests.unit.simulator.stage import Client, make_api

KEPT = 12


class Gateway(RuleBasedStateMachine):
    """Clients connect, identify, get lost, resume; events happen meanwhile."""

    clients = Bundle("clients")

    def __init__(self) -> None:
        super().__init__()
        self.api = make_api(guilds=1, bounds=Bounds(events=KEPT))
        self.published = 0
        self.seen: dict[str, int] = {}  # session -> last sequence its client has read

    def take(self, client: Any, payloads: list[dict[str, Any]]) -> None:
        """Dispatches must follow each other without a gap, whatever happened in between."""
        for payload in payloads:
            if payload["op"] != 0:
                continue
            if payload["t"] == "READY":
                client.name = payload["d"]["session_id"]
                self.seen[client.name] = 0
            assert payload["s"] == self.seen[client.name] + 1
            self.seen[client.name] = payload["s"]

    @rule(target=clients, compress=st.sampled_from(["", "zlib-stream", "zstd-stream"]))
    def connect(self, compress: str) -> Client:
        client = Client(self.api, compress)
        client.read()
        return client

    @rule(client=clients)
    def identify(self, client: Client) -> None:
        self.take(client, client.identify())

    @rule(client=clients, old=clients)
    def resume(self, client: Client, old: Client) -> None:
        name = getattr(old, "name", "unknown")
        client.name = name if client.peer.session is None else getattr(client, "name", "")  # type: ignore[attr-defined]
        self.take(client, client.resume(name, self.seen.get(name, 0)))

    @rule(client=clients, op=st.integers(-1, 50), d=st.none() | st.integers() | st.just({}))
    def send(self, client: Client, op: int, d: object) -> None:
        self.take(client, client.send(op, d))

    @rule(client=clients, code=st.sampled_from([None, 1000, 1001, 3000, 4000]))
    def lose(self, client: Client, code: int | None) -> None:
        client.peer.lost(code, client.now)

    @rule(client=clients, resumable=st.booleans())
    def invalidate(self, client: Client, resumable: bool) -> None:
        client.peer.invalidate(resumable, client.now)
        self.take(client, client.read())

    @rule(count=st.integers(1, 5))
    def publish(self, count: int) -> None:
        for _ in range(count):
            self.api.hub.publish("TYPING_START", self.api.world.guild_ids()[0], {})

    @rule(client=clients)
    def read(self, client: Client) -> None:
        self.take(client, client.read())

    @invariant()
    def the_ledger_counts_the_live_sessions(self) -> None:
        live = [s for s in self.api.hub.sessions.values() if s.state is State.LIVE]
        assert sum(self.api.ledger.live.values()) == len(live)

    @invariant()
    def an_ended_session_is_forgotten(self) -> None:
        assert all(s.state is not State.ENDED for s in self.api.hub.sessions.values())


TestGateway = Gateway.TestCase
TestGateway.settings = settings(max_examples=100, stateful_step_count=50, deadline=None)
