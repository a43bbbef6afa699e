"""What clients send, read strictly: anything else is refused with the documented close code.

Source: Discord Docs/Gateway Events, "Identify" and "Resume".
"""

from dataclasses import dataclass

import msgspec

from simulator.core.session import Close, Refused
from simulator.core.world import Json

MOST_SHARDS = 1 << 20  # more is no shard of anybody's


@dataclass(frozen=True, slots=True)
class Identity:
    """What IDENTIFY asks for."""

    token: str
    intents: int
    shard: tuple[int, int]
    compress: bool


def decode(raw: bytes) -> Json:
    """A payload with an integer `op`. Raises Refused 4002."""
    try:
        payload: Json = msgspec.json.decode(raw, type=Json)
    except (msgspec.MsgspecError, ValueError, RecursionError):  # no UTF-8, or nested too deeply
        raise Refused(Close.DECODE_ERROR) from None
    if not isinstance(payload.get("op"), int) or isinstance(payload["op"], bool):
        raise Refused(Close.DECODE_ERROR)
    return payload


def identity(d: object, implied: int | None = None) -> Identity:
    """The `d` of IDENTIFY; some clients write `Bot ` before the token. Raises Refused 4002, 4010.

    Args:
        d: what the client sent.
        implied: the intents of who names none; None where they must be named.
    """
    if not isinstance(d, dict):
        raise Refused(Close.DECODE_ERROR)
    match d if implied is None else {"intents": implied, **d}:
        case {"token": str(token), "intents": int(wanted), "properties": dict()}:
            pass
        case _:
            raise Refused(Close.DECODE_ERROR)
    match d.get("shard"):
        case None:
            shard = (0, 1)
        case [int(mine), int(of)] if of <= MOST_SHARDS:
            shard = (mine, of)
        case _:
            raise Refused(Close.INVALID_SHARD)
    return Identity(token.removeprefix("Bot "), wanted, shard, d.get("compress") is True)


def resumption(d: object) -> tuple[str, str, int]:
    """Token, session id and sequence of RESUME; no sequence is -1. Raises Refused 4002."""
    match d:
        case {"token": str(token), "session_id": str(name), "seq": int(sequence)}:
            return token.removeprefix("Bot "), name, sequence
        case {"token": str(token), "session_id": str(name), "seq": None}:
            return token.removeprefix("Bot "), name, -1
        case _:
            raise Refused(Close.DECODE_ERROR)
