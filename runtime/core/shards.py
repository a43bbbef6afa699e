"""Which shards a process holds: ``SHARDS``, and in a StatefulSet the pod's ordinal.

Discord Docs/Gateway, Sharding: a guild is on shard ``(guild_id >> 22) % total``; what belongs to no
guild comes to shard 0.
"""

import re
from dataclasses import dataclass

from runtime.errors import ConfigurationError

MOST = 100_000
_LEASE = re.compile(r"gateway(?:\.(?P<first>\d+)-(?P<last>\d+)\.(?P<total>\d+))?")
_PLAN = re.compile(r"(?:(?P<first>\d+)-(?P<last>\d+)/|(?P<each>\d+)/)?(?P<total>\d+)")


@dataclass(frozen=True, slots=True)
class ShardRange:
    """Shards ``first`` to ``last``, both included, out of ``total``."""

    first: int
    last: int
    total: int

    @property
    def numbers(self) -> range:
        """The shards' numbers."""
        return range(self.first, self.last + 1)

    @property
    def is_all(self) -> bool:
        """Whether no other process is needed."""
        return self.first == 0 and self.last == self.total - 1

    @property
    def leads(self) -> bool:
        """Whether this process does what only one may do: it has shard 0."""
        return self.first == 0

    @property
    def lease(self) -> str:
        """The key of the lease that makes its holder the only gateway of these shards."""
        return "gateway" if self.is_all else f"gateway.{self.first}-{self.last}.{self.total}"

    def overlaps(self, lease: str) -> bool:
        """Whether who holds this other lease has events of guilds that come here, too."""
        found = _LEASE.fullmatch(lease)
        if lease == self.lease or found is None:
            return False
        if found["total"] is None or int(found["total"]) != self.total:
            return True  # a guild is on another shard when there are more of them
        return int(found["first"]) <= self.last and self.first <= int(found["last"])

    def __str__(self) -> str:
        return f"{self.first}-{self.last}/{self.total}"


@dataclass(frozen=True, slots=True)
class ShardPlan:
    """The setting ``SHARDS`` before Discord's recommendation and the ordinal are known.

    ``auto`` (all shards that Discord recommends), ``64`` (all of 64), ``0-15/64`` (these), or
    ``16/64`` (16 a process: the ordinal says which).
    """

    total: int = 0
    """0: as many as Discord recommends."""
    first: int = 0
    each: int = 0
    """Shards of one process; 0: all."""
    by_ordinal: bool = False

    @classmethod
    def parse(cls, text: str) -> "ShardPlan":
        """Read the setting.

        Raises:
            ConfigurationError: it is none of the four forms, or a range outside the total.
        """
        if text == "auto":
            return cls()
        found = _PLAN.fullmatch(text) if text.isascii() else None
        if found is None:
            raise ConfigurationError(f"must be auto, 64, 0-15/64 or 16/64, not {text!r}")
        part = {name: int(digits[:9]) for name, digits in found.groupdict().items() if digits}
        total, first, last = part["total"], part.get("first", 0), part.get("last", 0)
        each = part.get("each", last - first + 1 if "last" in part else total)
        if not 1 <= total <= MOST or not 1 <= each <= total or first + each > total:
            raise ConfigurationError(f"must name shards of 1 to {MOST} in all, not {text!r}")
        return cls(total, first, each, by_ordinal="each" in part)

    def resolve(self, recommended: int, ordinal: int | None) -> ShardRange:
        """The shards of this process.

        Args:
            recommended: ``shards`` of ``GET /gateway/bot``.
            ordinal: this process's place among its equals, from 0; None when it has none.

        Raises:
            ConfigurationError: an ordinal is needed and missing, or beyond the last range.
        """
        total = self.total or max(1, recommended)
        first, each = self.first, self.each or total
        if self.by_ordinal:
            if ordinal is None:
                raise ConfigurationError(
                    f"SHARDS {each}/{total} needs SHARD_ORDINAL, or a host name that ends in -0, -1"
                )
            first = ordinal * each
        if first >= total:
            raise ConfigurationError(
                f"SHARD_ORDINAL {ordinal} has no shards: {each} a process, {total} in all"
            )
        return ShardRange(first, min(first + each, total) - 1, total)


def ordinal_of(hostname: str) -> int | None:
    """The ordinal in a StatefulSet pod's name, such as 2 in ``gateway-2``."""
    digits = hostname.partition(".")[0].rpartition("-")[2]
    return int(digits) if digits.isascii() and digits.isdecimal() and "-" in hostname else None
