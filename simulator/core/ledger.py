"""The book of one run: everything offered, written, answered, lost and refused, as one JSON object.

`emitted` counts events of the mix. `dispatched` counts every opcode-0 event that at least one
session was due, once, READY and the echoes of REST calls included. `written` counts frames.
"""

from collections import Counter, defaultdict

from simulator.core.pace import Pace
from simulator.core.tallies import InteractionTally, ProbeTally
from simulator.core.timings import Timings

_MOST_UNLISTED = 100


class Ledger:
    """Counts of one run; `reset` begins a new one, live sessions stay counted."""

    def __init__(self) -> None:
        self.live: defaultdict[tuple[int, int], int] = defaultdict(int)
        self.reset()

    def reset(self) -> None:
        """Count from zero; sessions that are live now stay live."""
        self.emitted = self.dispatched = self.undeliverable = self.written = 0
        self.by_type: Counter[bytes] = Counter()
        self.lag = Timings()
        self.last_emitted_at = 0.0
        self.identify = self.resume = self.refused_resumes = self.replayed = 0
        self.op9 = self.overflows = self.expired = self.resume_url_used = self.upgrades = 0
        self.max_live_per_shard = max(self.live.values(), default=0)
        self.heartbeats = self.heartbeats_missed = 0
        self.max_gap = 0.0
        self.closes: Counter[str] = Counter()
        self.commands_registered = 0
        self.requests = self.unlisted = self.authorized_interaction_calls = 0
        self.unlisted_routes: Counter[str] = Counter()  # ids left out
        self.by_status: Counter[int] = Counter()
        self.by_route: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.direct: Counter[str] = Counter()  # what became of events published to NATS
        self.interactions = InteractionTally()
        self.probes = ProbeTally()

    def session_lives(self, shard: tuple[int, int]) -> None:
        """A session of this (shard, shards) got a socket."""
        self.live[shard] += 1
        self.max_live_per_shard = max(self.max_live_per_shard, self.live[shard])

    def session_rests(self, shard: tuple[int, int]) -> None:
        """It lost its socket."""
        self.live[shard] -= 1

    def request(self, route: str, status: int) -> None:
        """One REST call was answered."""
        self.requests += 1
        self.by_status[status] += 1
        self.by_route[route] += 1

    def miss(self, method: str, path: str) -> None:
        """A REST call whose route does not exist here."""
        self.unlisted += 1
        parts = ("{id}" if part.isdecimal() else part[:40] for part in path.split("/")[:8])
        route = f"{method} /{'/'.join(parts)}"
        if len(self.unlisted_routes) < _MOST_UNLISTED or route in self.unlisted_routes:
            self.unlisted_routes[route] += 1

    def as_json(self, pace: Pace, now: float, final: bool = False) -> dict[str, object]:
        """The whole book; `final` means that nothing outstanding will be waited for."""
        active = pace.active(now)
        elapsed = max(active, self._emission_seconds(pace))
        offered = pace.offered(now)
        return {
            "offered_rate": round(offered / active, 3) if active else pace.rate,
            "achieved_rate": round(self.emitted / elapsed, 3) if elapsed else 0.0,
            "rate": pace.rate,
            "active_seconds": round(active, 3),
            "offered": offered,
            "emitted": self.emitted,
            "dispatched": self.dispatched,
            "dispatched_by_type": {name.decode(): n for name, n in self.by_type.items()},
            "undeliverable": self.undeliverable,
            "written": self.written,
            "lag_ms": self.lag.milliseconds(),
            **self._gateway(),
            "interactions": self.interactions.as_json(now, final),
            "probes": self.probes.as_json(now, final),
            "pending": {
                "interactions": 0 if final else self.interactions.pending(now),
                "probes": 0 if final else self.probes.pending(now),
            },
            "commands_registered": self.commands_registered,
            "rest": self._rest(),
            "faults": dict(self.faults),
            "direct": dict(self.direct),
        }

    def _emission_seconds(self, pace: Pace) -> float:
        """Longer than the offered time when the simulator fell behind and caught up after it."""
        if pace.started is None or pace.ends is None or self.last_emitted_at <= pace.ends:
            return 0.0
        return self.last_emitted_at - pace.started

    def _gateway(self) -> dict[str, object]:
        return {
            "sessions": {
                "identify": self.identify,
                "resume": self.resume,
                "live": sum(self.live.values()),
                "max_live_per_shard": self.max_live_per_shard,
                "upgrades": self.upgrades,
                "resume_url_used": self.resume_url_used,
                "op9": self.op9,
                "expired": self.expired,
                "overflowed": self.overflows,
            },
            "resumes": {"replayed_events": self.replayed, "refused": self.refused_resumes},
            "heartbeats": {
                "received": self.heartbeats,
                "missed": self.heartbeats_missed,
                "max_gap_ms": round(self.max_gap * 1000, 1),
            },
            "closes": dict(self.closes),
        }

    def _rest(self) -> dict[str, object]:
        return {
            "requests": self.requests,
            "by_status": {str(status): count for status, count in self.by_status.items()},
            "by_route": dict(self.by_route),
            "unlisted": self.unlisted,
            "unlisted_routes": dict(self.unlisted_routes),
            "authorized_interaction_calls": self.authorized_interaction_calls,
        }
