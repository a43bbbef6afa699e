"""Publishing into JetStream at a rate that nobody else decides: pipelined, bounded, counted.

Every publish names a reply subject of its own below one inbox, so acknowledgements need no order
and nobody waits for one. When too many are in flight an event is skipped and counted: a backlog
that is kept and sent later would be a burst that nobody asked for.
"""

import secrets
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

import gevent
import msgspec

from loadtests import _wire
from loadtests._connection import NO_RESPONDERS, Connection

ACK_TIMEOUT = 10.0
MAX_IN_FLIGHT = 100_000
SWEEP_INTERVAL = 0.5


class Outcome(StrEnum):
    """How a publish ended."""

    ACKED = "acked"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    TIMED_OUT = "timed_out"
    SKIPPED = "skipped"


class _Answer(msgspec.Struct):
    """The broker's acknowledgement. Source: NATS Docs/JetStream API."""

    duplicate: bool = False
    error: dict[str, int | str] | None = None


_decode = msgspec.json.Decoder(_Answer).decode


class Ended(NamedTuple):
    """A publish that ended: its ticket (the caller's), how, and the broker's complaint if any."""

    ticket: int
    outcome: Outcome
    text: str = ""


class Publisher:
    """Publishes over one connection.

    Args:
        connection: connected; it may carry other things too.
        on_end: called once for every publish, from the loop.
        clock: the seconds that ``ack_timeout`` is measured by.
        max_in_flight: publishes without an outcome, at most.
        ack_timeout: seconds until an acknowledgement counts as lost.
    """

    def __init__(
        self,
        connection: Connection,
        on_end: Callable[[Ended], None],
        clock: Callable[[], float],
        *,
        max_in_flight: int = MAX_IN_FLIGHT,
        ack_timeout: float = ACK_TIMEOUT,
    ) -> None:
        self.inbox = f"_INBOX.{secrets.token_hex(8)}"
        self._connection = connection
        self._on_end = on_end
        self._clock = clock
        self._max = max_in_flight
        self._timeout = ack_timeout
        self._sent: dict[int, float] = {}
        self._reply = f"{self.inbox}.ack.".encode()
        connection.subscribe(f"{self.inbox}.ack.>", self._acknowledge)
        self._sweeper = gevent.spawn(self._sweep)

    @property
    def in_flight(self) -> int:
        """Publishes without an outcome."""
        return len(self._sent)

    def publish(self, ticket: int, subject: bytes, headers: bytes, body: bytes) -> None:
        """Send one message; ``ticket`` is any number not in flight and comes back with its end."""
        if not self._connection.connected:
            self._on_end(
                Ended(ticket, Outcome.REJECTED, f"not connected: {self._connection.lost_because}")
            )
        elif len(self._sent) >= self._max:
            self._on_end(Ended(ticket, Outcome.SKIPPED))
        else:
            self._sent[ticket] = self._clock()
            reply = self._reply + b"%d" % ticket
            self._connection.write(_wire.publish(subject, reply, headers, body))

    def _acknowledge(self, message: _wire.Arrived) -> None:
        ticket = int(message.subject[len(self._reply) :])
        if self._sent.pop(ticket, None) is not None:
            self._on_end(_ended(ticket, message))

    def _sweep(self) -> None:
        while True:
            gevent.sleep(SWEEP_INTERVAL)
            self.expire(self._clock() - self._timeout)

    def expire(self, sent_before: float) -> None:
        """Give up on all that was sent before that time; a dict keeps the oldest first."""
        while self._sent:
            ticket, sent = next(iter(self._sent.items()))
            if sent >= sent_before:
                return
            del self._sent[ticket]
            self._on_end(Ended(ticket, Outcome.TIMED_OUT))

    def close(self) -> None:
        """Stop; what is in flight counts as timed out."""
        self._sweeper.kill()
        self.expire(float("inf"))


def _ended(ticket: int, message: _wire.Arrived) -> Ended:
    if message.status == NO_RESPONDERS:
        return Ended(ticket, Outcome.REJECTED, "no stream takes this subject")
    try:
        answer = _decode(message.body)
    except msgspec.DecodeError:
        return Ended(ticket, Outcome.REJECTED, f"unreadable acknowledgement {message.body[:80]!r}")
    if answer.error is not None:
        return Ended(ticket, Outcome.REJECTED, str(answer.error.get("description", "refused")))
    return Ended(ticket, Outcome.DUPLICATE if answer.duplicate else Outcome.ACKED)
