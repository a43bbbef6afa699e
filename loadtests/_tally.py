"""What one generator process did and saw, in numbers that add up. No I/O and no clock.

Every offered event ends in exactly one of: acked, duplicate, rejected, timed out, skipped.
"""

from dataclasses import dataclass, field, fields
from typing import Any

from loadtests._latency import Latency


@dataclass(slots=True)
class Tally:
    """Counts of one run; several processes' tallies add up to the run's."""

    offered: int = 0
    """Events that were due."""
    acked: int = 0
    """Stored by the broker for the first time."""
    duplicate: int = 0
    """Refused because the broker had that id: a fault of the generator."""
    rejected: int = 0
    """Refused by the broker, or not connected."""
    timed_out: int = 0
    """Sent, and no acknowledgement came."""
    skipped: int = 0
    """Not sent: too many were in flight."""
    handled: int = 0
    """Stored events whose handler finished, each counted once."""
    handled_again: int = 0
    """Further completions of the same events."""
    reordered: int = 0
    """Events of a guild that began before an earlier one of that guild was done."""
    window: float = 0.0
    """Seconds after the warm-up, during which the four distributions were taken."""
    done_in_window: int = 0
    """Completions during the window."""
    cpu_seconds: float = 0.0
    """Of the generator, over ``wall_seconds``."""
    wall_seconds: float = 0.0
    processes: int = 1
    lateness: Latency = field(default_factory=Latency)
    """Intended time to sending."""
    stored: Latency = field(default_factory=Latency)
    """Intended time to the broker's acknowledgement."""
    age: Latency = field(default_factory=Latency)
    """Intended time to the end of the handler."""
    service: Latency = field(default_factory=Latency)
    """Begin of the handler to its end."""

    @property
    def sent(self) -> int:
        """Events that left the generator."""
        return self.offered - self.skipped

    @property
    def unaccounted(self) -> int:
        """Offered events without an outcome; 0 unless the generator miscounts."""
        ended = self.acked + self.duplicate + self.rejected + self.timed_out + self.skipped
        return self.offered - ended

    @property
    def cpu_share(self) -> float:
        """CPU seconds per second of one generator process, on average."""
        return self.cpu_seconds / self.wall_seconds if self.wall_seconds else 0.0

    def add(self, other: "Tally") -> None:
        """Add another process's; the window stays that of the longest, counts add up."""
        for item in fields(self):
            mine, theirs = getattr(self, item.name), getattr(other, item.name)
            if isinstance(mine, Latency):
                mine.add(theirs)
            elif item.name == "window":
                self.window = max(mine, theirs)
            else:
                setattr(self, item.name, mine + theirs)

    def to_json(self) -> dict[str, Any]:
        """Plain values; distributions as HdrHistogram text."""
        values = ((item.name, getattr(self, item.name)) for item in fields(self))
        return {
            name: value.encode() if isinstance(value, Latency) else value for name, value in values
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Tally":
        """The reverse of ``to_json``."""
        known: dict[str, Any] = {item.name: data[item.name] for item in fields(cls)}
        for name, value in known.items():
            known[name] = Latency(value) if isinstance(value, str) else value
        return cls(**known)
