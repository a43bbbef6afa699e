"""How far a session is safely stored: the highest sequence below which nothing is missing.

Acknowledgements come back in any order. A checkpoint past an event that the broker does not have
yet would lose it after a restart, so only the contiguous part counts.
"""

from collections import deque


class Watermark:
    """Follows the sequences of one session, in the order in which they were received."""

    def __init__(self, start: int = 0) -> None:
        self._value = start
        self._received: deque[int] = deque()
        self._stored: set[int] = set()

    @property
    def value(self) -> int:
        """The checkpoint: every received sequence up to this one is stored."""
        return self._value

    @property
    def pending(self) -> int:
        """Received and not yet below the watermark."""
        return len(self._received)

    def received(self, sequence: int) -> None:
        """Note an event before it is published."""
        self._received.append(sequence)

    def stored(self, sequence: int) -> bool:
        """Note that an event is stored, or needs no storing; true when the watermark moved."""
        received = self._received
        if not received or received[0] != sequence:
            self._stored.add(sequence)
            return False
        self._value = received.popleft()
        while received and received[0] in self._stored:
            self._value = received.popleft()
            self._stored.remove(self._value)
        return True
