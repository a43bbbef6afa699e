"""The life of a gateway session, in one table.

Two rules. Whatever the table does not list is refused, and the state says with which close code.
A session outlives its socket: only the client's 1000 and 1001, age, overflow and op 9 end it.
Source: Discord Docs/Gateway, "Connection Lifecycle"; close codes from "Gateway Close Event Codes".
"""

from collections.abc import Callable
from enum import Enum, IntEnum

from simulator.core.replay import Bounds, Log
from simulator.core.wire import Dispatch


class Opcode(IntEnum):
    """Gateway opcodes; 31 and 43 are requests for soundboard sounds and channel details."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE_UPDATE = 3
    VOICE_STATE_UPDATE = 4
    RESUME = 6
    RECONNECT = 7
    REQUEST_GUILD_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11
    REQUEST_SOUNDBOARD_SOUNDS = 31
    REQUEST_CHANNEL_INFO = 43


class Close(IntEnum):
    """Close codes that the gateway uses."""

    UNKNOWN_ERROR = 4000
    UNKNOWN_OPCODE = 4001
    DECODE_ERROR = 4002
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    ALREADY_AUTHENTICATED = 4005
    INVALID_SEQUENCE = 4007
    RATE_LIMITED = 4008
    SESSION_TIMED_OUT = 4009
    INVALID_SHARD = 4010
    SHARDING_REQUIRED = 4011
    INVALID_VERSION = 4012
    INVALID_INTENTS = 4013
    DISALLOWED_INTENTS = 4014


FINAL_FROM_CLIENT = frozenset({1000, 1001})
FINAL_FROM_SERVER = frozenset({4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014})


class State(Enum):
    """GREETED has a socket and no session yet; DETACHED has a session and no socket."""

    GREETED = "greeted"
    LIVE = "live"
    DETACHED = "detached"
    ENDED = "ended"


class Signal(Enum):
    """What happens to a session: the client's opcodes first, then the world."""

    HEARTBEAT = "heartbeat"
    IDENTIFY = "identify"
    RESUME = "resume"
    PRESENCE_UPDATE = "presence update"
    VOICE_STATE_UPDATE = "voice state update"
    REQUEST_GUILD_MEMBERS = "request guild members"
    REQUEST_SOUNDBOARD_SOUNDS = "request soundboard sounds"
    REQUEST_CHANNEL_INFO = "request channel info"
    ATTACHED = "another socket resumed it"
    SOCKET_LOST = "the socket went away or closed with a code that keeps the session"
    ENDED_BY_CLIENT = "closed with 1000 or 1001"
    INVALIDATED = "op 9 false, or a close code that ends it"
    EXPIRED = "nobody came back in time"
    OVERFLOWED = "more was missed than the replay buffer holds"


SIGNALS: dict[Opcode, Signal] = {  # what a client may send; every other opcode is unknown
    Opcode.HEARTBEAT: Signal.HEARTBEAT,
    Opcode.IDENTIFY: Signal.IDENTIFY,
    Opcode.RESUME: Signal.RESUME,
    Opcode.PRESENCE_UPDATE: Signal.PRESENCE_UPDATE,
    Opcode.VOICE_STATE_UPDATE: Signal.VOICE_STATE_UPDATE,
    Opcode.REQUEST_GUILD_MEMBERS: Signal.REQUEST_GUILD_MEMBERS,
    Opcode.REQUEST_SOUNDBOARD_SOUNDS: Signal.REQUEST_SOUNDBOARD_SOUNDS,
    Opcode.REQUEST_CHANNEL_INFO: Signal.REQUEST_CHANNEL_INFO,
}

TRANSITIONS: dict[tuple[State, Signal], State] = {
    (State.GREETED, Signal.HEARTBEAT): State.GREETED,
    (State.GREETED, Signal.IDENTIFY): State.LIVE,
    (State.GREETED, Signal.RESUME): State.LIVE,
    (State.LIVE, Signal.HEARTBEAT): State.LIVE,
    (State.LIVE, Signal.PRESENCE_UPDATE): State.LIVE,
    (State.LIVE, Signal.VOICE_STATE_UPDATE): State.LIVE,
    (State.LIVE, Signal.REQUEST_GUILD_MEMBERS): State.LIVE,
    (State.LIVE, Signal.REQUEST_SOUNDBOARD_SOUNDS): State.LIVE,
    (State.LIVE, Signal.REQUEST_CHANNEL_INFO): State.LIVE,
    (State.LIVE, Signal.ATTACHED): State.LIVE,
    (State.LIVE, Signal.SOCKET_LOST): State.DETACHED,
    (State.LIVE, Signal.ENDED_BY_CLIENT): State.ENDED,
    (State.LIVE, Signal.INVALIDATED): State.ENDED,
    (State.LIVE, Signal.OVERFLOWED): State.ENDED,
    (State.DETACHED, Signal.ATTACHED): State.LIVE,
    (State.DETACHED, Signal.INVALIDATED): State.ENDED,
    (State.DETACHED, Signal.EXPIRED): State.ENDED,
    (State.DETACHED, Signal.OVERFLOWED): State.ENDED,
}

REFUSALS: dict[State, Close] = {
    State.GREETED: Close.NOT_AUTHENTICATED,
    State.LIVE: Close.ALREADY_AUTHENTICATED,
    State.DETACHED: Close.SESSION_TIMED_OUT,
    State.ENDED: Close.SESSION_TIMED_OUT,
}


class Refused(Exception):  # noqa: N818 - a verdict with a close code, not a fault of this program
    """The gateway closes the connection with `code`."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(reason or Close(code).name.replace("_", " ").capitalize() + ".")
        self.code = code


def step(state: State, signal: Signal) -> State:
    """The state after `signal`. Raises Refused with the documented close code."""
    after = TRANSITIONS.get((state, signal))
    if after is None:
        raise Refused(REFUSALS[state])
    return after


class Session:
    """One session of one shard: its numbering, its log and where its socket has got to."""

    __slots__ = (
        "cursor", "detached_at", "id", "intents", "let_go", "log", "measured", "of", "shard",
        "stalled_until", "state", "token",
    )  # fmt: skip

    def __init__(
        self, name: str, token: str, shard: tuple[int, int], intents: int, bounds: Bounds
    ) -> None:
        self.id = name
        self.token = token
        self.shard, self.of = shard
        self.intents = intents
        self.log = Log(bounds)
        self.state = step(State.GREETED, Signal.IDENTIFY)
        self.cursor = 0  # last sequence written to the present socket
        self.measured = 0  # up to here the lag was measured, or must not be
        self.detached_at = 0.0
        self.stalled_until = 0.0
        self.let_go: Callable[[], None] | None = None  # how its present socket gives it up

    def signal(self, signal: Signal) -> None:
        """Move along the table. Raises Refused."""
        self.state = step(self.state, signal)

    def dispatch(self, name: bytes, d: bytes, intended: float = 0.0) -> None:
        """Number one event and keep it for the socket, now or after a RESUME."""
        self.log.append(Dispatch(name, d, intended))

    def attach(self, sequence: int) -> int:
        """Continue after `sequence` on a new socket; returns how many events it missed."""
        self.signal(Signal.ATTACHED)
        if self.let_go is not None:
            self.let_go()
        self.let_go = None
        self.cursor, self.stalled_until = sequence, 0.0  # it was the old socket that stalled
        self.measured = self.log.last
        return self.log.last - sequence
