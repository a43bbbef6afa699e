"""Dead letters: everything that is needed to understand an event's death and to run it again."""

import time

from runtime.bus.interface import Bus, Delivery, Message
from runtime.core import envelope
from runtime.core.delivery import Dead
from runtime.core.routing import Subjects, TrafficClass

REASON = "Dead-Reason"
ERROR = "Dead-Error"
TRIES = "Dead-Tries"
SUBJECT = "Dead-Subject"
DIED_NS = "Dead-Died-Ns"
ORIGINAL_ID = "Dead-Msg-Id"
_MAX_ERROR = 1000


class DeadLetters:
    """Where a worker puts what nobody can handle."""

    def __init__(self, bus: Bus, subjects: Subjects) -> None:
        self._bus = bus
        self._subjects = subjects

    async def keep(self, delivery: Delivery, traffic: TrafficClass, dead: Dead) -> None:
        """Store the letter; only when this returns may the original be acknowledged.

        Raises:
            BusError: it is not stored.
        """
        message = delivery.message
        headers = dict(message.headers)
        original = headers.pop(envelope.MSG_ID, "")
        headers |= {
            envelope.MSG_ID: f"dead:{message.subject}:{delivery.sequence}",
            ORIGINAL_ID: original,
            REASON: dead.reason,
            ERROR: " ".join(dead.error.split())[:_MAX_ERROR],
            TRIES: str(delivery.tries),
            SUBJECT: message.subject,
            DIED_NS: str(time.time_ns()),
        }
        event_type = headers.get(envelope.EVENT_TYPE) or "UNKNOWN"
        subject = self._subjects.dead(traffic, event_type)
        await self._bus.store(Message(subject, message.body, headers))
