"""The gateway session of one shard: how a connection ended, and what to do next.

Two rules. A session that may still live is resumed, on the URL that READY named, from the last
sequence that is known to be safe. A session that Discord refuses, or that cannot be reached for as
long as ``Patience`` says, is given up: IDENTIFY on the base URL, and a GAP tells everybody that
events may be missing.

Close codes: Discord Docs/Topics/Opcodes and Status Codes, Gateway Close Event Codes.
"""

from dataclasses import dataclass, replace
from enum import Enum

import msgspec


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a shard tries. Times are seconds."""

    tries: int = 8
    """Connections in a row without progress until the session is given up."""
    give_up_after: float = 90.0
    """The same as time since the first of them."""
    backoff_base: float = 0.5
    backoff_cap: float = 30.0
    steady_after: float = 10.0
    """A connection that ends before this counts as short; short ones in a row are spread."""
    invalid_wait: tuple[float, float] = (1.0, 5.0)
    """Before the IDENTIFY that follows op 9 (Discord Docs/Gateway: a random 1 to 5 s)."""

    def backoff(self, failures: int, jitter: float) -> float:
        """Full jitter below an exponentially growing, capped delay."""
        return jitter * min(self.backoff_cap, self.backoff_base * 2.0 ** max(0, failures - 1))


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
    HANDED_OVER = "this process stops and leaves the session to the next"
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
    Ending.HANDED_OVER: Action.STOP,
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
    intents: int = 0

    def differs(self, shard_count: int, intents: int) -> str:
        """Why the session cannot serve the bot as it is now; empty when it can."""
        if self.shard_count != shard_count:
            return f"there are {shard_count} shards now and were {self.shard_count}"
        if self.intents != intents:
            return "the bot asks for other intents now"
        return ""


@dataclass(frozen=True, slots=True)
class Attempts:
    """How the latest connections went."""

    failures: int = 0
    """In a row, without a single event."""
    since: float = 0.0
    """When the first of those failed."""
    short: int = 0
    """In a row, usable but soon over."""

    def failed(self, now: float) -> "Attempts":
        """One more came to nothing."""
        return replace(self, failures=self.failures + 1, since=self.since if self.failures else now)

    def lived(self, seconds: float, patience: Patience) -> "Attempts":
        """One was usable for so long."""
        return Attempts(short=self.short + 1 if seconds < patience.steady_after else 0)

    def exhausted(self, now: float, patience: Patience) -> bool:
        """Whether the session is to be given up."""
        if not self.failures:
            return False
        return self.failures >= patience.tries or now - self.since >= patience.give_up_after


@dataclass(frozen=True, slots=True)
class Step:
    """The next move of a shard; ``gap``: a session was given up, events may be missing."""

    action: Action
    delay: float
    gap: bool


def next_step(
    ending: Ending,
    attempts: Attempts,
    *,
    has_session: bool,
    now: float,
    jitter: float,
    patience: Patience = Patience(),
) -> Step:
    """What follows an ending.

    Args:
        ending: how the connection ended.
        attempts: the latest connections, this one included.
        has_session: whether there is a session to resume.
        now: any monotonic clock, the one of ``attempts``.
        jitter: uniform in [0, 1).
        patience: how long to try.
    """
    action = TRANSITIONS[ending]
    if action is Action.STOP:
        return Step(action, 0.0, gap=False)
    delay = 0.0
    if attempts.failures > 1 or ending is Ending.NO_HANDSHAKE:
        delay = patience.backoff(attempts.failures, jitter)
    elif attempts.short > 1:
        delay = patience.backoff(attempts.short - 1, jitter)
    if action is Action.RESUME and has_session and not attempts.exhausted(now, patience):
        return Step(Action.RESUME, delay, gap=False)
    if ending is Ending.INVALID:
        least, most = patience.invalid_wait
        delay = max(delay, least + (most - least) * jitter)
    return Step(Action.IDENTIFY, delay, gap=has_session)
