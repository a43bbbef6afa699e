"""The event that the running handler was called for, and what a bot may ask about it."""

from contextvars import ContextVar

from runtime.core.letter import original_id

in_hand: ContextVar[str | None] = ContextVar("event_in_hand", default=None)
"""The id of the event, as it is on the bus."""


def event_id() -> str | None:
    """The id of the event in hand; None outside of a worker, or where no event is handled.

    It is the same at every try, on every worker, and when a dead letter is replayed. Write it down
    in the same transaction as what your handler does, and leave the work when it stands there.
    """
    ident = in_hand.get()
    return None if ident is None else original_id(ident)
