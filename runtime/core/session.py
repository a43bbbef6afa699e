"""The gateway session of one shard: how a connection ended, and what to do next.

Two rules. A session that may still live is resumed, on the URL that READY named, from the last
sequence that is known to be safe. A session that Discord refuses, or that cannot be reached for
``GIVE_UP_AFTER`` seconds or ``GIVE_UP_TRIES`` handshakes, is given up: IDENTIFY on the base URL,
and a GAP tells everybody that events may be missing.

Close codes: Discord Docs/Topics/Opcodes and Status Codes, Gateway Close Event Codes.
"""

from dataclasses import dataclass, replace
from enum import Enum

import msgspec

GIVE_UP_TRIES = 8
GIVE_UP_AFTER = 90.0
BACKOFF_BASE = 0.5
BACKOFF_CAP = 30.0


class Ending(Enum):
    """Why a connection is over; close codes are looked up in ``CLOSE_CODES``."""

    RECONNECT = "op 7"
    INVALID_RESUMABLE = "op 9, resumable"
    INVALID = "op 9, not resumable"
    ZOMBIE = "no heartbeat acknowledgement"
    ABORTED = "connection lost"
    MALFORMED = "unreadable payload"
    NO_HANDSHAKE = "no connection"
    PRESSURE = "too many events wait for the bus"
    RESUMABLE_CLOSE = "close, resumable"
    NEW_SESSION_CLOSE = "close, new session"
    BAD_TOKEN = "close 4004: the token is wrong"  # noqa: S105
    BAD_SHARD = "close 4010: invalid shard"
    SHARDING_REQUIRED = "close 4011: this bot needs more shards"
    BAD_VERSION = "close 4012: the API version is not supported"
    BAD_INTENTS = "close 4013: invalid intents"
    DISALLOWED_INTENTS = "close 4014: an intent is not enabled in the Developer Portal"


class Action(Enum):
    """What to do after an ending."""

    RESUME = "RESUME"
    IDENTIFY = "IDENTIFY"
    STOP = "stop"


CLOSE_CODES = {
    4004: Ending.BAD_TOKEN,
    4007: Ending.NEW_SESSION_CLOSE,
    4009: Ending.NEW_SESSION_CLOSE,
    4010: Ending.BAD_SHARD,
    4011: Ending.SHARDING_REQUIRED,
    4012: Ending.BAD_VERSION,
    4013: Ending.BAD_INTENTS,
    4014: Ending.DISALLOWED_INTENTS,
}

TRANSITIONS = {
    Ending.RECONNECT: Action.RESUME,
    Ending.INVALID_RESUMABLE: Action.RESUME,
    Ending.INVALID: Action.IDENTIFY,
    Ending.ZOMBIE: Action.RESUME,
    Ending.ABORTED: Action.RESUME,
    Ending.MALFORMED: Action.RESUME,
    Ending.NO_HANDSHAKE: Action.RESUME,
    Ending.PRESSURE: Action.RESUME,
    Ending.RESUMABLE_CLOSE: Action.RESUME,
    Ending.NEW_SESSION_CLOSE: Action.IDENTIFY,
    Ending.BAD_TOKEN: Action.STOP,
    Ending.BAD_SHARD: Action.STOP,
    Ending.SHARDING_REQUIRED: Action.STOP,
    Ending.BAD_VERSION: Action.STOP,
    Ending.BAD_INTENTS: Action.STOP,
    Ending.DISALLOWED_INTENTS: Action.STOP,
}


def ending_of_close(code: int | None) -> Ending:
    """The ending of a close frame; None is a connection that broke without one."""
    if code is None or code == 1006:
        return Ending.ABORTED
    return CLOSE_CODES.get(code, Ending.RESUMABLE_CLOSE)


class Checkpoint(msgspec.Struct, frozen=True):
    """What a later process needs to RESUME; kept in the key-value bucket as JSON."""

    session_id: str
    resume_gateway_url: str
    seq: int
    shard: int
    shard_count: int = 1


@dataclass(frozen=True, slots=True)
class Attempts:
    """Connections in a row that came to nothing, and when the first of them began."""

    count: int = 0
    since: float = 0.0

    def failed(self, now: float) -> "Attempts":
        """One more."""
        return replace(self, count=self.count + 1, since=self.since if self.count else now)

    def exhausted(self, now: float) -> bool:
        """Whether the session is to be given up."""
        return self.count >= GIVE_UP_TRIES or (self.count > 0 and now - self.since >= GIVE_UP_AFTER)


@dataclass(frozen=True, slots=True)
class Step:
    """The next move of a shard; ``gap``: a session was given up, events may be missing."""

    action: Action
    delay: float
    gap: bool


def next_step(
    ending: Ending, attempts: Attempts, *, has_session: bool, now: float, jitter: float
) -> Step:
    """What follows an ending.

    Args:
        ending: how the connection ended.
        attempts: failures in a row, this one included if the connection never became usable.
        has_session: whether there is a session to resume.
        now: any monotonic clock, the one of ``attempts``.
        jitter: uniform in [0, 1).
    """
    action = TRANSITIONS[ending]
    if action is Action.STOP:
        return Step(action, 0.0, gap=False)
    delay = 0.0
    if attempts.count > 1 or ending is Ending.NO_HANDSHAKE:
        delay = jitter * min(BACKOFF_CAP, BACKOFF_BASE * 2 ** max(0, attempts.count - 1))
    if action is Action.RESUME and has_session and not attempts.exhausted(now):
        return Step(Action.RESUME, delay, gap=False)
    if ending is Ending.INVALID:
        delay = max(delay, 1.0 + 4.0 * jitter)  # Discord Docs/Gateway: wait 1 to 5 s
    return Step(Action.IDENTIFY, delay, gap=has_session)
