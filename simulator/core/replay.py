"""The dispatches of one session, kept for RESUME, the oldest forgotten first."""

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.core.wire import Dispatch

_SLACK = 2048  # forgotten entries that may lie about before the list is cut


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one session remembers."""

    events: int = 50_000
    octets: int = 64 << 20
    seconds: float = 180.0


class Log:
    """Entries numbered from 1 without gaps; `first` is the oldest that is still kept.

    They are rendered when they are sent, so that the sessions of a shard share one copy.
    `octets` is the length of their bodies.
    """

    __slots__ = ("_base", "_entries", "_events", "_octets", "first", "last", "octets")

    def __init__(self, bounds: Bounds) -> None:
        self._events, self._octets = bounds.events, bounds.octets
        self._entries: list[Dispatch] = []
        self._base = 1  # the number of the first in the list
        self.first = 1
        self.last = 0
        self.octets = 0

    def append(self, entry: Dispatch) -> int:
        """Keep one event under the next number, which is returned."""
        self.extend((entry,))
        return self.last

    def extend(self, entries: Sequence[Dispatch]) -> None:
        """Keep some events under the next numbers. The hot path."""
        self._entries += entries
        self.last += len(entries)
        self.octets += sum([len(entry.d) for entry in entries])
        surplus = self.last - self.first + 1 - self._events
        if surplus > 0 or self.octets > self._octets:
            self._forget(max(0, surplus))

    def _forget(self, surplus: int) -> None:
        """Forget `surplus` entries, and as many more as there are octets too many."""
        entries, at = self._entries, self.first - self._base
        self.octets -= sum([len(entry.d) for entry in entries[at : at + surplus]])
        at += surplus
        while self.octets > self._octets:
            self.octets -= len(entries[at].d)
            at += 1
        self.first = self._base + at
        if at > _SLACK:
            del entries[:at]
            self._base = self.first

    def after(self, sequence: int, most: int) -> list[Dispatch]:
        """The entries that follow `sequence`, which is covered, `most` at most."""
        at = sequence + 1 - self._base
        return self._entries[at : at + most]

    def __getitem__(self, sequence: int) -> Dispatch:
        return self._entries[sequence - self._base]

    def covers(self, sequence: int) -> bool:
        """Whether everything after `sequence` is still here."""
        return self.first - 1 <= sequence <= self.last
