"""Durations at full resolution, and their percentiles."""

from array import array

_KEPT = 1 << 18


class Timings:
    """Keeps every duration in seconds; when there are too many, an even sample of all of them."""

    __slots__ = ("_ordered", "_skip", "_stride", "_values", "largest")

    def __init__(self) -> None:
        self._values = array("d")
        self._ordered: list[float] = []  # as many of them as were looked at
        self._stride = 1  # one of so many is kept
        self._skip = 0  # so many more are not
        self.largest = 0.0

    def add(self, seconds: float) -> None:
        """Record one duration."""
        self.extend([seconds])

    def extend(self, seconds: list[float]) -> None:
        """Record several durations."""
        if not seconds:
            return
        self.largest = max(self.largest, *seconds)
        self._values.fromlist(seconds[self._skip :: self._stride])
        self._skip = (self._skip - len(seconds)) % self._stride
        if len(self._values) > _KEPT:
            del self._values[1::2]
            self._stride *= 2
            self._ordered = []

    def __len__(self) -> int:
        return len(self._values)

    def milliseconds(self) -> dict[str, float]:
        """{"p50", "p99", "max"} in milliseconds; zeros when nothing was recorded.

        It may be asked for often during a run: what was sorted before is not sorted again.
        """
        ordered = self._ordered
        ordered += self._values[len(ordered) :]
        ordered.sort()
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
