"""Discord's ids: 42 bits of milliseconds since 2015, 22 bits that tell twins apart.

Source: Discord Docs/Reference, "Snowflakes".
"""

EPOCH_MS = 1_420_070_400_000
_LOW_BITS = 22
_LOW_MASK = (1 << _LOW_BITS) - 1


def made_at(snowflake: int) -> float:
    """Seconds since the Unix epoch at which this id was made."""
    return ((snowflake >> _LOW_BITS) + EPOCH_MS) / 1000


class Snowflakes:
    """Ids that never repeat: the low bits count on instead of naming a machine."""

    __slots__ = ("_count",)

    def __init__(self) -> None:
        self._count = 0

    def next(self, now: float) -> int:
        """An id made at `now`, seconds since the Unix epoch."""
        self._count = (self._count + 1) & _LOW_MASK
        return ((int(now * 1000) - EPOCH_MS) << _LOW_BITS) | self._count
