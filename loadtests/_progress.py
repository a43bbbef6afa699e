"""What a demonstration run looks like at a moment, and whether it ended well. No I/O, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All numbers of one moment. Rates are events/s, latencies ms, ``elapsed`` seconds."""

    elapsed: float
    ledger: Mapping[str, Any]
    handled: Mapping[str, int] = field(default_factory=dict)
    """Events whose handler finished, stored classes only, by worker."""
    rates: Mapping[str, float] = field(default_factory=dict)
    stored: int = 0
    """Events that the broker acknowledged to the gateway."""
    dead: int = 0
    backlog: Mapping[str, int] = field(default_factory=dict)
    """Unacknowledged messages by stream."""

    @property
    def interactions(self) -> Mapping[str, Any]:
        """The ledger's part about slash commands and components."""
        part: Mapping[str, Any] = self.ledger["interactions"]
        return part

    @property
    def probes(self) -> Mapping[str, Any]:
        """The ledger's part about messages that want exactly one answer."""
        part: Mapping[str, Any] = self.ledger["probes"]
        return part

    @property
    def outstanding(self) -> int:
        """Interactions and probes whose answer may still come in time."""
        return sum(int(count) for count in self.ledger["pending"].values())

    @property
    def total_backlog(self) -> int:
        """Unacknowledged messages of all streams."""
        return sum(self.backlog.values())

    @property
    def total_handled(self) -> int:
        """By all workers."""
        return sum(self.handled.values())

    @property
    def is_drained(self) -> bool:
        """Whether everything that was sent has ended one way or the other."""
        return not self.total_backlog and not self.outstanding


def rates_between(
    earlier: Snapshot | None, elapsed: float, handled: Mapping[str, int]
) -> dict[str, float]:
    """Events/s of each worker since the earlier snapshot."""
    if earlier is None or elapsed <= earlier.elapsed:
        return dict.fromkeys(handled, 0.0)
    seconds = elapsed - earlier.elapsed
    return {
        name: (count - earlier.handled.get(name, 0)) / seconds for name, count in handled.items()
    }


def faults(end: Snapshot) -> list[str]:
    """Why the run did not end well; empty when everything arrived once and in time."""
    interactions, probes = end.interactions, end.probes
    unanswered = int(interactions["unanswered"]) + int(end.ledger["pending"]["interactions"])
    lost = int(probes["lost"]) + int(end.ledger["pending"]["probes"])
    missing = end.stored - end.total_handled - end.dead
    checks = [
        (int(end.ledger["emitted"]) == 0, "no event was emitted"),
        (int(interactions["sent"]) == 0, "no interaction was sent"),
        (lost > 0, f"{lost} probes were never answered"),
        (int(probes["duplicated"]) > 0, f"{probes['duplicated']} probes were answered twice"),
        (unanswered > 0, f"{unanswered} interactions were never answered"),
        (int(interactions["late"]) > 0, f"{interactions['late']} answers came after 3 s"),
        (end.dead > 0, f"{end.dead} events became dead letters"),
        (end.total_backlog > 0, f"{end.total_backlog} events were still waiting"),
        (missing > 0, f"{missing} of {end.stored} stored events were not handled"),
        (missing < 0, f"{-missing} events were handled more than once"),
    ]
    return [text for failed, text in checks if failed]


def summary(end: Snapshot) -> list[tuple[str, str]]:
    """What to say at the end: a name and its value, line by line."""
    interactions, probes, ledger = end.interactions, end.probes, end.ledger
    latency = interactions["latency_ms"]
    unanswered = int(interactions["unanswered"]) + int(ledger["pending"]["interactions"])
    lost = int(probes["lost"]) + int(ledger["pending"]["probes"])
    shares = ", ".join(f"{name} {count}" for name, count in end.handled.items())
    return [
        ("offered", f"{ledger['offered']} events, {ledger['achieved_rate']:.0f}/s achieved"),
        ("dispatched", f"{ledger['dispatched']} by Discord, {end.stored} stored by the gateway"),
        ("handled", f"{end.total_handled} ({shares})"),
        (
            "replied",
            (
                f"{interactions['answered']} of {interactions['sent']} interactions, "
                f"{probes['answered']} of {probes['sent']} probes"
            ),
        ),
        (
            "reply latency",
            (
                f"p50 {latency['p50']:.0f} ms, p99 {latency['p99']:.0f} ms, "
                f"max {latency['max']:.0f} ms"
            ),
        ),
        ("lost", str(lost)),
        ("duplicated", str(probes["duplicated"])),
        ("unanswered", str(unanswered)),
        ("late", str(interactions["late"])),
    ]
