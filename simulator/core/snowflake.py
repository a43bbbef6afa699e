"""Discord's ids: 42 bits of milliseconds since 2015, 22 bits that tell twins apart.

Source: Discord Docs/Reference, "Snowflakes".
"""

from itertools import count

EPOCH_MS = 1_420_070_400_000
_LOW_BITS = 22
LOW_MASK = (1 << _LOW_BITS) - 1


def made_at(snowflake: int) -> float:
    """Seconds since the Unix epoch at which this id was made."""
    return ((snowflake >> _LOW_BITS) + EPOCH_MS) / 1000


class Snowflakes:
    """Ids that never repeat: the low bits count on instead of naming a machine."""

    __slots__ = ("low",)

    def __init__(self) -> None:
        self.low = count(1)  # of which LOW_MASK is used

    @staticmethod
    def base(now: float) -> int:
        """The upper bits of every id made in this millisecond."""
        return (int(now * 1000) - EPOCH_MS) << _LOW_BITS

    def next(self, now: float) -> int:
        """An id made at `now`, seconds since the Unix epoch."""
        return self.base(now) | next(self.low) & LOW_MASK
