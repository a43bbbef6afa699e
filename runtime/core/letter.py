"""A dead letter: an event that nobody could handle, with all that is needed to run it again.

It is kept under ``<prefix>.v1.dead.<class>.<TYPE>`` with the event's own body and headers. Added to
the headers are ``Dead-Subject`` and ``Dead-Msg-Id`` (where and under which id it was published),
``Dead-Reason``, ``Dead-Error``, ``Dead-Tries`` and ``Dead-Died-Ns`` (nanoseconds since 1970).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from runtime.core import envelope
from runtime.core.delivery import Dead
from runtime.core.routing import TrafficClass, decode_keys, order_key
from runtime.errors import MalformedEnvelope

REASON = "Dead-Reason"
ERROR = "Dead-Error"
TRIES = "Dead-Tries"
SUBJECT = "Dead-Subject"
DIED_NS = "Dead-Died-Ns"
ORIGINAL_ID = "Dead-Msg-Id"

_MAX_ERROR = 1000
_REPLAY = re.compile(r"(?P<id>.*):r(?P<number>\d+)")


@dataclass(frozen=True, slots=True)
class Letter:
    """One event and its death. ``subject``, ``headers`` and ``body`` are as it was published."""

    subject: str
    headers: Mapping[str, str]
    body: bytes
    reason: str
    error: str
    tries: int
    died_ns: int

    @property
    def event_type(self) -> str:
        """The dispatch type, or UNKNOWN when it came without."""
        return self.headers.get(envelope.EVENT_TYPE) or "UNKNOWN"

    @property
    def traffic(self) -> TrafficClass:
        """Its class, by its subject."""
        return traffic_of(self.subject)

    @property
    def guild(self) -> str:
        """The guild (of a direct message: the channel), or nothing when the body tells none."""
        try:
            return order_key(self.event_type, decode_keys(self.body))
        except msgspec.DecodeError:
            return ""

    def to_replay(self) -> dict[str, str]:
        """The headers to publish it with once more: as they were, but for a new id.

        The broker refuses an id that it knows, so each replay counts on: ``<id>:r1``, ``<id>:r2``.
        An id that was missing stays missing.
        """
        event_id = self.headers.get(envelope.MSG_ID)
        if not event_id:
            return dict(self.headers)
        number = replays_of(event_id) + 1
        return {**self.headers, envelope.MSG_ID: f"{original_id(event_id)}:r{number}"}

    @classmethod
    def read(cls, headers: Mapping[str, str], body: bytes) -> "Letter":
        """The letter that ``sealed`` made these headers of.

        Raises:
            MalformedEnvelope: they are not a dead letter's.
        """
        added = {envelope.MSG_ID, REASON, ERROR, TRIES, SUBJECT, DIED_NS, ORIGINAL_ID}
        original = {name: value for name, value in headers.items() if name not in added}
        if headers.get(ORIGINAL_ID):
            original[envelope.MSG_ID] = headers[ORIGINAL_ID]
        try:
            traffic_of(headers[SUBJECT])
            return cls(
                subject=headers[SUBJECT],
                headers=original,
                body=body,
                reason=headers[REASON],
                error=headers[ERROR],
                tries=int(headers[TRIES]),
                died_ns=int(headers[DIED_NS]),
            )
        except (KeyError, ValueError) as wrong:
            raise MalformedEnvelope(f"not a dead letter: {wrong}") from None


def sealed(letter: Letter, sequence: int) -> dict[str, str]:
    """The headers to keep a letter with.

    Args:
        letter: the event and its death.
        sequence: where the event stood in its stream: buried twice, it is kept once.
    """
    return {
        **letter.headers,
        envelope.MSG_ID: f"dead:{letter.subject}:{sequence}",
        ORIGINAL_ID: letter.headers.get(envelope.MSG_ID, ""),
        REASON: letter.reason,
        ERROR: letter.error,
        TRIES: str(letter.tries),
        SUBJECT: letter.subject,
        DIED_NS: str(letter.died_ns),
    }


def died(
    subject: str, headers: Mapping[str, str], body: bytes, dead: Dead, tries: int, now_ns: int
) -> Letter:
    """The letter of an event that died now; a long error is cut, a header has one line."""
    error = " ".join(dead.error.split()).encode("ascii", "backslashreplace").decode()
    return Letter(subject, headers, body, dead.reason, error[:_MAX_ERROR], tries, now_ns)


def traffic_of(subject: str) -> TrafficClass:
    """The class of an event's subject, ``<prefix>.v1.<class>.…``.

    Raises:
        ValueError: the subject is not an event's.
    """
    tokens = subject.split(".")
    return TrafficClass(tokens[2] if len(tokens) > 2 else "")


def original_id(event_id: str) -> str:
    """The id under which Discord's event was published first, whichever replay this is."""
    found = _REPLAY.fullmatch(event_id)
    return found["id"] if found else event_id


def replays_of(event_id: str) -> int:
    """How often the event was replayed."""
    found = _REPLAY.fullmatch(event_id)
    return int(found["number"]) if found else 0
