"""How old an interaction is and what may still be done with it. No clock: ``now`` comes in.

Discord Docs/Interactions: the first response is due 3 s after the interaction was made, the token
lives for 15 minutes. Both are counted from the snowflake, which carries its own time.
"""

DISCORD_EPOCH = 1_420_070_400.0
"""The first second of 2015, in seconds since 1970 (Discord Docs/Reference, Snowflakes)."""

RESPONSE_DEADLINE = 3.0
TOKEN_LIFETIME = 900.0
GUARD_AT = 2.0
"""Age at which the gateway defers on a silent worker's behalf."""


def snowflake_time(snowflake: int | str) -> float:
    """When a Discord id was made, in seconds since 1970."""
    return (int(snowflake) >> 22) / 1000 + DISCORD_EPOCH


def interaction_age(interaction_id: int | str, now: float) -> float:
    """Seconds since the interaction was made; negative when the clocks disagree."""
    return now - snowflake_time(interaction_id)


def is_expired(interaction_id: int | str, now: float) -> bool:
    """Whether a first response would be refused."""
    return interaction_age(interaction_id, now) >= RESPONSE_DEADLINE
