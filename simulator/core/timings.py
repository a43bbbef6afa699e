"""Durations at full resolution, and their percentiles."""

from array import array

_KEPT = 1_000_000


class Timings:
    """Keeps up to a million durations in seconds; then the oldest are written over."""

    __slots__ = ("_next", "_values", "largest")

    def __init__(self) -> None:
        self._values = array("d")
        self._next = 0
        self.largest = 0.0

    def add(self, seconds: float) -> None:
        """Record one duration."""
        if len(self._values) < _KEPT:
            self._values.append(seconds)
        else:
            self._values[self._next] = seconds
            self._next = (self._next + 1) % _KEPT
        self.largest = max(self.largest, seconds)

    def extend(self, seconds: list[float]) -> None:
        """Record several durations."""
        if not seconds:
            return
        self.largest = max(self.largest, *seconds)
        kept, given = self._values, array("d", seconds)
        room = _KEPT - len(kept)
        kept.extend(given[:room])
        for start in range(room, len(given), _KEPT):
            self._write_over(given[start : start + _KEPT])

    def _write_over(self, given: "array[float]") -> None:
        """Put the given, at most as many as are kept, over the oldest."""
        at, kept = self._next, self._values
        head = given[: _KEPT - at]
        kept[at : at + len(head)] = head
        tail = given[len(head) :]
        kept[: len(tail)] = tail
        self._next = (at + len(given)) % _KEPT

    def __len__(self) -> int:
        return len(self._values)

    def milliseconds(self) -> dict[str, float]:
        """{"p50", "p99", "max"} in milliseconds; zeros when nothing was recorded."""
        ordered = sorted(self._values)
        return {
            "p50": _nearest_rank(ordered, 0.50),
            "p99": _nearest_rank(ordered, 0.99),
            "max": round(self.largest * 1000, 3),
        }


def _nearest_rank(ordered: list[float], share: float) -> float:
    if not ordered:
        return 0.0
    rank = min(len(ordered) - 1, max(0, -(-int(len(ordered) * share * 1000) // 1000) - 1))
    return round(ordered[rank] * 1000, 3)
