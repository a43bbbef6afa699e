"""The dispatches of one session, kept for RESUME, the oldest forgotten first."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one session remembers."""

    events: int = 50_000
    octets: int = 64 << 20
    seconds: float = 180.0


# One rendered dispatch, and when it was meant to leave (0 when nobody measures it). A plain tuple:
# one is made per event and session.
Entry = tuple[bytes, float]


class Log:
    """Entries numbered from 1 without gaps; `first` is the oldest that is still kept."""

    __slots__ = ("_entries", "_events", "_octets", "first", "last", "octets")

    def __init__(self, bounds: Bounds) -> None:
        self._events, self._octets = bounds.events, bounds.octets
        self._entries: dict[int, Entry] = {}
        self.first = 1
        self.last = 0
        self.octets = 0

    def append(self, payload: bytes, intended: float = 0.0) -> int:
        """Keep one payload under the next number, which is returned."""
        last = self.last = self.last + 1
        self._entries[last] = (payload, intended)
        octets = self.octets = self.octets + len(payload)
        if last - self.first >= self._events or octets > self._octets:
            self._forget()
        return last

    def _forget(self) -> None:
        while self.last - self.first >= self._events or self.octets > self._octets:
            self.octets -= len(self._entries.pop(self.first)[0])
            self.first += 1

    def after(self, sequence: int, most: int) -> list[Entry]:
        """The entries that follow `sequence`, which is covered, `most` at most."""
        entries = self._entries
        until = min(self.last, sequence + most) + 1
        return [entries[number] for number in range(sequence + 1, until)]

    def __getitem__(self, sequence: int) -> Entry:
        return self._entries[sequence]

    def covers(self, sequence: int) -> bool:
        """Whether everything after `sequence` is still here."""
        return self.first - 1 <= sequence <= self.last
