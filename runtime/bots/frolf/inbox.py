"""Effects that happen once: a note of each event that was handled, with what came of it.

The note is written in the transaction of the effect itself, so either both are there or neither. An
event that comes again, on whichever worker, finds the note and answers what was answered before.
"""

from collections.abc import Callable

import msgspec
from sqlalchemy import delete
from sqlalchemy.orm import Session

from runtime.bots.frolf.rounds import Round
from runtime.bots.frolf.tables import InboxRow

KEPT = 15 * 86_400.0
"""Seconds that a note is kept: longer than a dead letter, which may be replayed."""

_decode = msgspec.json.Decoder(Round).decode


def once(session: Session, event_id: str | None, work: Callable[[Session], Round]) -> Round:
    """What ``work`` returns, or returned when this event was handled before.

    The note goes first: of two that handle one event at the same moment, the second waits for the
    first and then fails with an IntegrityError, and finds the note when it tries again.

    Args:
        session: the transaction that ``work`` belongs to.
        event_id: the event; None, outside of a worker, notes nothing.
    """
    if event_id is None:
        return work(session)
    note = session.get(InboxRow, event_id)
    if note is not None:
        return _decode(note.outcome)
    note = InboxRow(event_id=event_id, outcome="")
    session.add(note)
    session.flush()
    outcome = work(session)
    note.outcome = msgspec.json.encode(outcome).decode()
    return outcome


def forget_old(session: Session, now: float) -> None:
    """Remove notes that nobody will ask for any more."""
    session.execute(delete(InboxRow).where(InboxRow.noted_at < now - KEPT))
