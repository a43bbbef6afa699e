"""Subjects and patterns: which receivers a subject reaches. No I/O and no clock.

NATS's rules: tokens are separated by dots, ``*`` stands for one token, a final ``>`` for one or
more (NATS Docs/Subject-Based Messaging).
"""

from typing import Generic, TypeVar

T = TypeVar("T")

_CACHED_SUBJECTS = 8192


def matches(pattern: str, subject: str) -> bool:
    """Whether a subject without wildcards is one of those that ``pattern`` means."""
    wanted = pattern.split(".")
    tokens = subject.split(".")
    if wanted[-1] == ">":
        wanted.pop()
        if len(tokens) <= len(wanted):
            return False
    elif len(tokens) != len(wanted):
        return False
    return all(want in ("*", token) for want, token in zip(wanted, tokens, strict=False))


class Routes(Generic[T]):
    """Receivers by pattern. Look-ups are remembered, because subjects repeat and patterns do not
    change often."""

    def __init__(self) -> None:
        self._receivers: list[tuple[str, T]] = []
        self._known: dict[str, tuple[T, ...]] = {}

    def add(self, pattern: str, receiver: T) -> None:
        """From now on ``receiver`` is reached by what ``pattern`` means."""
        self._receivers.append((pattern, receiver))
        self._known.clear()

    def remove(self, receiver: T) -> None:
        """Forget a receiver; forgetting it twice is no error."""
        self._receivers = [route for route in self._receivers if route[1] is not receiver]
        self._known.clear()

    def of(self, subject: str) -> tuple[T, ...]:
        """The receivers that a subject reaches, in the order in which they were added."""
        known = self._known.get(subject)
        if known is None:
            known = tuple(to for pattern, to in self._receivers if matches(pattern, subject))
            if len(self._known) >= _CACHED_SUBJECTS:
                self._known.clear()
            self._known[subject] = known
        return known
