"""One parse of a gateway payload: op, type and sequence; ``d`` stays the bytes that came.

Discord Docs/Gateway, Event Format: ``{"op": int, "d": any, "s": int | null, "t": str | null}``,
keys in any order.
"""

import msgspec

from runtime.errors import MalformedFrame

DISPATCH = 0
HEARTBEAT = 1
RECONNECT = 7
INVALID_SESSION = 9
HELLO = 10
HEARTBEAT_ACK = 11


class Frame(msgspec.Struct, frozen=True):
    """A payload from Discord. ``d`` is a view of the bytes that were parsed."""

    op: int
    s: int | None = None
    t: str | None = None
    d: msgspec.Raw = msgspec.Raw(b"null")


class Hello(msgspec.Struct, frozen=True):
    """``d`` of HELLO; milliseconds."""

    heartbeat_interval: float


class Ready(msgspec.Struct, frozen=True):
    """What a session needs of READY."""

    session_id: str
    resume_gateway_url: str


_decode = msgspec.json.Decoder(Frame).decode
_decode_hello = msgspec.json.Decoder(Hello).decode
_decode_ready = msgspec.json.Decoder(Ready).decode


def parse(payload: bytes | str) -> Frame:
    """The frame of one payload.

    Raises:
        MalformedFrame: not JSON, no integer ``op``, or a dispatch without type or sequence.
    """
    try:
        frame = _decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedFrame(f"not a gateway payload: {error}") from None
    if frame.op == DISPATCH and (frame.s is None or not frame.t):
        raise MalformedFrame("a dispatch without type or sequence")
    return frame


def hello(frame: Frame) -> Hello:
    """``d`` of a HELLO.

    Raises:
        MalformedFrame: another op, or no positive ``heartbeat_interval``.
    """
    if frame.op != HELLO:
        raise MalformedFrame(f"op {frame.op} where HELLO is due")
    try:
        greeting = _decode_hello(frame.d)
    except msgspec.DecodeError as error:
        raise MalformedFrame(f"HELLO: {error}") from None
    if greeting.heartbeat_interval <= 0:
        raise MalformedFrame("HELLO: heartbeat_interval is not positive")
    return greeting


def ready(frame: Frame) -> Ready:
    """``d`` of a READY.

    Raises:
        MalformedFrame: no session id or resume URL.
    """
    try:
        return _decode_ready(frame.d)
    except msgspec.DecodeError as error:
        raise MalformedFrame(f"READY: {error}") from None
