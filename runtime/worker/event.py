"""The event that the running handler was called for, and what a bot may ask about it."""

from collections.abc import Callable
from contextvars import ContextVar

from runtime.core.letter import original_id


class EventInHand:
    """An event and whether its handler is waiting for a user at the moment."""

    __slots__ = ("event_id", "waits_for_a_user")

    def __init__(self, event_id: str) -> None:
        self.event_id = event_id
        self.waits_for_a_user: Callable[[], bool] = lambda: False


in_hand: ContextVar[EventInHand | None] = ContextVar("event_in_hand", default=None)


def event_id() -> str | None:
    """The id of the event in hand; None outside of a worker, or where no event is handled.

    It is the same at every try, on every worker, and when a dead letter is replayed. Write it down
    in the same transaction as what your handler does, and leave the work when it stands there.
    """
    event = in_hand.get()
    return None if event is None else original_id(event.event_id)


def let_wait(waits_for_a_user: Callable[[], bool]) -> None:
    """Say how to find out whether the handler of the event in hand waits for a user."""
    event = in_hand.get()
    if event is not None:
        event.waits_for_a_user = waits_for_a_user
