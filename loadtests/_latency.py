"""Latencies at full resolution: an HdrHistogram in microseconds behind seconds.

Locust rounds what it keeps (to 100 ms above 1 s); this keeps three significant digits of
everything between a microsecond and ten minutes.
"""

from typing import Self

from hdrh.histogram import HdrHistogram

LOWEST, HIGHEST, DIGITS = 1, 600_000_000, 3


class Latency:
    """A distribution of seconds."""

    def __init__(self, encoded: str = "") -> None:
        self._taken = (
            HdrHistogram.decode(encoded) if encoded else HdrHistogram(LOWEST, HIGHEST, DIGITS)
        )
        self._fresh: dict[int, int] = {}  # how often each number of microseconds was recorded since

    def record(self, seconds: float) -> None:
        """Add one; what is out of range counts as the nearest value in it."""
        value = int(seconds * 1e6)
        self._fresh[value] = self._fresh.get(value, 0) + 1

    @property
    def _histogram(self) -> HdrHistogram:
        """All of them. Counting first costs an eighth of recording each by itself."""
        for value, count in self._fresh.items():
            self._taken.record_value(min(HIGHEST, max(LOWEST, value)), count)
        self._fresh.clear()
        return self._taken

    def add(self, other: Self) -> None:
        """Add all of another's."""
        self._histogram.add(other._histogram)

    @property
    def count(self) -> int:
        """How many were recorded."""
        return int(self._histogram.get_total_count())

    @property
    def mean(self) -> float:
        """Seconds; 0 when there are none."""
        return float(self._histogram.get_mean_value()) / 1e6 if self.count else 0.0

    @property
    def deviation(self) -> float:
        """The standard deviation, seconds."""
        return float(self._histogram.get_stddev()) / 1e6 if self.count else 0.0

    @property
    def max(self) -> float:
        """Seconds; 0 when there are none."""
        return float(self._histogram.get_max_value()) / 1e6 if self.count else 0.0

    def percentile(self, percent: float) -> float:
        """Seconds; 0 when there are none."""
        return float(self._histogram.get_value_at_percentile(percent)) / 1e6 if self.count else 0.0

    def encode(self) -> str:
        """HdrHistogram's compressed text form, which the constructor takes."""
        return bytes(self._histogram.encode()).decode()
