"""Whether an IDENTIFY may have a session at all, budgets aside.

Source: Discord Docs/Gateway, "Sharding" and "Gateway Intents".
"""

from simulator.core import intents
from simulator.core.payload import Identity
from simulator.core.session import Close, Refused

GUILDS_PER_SHARD = 2500


def check(asked: Identity, guilds: int, allowed: int) -> None:
    """Raises Refused 4010, 4011, 4013, 4014.

    Args:
        asked: what the client sent.
        guilds: of the application, over all shards.
        allowed: intents that the application may ask for.
    """
    shard, of = asked.shard
    if not 0 <= shard < of:
        raise Refused(Close.INVALID_SHARD)
    if guilds / of > GUILDS_PER_SHARD:
        raise Refused(Close.SHARDING_REQUIRED)
    if asked.intents & ~intents.KNOWN or asked.intents < 0:
        raise Refused(Close.INVALID_INTENTS)
    if asked.intents & ~allowed:
        raise Refused(Close.DISALLOWED_INTENTS)
