"""What the gateway does when Discord misbehaves: the table that the README prints, row by row.

``python -m tests.integration.fault_table`` prints it; ``test_gateway_faults`` tests each row.
"""

from dataclasses import dataclass, field
from typing import Any

RESUME, IDENTIFY, REFUSED, NOTHING = "RESUME", "IDENTIFY", "refused", "nothing"


@dataclass(frozen=True, slots=True)
class Row:
    """One fault and what follows it."""

    fault: str
    """The left column: what Discord does."""
    behaviour: str
    """The right column: what the gateway does."""
    after: str
    """How it goes on: RESUME, IDENTIFY (then with a GAP), refused (it ends), nothing."""
    inject: tuple[dict[str, Any], ...]
    """Faults of the simulator."""
    at_start: bool = False
    """Armed before the gateway starts."""
    say: str = field(default="")
    """Refused: a part of the line that the operator reads."""


SAME = "RESUME at once; Discord replays what was missed, nothing is lost"
NEW = "IDENTIFY at the base URL, and a `GAP` event for the workers"
ENDS = "the process ends with exit status 3 and says why"


def _close(code: int, meaning: str, behaviour: str, after: str, say: str = "") -> Row:
    fault = f"close {code} ({meaning})"
    return Row(fault, behaviour, after, ({"kind": "close", "code": code},), say=say)


def _resume_answered(answer: str, code: int) -> Row:
    inject = ({"kind": "refuse_resume", "code": code, "count": 1}, {"kind": "tcp_reset"})
    return Row(f"RESUME answered by {answer}", NEW, IDENTIFY, inject)


ROWS = (
    Row("op 7 (reconnect)", SAME, RESUME, ({"kind": "op7"},)),
    Row("op 9 `true`", SAME, RESUME, ({"kind": "op9", "resumable": True},)),
    Row("op 9 `false`", f"after 1 to 5 s {NEW}", IDENTIFY, ({"kind": "op9", "resumable": False},)),
    Row("op 1 (heartbeat request)", "a heartbeat at once", NOTHING, ({"kind": "op1"},)),
    _close(1000, "normal", SAME, RESUME),
    _close(1001, "going away", SAME, RESUME),
    _close(4000, "unknown error", SAME, RESUME),
    _close(4001, "unknown opcode", SAME, RESUME),
    _close(4002, "decode error", SAME, RESUME),
    _close(4003, "not authenticated", SAME, RESUME),
    _close(4004, "authentication failed", ENDS, REFUSED, "4004: the token is wrong"),
    _close(4005, "already authenticated", SAME, RESUME),
    _close(4007, "invalid sequence", NEW, IDENTIFY),
    _close(4008, "rate limited", SAME, RESUME),
    _close(4009, "session timed out", NEW, IDENTIFY),
    _close(4010, "invalid shard", ENDS, REFUSED, "4010: invalid shard"),
    _close(4011, "sharding required", ENDS, REFUSED, "4011: this bot needs more shards"),
    _close(4012, "invalid API version", ENDS, REFUSED, "4012: the API version"),
    _close(4013, "invalid intents", ENDS, REFUSED, "4013: invalid intents"),
    _close(4014, "disallowed intents", ENDS, REFUSED, "4014: an intent is not enabled"),
    _close(4999, "a code of tomorrow", SAME, RESUME),
    Row("TCP reset", SAME, RESUME, ({"kind": "tcp_reset"},)),
    Row(
        "heartbeats not acknowledged, events flow",
        "close 4000 before the next beat is due, then RESUME; nothing is lost",
        RESUME,
        ({"kind": "no_ack", "count": 2},),
    ),
    Row(
        "heartbeats not acknowledged, silence",
        "the same",
        RESUME,
        ({"kind": "no_ack", "count": 2, "silent": True, "seconds": 1.0},),
    ),
    Row("a payload that cannot be read", SAME, RESUME, ({"kind": "malformed_frame"},)),
    Row(
        "503 on the first WebSocket upgrade",
        "tried again, with growing jittered pauses, until it is accepted",
        NOTHING,
        ({"kind": "refuse_upgrade", "count": 2},),
        at_start=True,
    ),
    Row(
        "503 on a later upgrade",
        "the same; then RESUME, nothing is lost",
        RESUME,
        ({"kind": "refuse_upgrade", "count": 2}, {"kind": "tcp_reset"}),
    ),
    _resume_answered("close 4007", 4007),
    _resume_answered("close 4009", 4009),
    _resume_answered("op 9 `false`", 0),
    Row(
        "the resume URL is dead",
        f"given up after 8 attempts or 90 s: {NEW}",
        IDENTIFY,
        ({"kind": "dead_resume_url"}, {"kind": "tcp_reset"}),
    ),
)


def markdown() -> str:
    """The table as the README shows it."""
    lines = ["| Discord | the gateway |", "| --- | --- |"]
    lines += [f"| {row.fault} | {row.behaviour} |" for row in ROWS]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(markdown(), end="")  # noqa: T201
