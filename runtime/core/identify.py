"""When a shard may IDENTIFY. Discord Docs/Gateway, Session Start Limit.

A bot has about 1 000 IDENTIFYs a day; one more ends every session and resets the token. Half of
them may be spent freely. Below that they are spread over the time until the reset, so that a
process that crashes in a loop slows down instead of burning the rest.
"""

from collections.abc import Iterable

import msgspec

WINDOW = 5.0
"""Seconds in which ``max_concurrency`` shards may identify, one of each rate-limit key."""


class SessionStartLimit(msgspec.Struct, frozen=True):
    """Of ``GET /gateway/bot``; ``reset_after`` in milliseconds."""

    total: int = 1000
    remaining: int = 1000
    reset_after: int = 0
    max_concurrency: int = 1


class GatewayBot(msgspec.Struct, frozen=True):
    """``GET /gateway/bot``."""

    url: str
    shards: int = 1
    session_start_limit: SessionStartLimit = SessionStartLimit()


def spent_one(gateway: GatewayBot) -> GatewayBot:
    """The same answer after one more IDENTIFY."""
    limit = gateway.session_start_limit
    left = msgspec.structs.replace(limit, remaining=max(0, limit.remaining - 1))
    return msgspec.structs.replace(gateway, session_start_limit=left)


def identify_delay(limit: SessionStartLimit) -> float:
    """Seconds to wait before the next IDENTIFY."""
    reset_after = limit.reset_after / 1000
    if limit.remaining <= 0:
        return max(reset_after, WINDOW)
    if limit.remaining * 2 > limit.total:
        return 0.0
    return reset_after / limit.remaining


def start_waves(shards: Iterable[int], max_concurrency: int) -> list[list[int]]:
    """Shards that may identify together, in order; waves are ``WINDOW`` seconds apart."""
    waves: dict[int, list[int]] = {}
    for shard in sorted(shards):
        waves.setdefault(shard // max(1, max_concurrency), []).append(shard)
    return list(waves.values())
