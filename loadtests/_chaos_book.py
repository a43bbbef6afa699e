"""The book of a chaos run: what went in, what came out, and what must not be. No I/O, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runtime.core.routing import AMBIENT_TYPES

NOT_FORWARDED = AMBIENT_TYPES | {"READY", "RESUMED"}
OF_THE_GATEWAY = frozenset({"GAP"})


@dataclass(frozen=True, slots=True)
class Book:
    """Counts since the start of the run. Ambient events are left out: they may be shed."""

    ledger: Mapping[str, Any]
    """The fake Discord's own."""
    stored: int
    """Events in the streams so far: what the broker took, repeats refused."""
    handled: int
    """Handlers that finished, in all workers."""
    dead: int
    """Events that became dead letters."""
    backlog: int
    """Events that no worker has acknowledged."""

    @property
    def dispatched(self) -> int:
        """What Discord sent, or holds for the next RESUME."""
        types: Mapping[str, int] = self.ledger["dispatched_by_type"]
        return sum(count for name, count in types.items() if name not in NOT_FORWARDED)

    @property
    def is_settled(self) -> bool:
        """Whether everything has ended one way or the other."""
        owed = sum(int(count) for count in self.ledger["pending"].values())
        probes = self.ledger["probes"]
        return (
            not self.backlog
            and not owed
            and int(probes["answered"]) == int(probes["sent"])
            and self.stored >= self.dispatched
            and self.handled + self.dead >= self.stored
        )


@dataclass(frozen=True, slots=True)
class Limits:
    """What a phase may do."""

    repeats_at_handlers: int | None = 0
    """Handlers that ran again for an event; None is not judged."""
    max_heartbeat_gap: float = 0.0
    """Milliseconds between two heartbeats of a connection; 0 is not judged."""


def violations(before: Book, after: Book, limits: Limits) -> list[str]:
    """What went wrong between two moments at which all was settled; empty when nothing did."""
    sessions, beats = after.ledger["sessions"], after.ledger["heartbeats"]
    probes = after.ledger["probes"]
    lost = (after.dispatched - before.dispatched) - (after.stored - before.stored)
    ended = (after.handled - before.handled) + (after.dead - before.dead)
    repeats = ended - (after.stored - before.stored)
    unanswered = int(probes["sent"]) - int(probes["answered"])
    allowed = limits.repeats_at_handlers
    gap = float(beats["max_gap_ms"])
    checks = [
        (lost > 0, f"{lost} events never reached the broker"),
        (lost < 0, f"{-lost} events are in the streams twice"),
        (repeats < 0, f"{-repeats} events were not handled"),
        (allowed is not None and repeats > (allowed or 0), f"{repeats} events handled twice"),
        (unanswered > 0, f"{unanswered} probes were never answered"),
        (
            int(probes["duplicated"]) > 0,
            f"{probes['duplicated']} probes were answered twice",
        ),
        (int(sessions["identify"]) != 1, f"{sessions['identify']} IDENTIFYs instead of 1"),
        (int(sessions["max_live_per_shard"]) > 1, "two live sessions of one shard"),
        (int(beats["missed"]) > 0, f"{beats['missed']} connections closed for want of heartbeats"),
        (
            0 < limits.max_heartbeat_gap < gap,
            f"{gap:.0f} ms between heartbeats, above {limits.max_heartbeat_gap:.0f}",
        ),
    ]
    return [text for wrong, text in checks if wrong]


def lines(before: Book, after: Book) -> list[tuple[str, str]]:
    """The ledger of one phase: names and values."""
    sessions, probes = after.ledger["sessions"], after.ledger["probes"]
    stored = after.stored - before.stored
    dispatched = after.dispatched - before.dispatched
    handled, dead = after.handled - before.handled, after.dead - before.dead
    answered = int(probes["answered"]) - int(before.ledger["probes"]["answered"])
    sent = int(probes["sent"]) - int(before.ledger["probes"]["sent"])
    resumed = int(sessions["resume"]) - int(before.ledger["sessions"]["resume"])
    replayed = after.ledger["resumes"]["replayed_events"]
    replayed -= before.ledger["resumes"]["replayed_events"]
    return [
        ("events", f"{dispatched} dispatched, {stored} stored, {handled} handled, {dead} dead"),
        ("lost", str(dispatched - stored)),
        ("handled twice", str(handled + dead - stored)),
        (
            "probes",
            (
                f"{sent} sent, {answered} answered, {probes['lost']} lost, "
                f"{probes['duplicated']} duplicated"
            ),
        ),
        (
            "sessions",
            (
                f"{sessions['identify']} IDENTIFY, {resumed} RESUME, {replayed} events replayed, "
                f"at most {sessions['max_live_per_shard']} live per shard"
            ),
        ),
        (
            "heartbeats",
            (
                f"at most {after.ledger['heartbeats']['max_gap_ms']:.0f} ms apart, "
                f"{after.ledger['heartbeats']['missed']} missed"
            ),
        ),
    ]
