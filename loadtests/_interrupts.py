"""Ctrl-C and SIGTERM as one exception, raised once: what stops then is not disturbed again."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

NUMBERS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(BaseException):
    """Somebody asked this process to stop. Not an Exception: nothing should swallow it."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_status = 128 + number


def _interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler's
    for each in NUMBERS:
        signal.signal(each, signal.SIG_IGN)
    raise Interrupted(number)


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise Interrupted in the block at the first signal; ignore the following ones."""
    before = {number: signal.signal(number, _interrupt) for number in NUMBERS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
