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
from typing import NamedTuple

from simulator.core.scene import Said, Scene

TYPING = 1.0, 8.0  # seconds from TYPING_START to the message
UNFOLDING = 0.3, 2.0  # seconds from a message with a link to the update with its embed
LINKS = 0.4  # share of messages that hold a link
BRANCHING = 0.5  # share of messages that another message caused
_REACH = 12.0  # messages back to the cause, in the mean
_PATIENCE = 5.0  # seconds after which a message that was due is given up
_STALE = 0.5  # the same for an embed: there are more links than updates
_KEPT = 4096
# How many messages back, at equal probabilities: what a logarithm for each message would tell.
_BACK = tuple(1 + int(-math.log(1 - (n + 0.5) / 256) * _REACH) for n in range(256))
_OFTEN = 256 / BRANCHING


class Typist(NamedTuple):
    """Somebody who types; positions in the scene."""

    due: float
    number: int
    scene: Scene
    place: int
    author: int


class Flow:
    """What is about to happen. Times are seconds since the start of the stream."""

    def __init__(self, dice: Callable[[], float]) -> None:
        self._dice = dice
        self.typing: list[Typist] = []  # a heap, by when they write
        self._links: list[tuple[float, int, Said]] = []  # by when they unfold
        self._recent: deque[Said] = deque(maxlen=64)
        self._count = 0

    def types(self, scene: Scene, place: int, author: int, elapsed: float) -> None:
        """Somebody began to type."""
        self._count += 1
        due = elapsed + TYPING[0] + (TYPING[1] - TYPING[0]) * self._dice()
        if len(self.typing) < _KEPT:
            heappush(self.typing, Typist(due, self._count, scene, place, author))

    def writer(self, elapsed: float) -> Typist | None:
        """Who has typed to the end, if anybody."""
        waiting = self.typing
        while waiting and waiting[0].due <= elapsed:
            found = heappop(waiting)
            if elapsed - found.due < _PATIENCE:
                return found
        return None

    def answers(self) -> Said | None:
        """What the next message answers, in its channel; None begins something new."""
        recent, drawn = self._recent, int(self._dice() * _OFTEN)
        if drawn > 255 or not recent:
            return None
        return recent[-min(_BACK[drawn], len(recent))]

    def said(self, message: Said, elapsed: float) -> None:
        """A message was sent."""
        self._recent.append(message)
        drawn = self._dice() / LINKS  # below 1 for those with a link, and then when it unfolds
        if drawn < 1.0 and len(self._links) < _KEPT:
            due = elapsed + UNFOLDING[0] + (UNFOLDING[1] - UNFOLDING[0]) * drawn
            heappush(self._links, (due, message.ident, message))

    def unfolds(self, elapsed: float) -> Said | None:
        """The message whose link's embed is due, if there is one."""
        waiting = self._links
        while waiting and waiting[0][0] <= elapsed:
            due, _, found = heappop(waiting)
            if elapsed - due < _STALE:
                return found
        return None
