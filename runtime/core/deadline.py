"""How old an interaction is and what may still be done with it. No clock: ``now`` comes in.

Discord Docs/Interactions: the first response is due 3 s after the interaction was made, the token
lives for 15 minutes. Both are counted from the snowflake, which carries its own time.
"""

import msgspec

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


class Interaction(msgspec.Struct, frozen=True):
    """What the guard reads of an INTERACTION_CREATE."""

    id: str
    token: str
    type: int


class _InteractionId(msgspec.Struct):
    id: str


_decode_id = msgspec.json.Decoder(_InteractionId).decode


def interaction_id(body: bytes) -> str:
    """The id of an INTERACTION_CREATE, as JSON; raises msgspec.DecodeError when there is none."""
    return _decode_id(body).id


decode_interaction = msgspec.json.Decoder(Interaction).decode

# Discord Docs/Interactions, Interaction Callback Type: 5 shows that the bot is thinking, 6 leaves
# the message with the component as it is. Autocomplete has neither.
DEFERRALS = {2: 5, 3: 6, 5: 5}


def answered_subject(root: str) -> str:
    """Where workers say that they answered; the body is the interaction's id."""
    return f"{root}.answered"


class DeadlineGuard:
    """The interactions that nobody has answered yet, and when it becomes too late.

    Args:
        guard_at: age in seconds at which an unanswered interaction is deferred.
    """

    def __init__(self, guard_at: float = GUARD_AT) -> None:
        self._guard_at = guard_at
        self._waiting: dict[str, Interaction] = {}

    def seen(self, interaction: Interaction, now: float) -> bool:
        """Note one that was handed to the workers; false when it cannot be deferred (any more)."""
        if interaction.type not in DEFERRALS or is_expired(interaction.id, now):
            return False
        self._waiting[interaction.id] = interaction
        return True

    def answered(self, interaction_id: str) -> None:
        """A worker has answered it."""
        self._waiting.pop(interaction_id, None)

    def due(self, now: float) -> list[Interaction]:
        """Those to be deferred now, which are forgotten, as are those that are too late."""
        old = [
            one for one in self._waiting.values() if interaction_age(one.id, now) >= self._guard_at
        ]
        for one in old:
            del self._waiting[one.id]
        return [one for one in old if not is_expired(one.id, now)]

    def next_due(self, now: float) -> float | None:
        """Seconds until the next may be due; None while nothing waits."""
        if not self._waiting:
            return None
        oldest = min(snowflake_time(one) for one in self._waiting)
        return max(0.0, oldest + self._guard_at - now)
