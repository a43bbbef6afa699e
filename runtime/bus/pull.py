"""Credit of one durable pull consumer: when to ask the broker for more, and for how much.

One request is open at a time. A consumer whose ``max_ack_pending`` is below the credit is bounded
by the broker itself, so its requests are large and rare; any other gets what is left of the
credit, so that a worker never holds more than it can work on.
"""

import msgspec

from runtime.core.topology import Consumer

EXPIRES = (0.5, 10.0)
"""Seconds that a request stays open, drawn anew for each: requests of many lanes and workers that
all ended together were renewed together, and every tenth second was slow."""
GRACE = 2.0
LARGE_BATCH = 256
RETRY_DELAY = 1.0


class PullRequest(msgspec.Struct, omit_defaults=True):
    """The body of ``$JS.API.CONSUMER.MSG.NEXT``; ``expires`` in nanoseconds."""

    batch: int
    expires: int


class PullCredit:
    """The state of one consumer's open request. No I/O: ``now`` is any monotonic clock."""

    def __init__(self, consumer: Consumer, credit: int) -> None:
        self._bounded_by_broker = consumer.max_ack_pending <= credit
        self._credit = credit
        self._open = 0
        self._expires_at = 0.0
        self._not_before = 0.0
        self.in_hand = 0

    def delivered(self) -> None:
        """A message came."""
        self.in_hand += 1
        if self._open:
            self._open -= 1

    def settled(self) -> None:
        """A message was acknowledged or handed back."""
        self.in_hand -= 1

    def ended(self, now: float, *, failed: bool) -> None:
        """The broker closed the request; after a failure wait before the next."""
        self._open = 0
        if failed:
            self._not_before = now + RETRY_DELAY

    def lost(self) -> None:
        """The connection is new: no request is open any more."""
        self._open = 0
        self._not_before = 0.0

    def request(self, now: float, draw: float) -> PullRequest | None:
        """The request to send now, if one is due; ``draw`` (0 to 1) says how long it is open."""
        if self._open and now < self._expires_at:
            return None
        if now < self._not_before:
            return None
        batch = LARGE_BATCH if self._bounded_by_broker else self._credit - self.in_hand
        if batch < max(1, self._credit // 2) and not self._bounded_by_broker:
            return None
        self._open = batch
        shortest, longest = EXPIRES
        expires = shortest + draw * (longest - shortest)
        self._expires_at = now + expires + GRACE
        return PullRequest(batch=batch, expires=int(expires * 1e9))
