"""Whether everything fails at the moment, as when the database is away. No clock."""

from runtime.core.delivery import Failed, Handled, Outcome, TimedOut

ENOUGH = 5
"""Failures without a success in between: as many as one event's tries."""
FRESH = 30.0
"""Seconds after which old failures say nothing any more."""


class Streak:
    """The failures since the last success. ``now``: seconds of any monotonic clock."""

    def __init__(self) -> None:
        self._failures = 0
        self._last = 0.0

    def ended(self, outcome: Outcome, now: float) -> None:
        """A handler ended; what was not for handlers does not count."""
        match outcome:
            case Handled():
                self._failures = 0
            case Failed() | TimedOut():
                self._failures += 1
                self._last = now

    def is_failing(self, now: float) -> bool:
        """Whether nothing has succeeded for a while, and not only because nothing came."""
        return self._failures >= ENOUGH and now - self._last < FRESH
