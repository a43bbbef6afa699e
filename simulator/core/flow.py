"""How one event leads to another: people type before they write, links unfold, talk begets talk.

None of it changes how many events there are. The profile says that now there is a message; this
says where it is likely. A typist's message, when one is due, takes the place of a message out of
nothing; so does a link's embed for an update out of nothing.

Channels excite themselves (a Hawkes process in its branching form, with events for its clock): of
the messages BRANCHING are answers to one of the last, the newer the likelier, in its channel.
"""

import math
from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from typing import NamedTuple, TypeVar

from simulator.core.scene import Scene

TYPING = 1.0, 8.0  # seconds from TYPING_START to the message
UNFOLDING = 0.3, 2.0  # seconds from a message with a link to the update with its embed
LINKS = 0.4  # share of messages that hold a link
BRANCHING = 0.5  # share of messages that another message caused
_REACH = 12.0  # messages back to the cause, in the mean
_PATIENCE = 5.0  # seconds after which a message that was due is given up
_STALE = 0.5  # the same for an embed: there are more links than updates
_KEPT = 4096


class Typist(NamedTuple):
    """Somebody who types; positions in the scene."""

    due: float
    number: int
    scene: Scene
    place: int
    author: int


class Said(NamedTuple):
    """A message that was sent; `text` is its content as JSON."""

    due: float  # when its link unfolds, if it has one
    ident: int
    scene: Scene
    place: int
    author: int
    text: bytes


class Flow:
    """What is about to happen. Times are seconds since the start of the stream."""

    def __init__(self, dice: Callable[[], float]) -> None:
        self._dice = dice
        self._typists: list[Typist] = []
        self._links: list[Said] = []
        self._recent: deque[tuple[Scene, int]] = deque(maxlen=64)
        self._count = 0

    def types(self, scene: Scene, place: int, author: int, elapsed: float) -> None:
        """Somebody began to type."""
        self._count += 1
        due = elapsed + TYPING[0] + (TYPING[1] - TYPING[0]) * self._dice()
        if len(self._typists) < _KEPT:
            heappush(self._typists, Typist(due, self._count, scene, place, author))

    def writer(self, elapsed: float) -> Typist | None:
        """Who has typed to the end, if anybody."""
        return _first(self._typists, elapsed, _PATIENCE)

    def answers(self) -> tuple[Scene, int] | None:
        """Where the conversation is that the next message belongs to; None begins a new one."""
        recent = self._recent
        if not recent or self._dice() >= BRANCHING:
            return None
        back = 1 + int(-math.log(1.0 - self._dice()) * _REACH)
        return recent[-min(back, len(recent))]

    def said(
        self, scene: Scene, place: int, author: int, ident: int, text: bytes, elapsed: float
    ) -> None:
        """A message was sent."""
        self._recent.append((scene, place))
        if self._dice() < LINKS and len(self._links) < _KEPT:
            due = elapsed + UNFOLDING[0] + (UNFOLDING[1] - UNFOLDING[0]) * self._dice()
            heappush(self._links, Said(due, ident, scene, place, author, text))

    def unfolds(self, elapsed: float) -> Said | None:
        """The message whose link's embed is due, if there is one."""
        return _first(self._links, elapsed, _STALE)


T = TypeVar("T", Typist, Said)


def _first(waiting: list[T], elapsed: float, patience: float) -> T | None:
    """The first that is due and not yet given up."""
    while waiting and waiting[0].due <= elapsed:
        found = heappop(waiting)
        if elapsed - found.due < patience:
            return found
    return None
