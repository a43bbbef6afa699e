"""Keeping dead letters, whoever finds that an event is dead."""

import time
from collections.abc import Callable

from runtime.bus.bodies import Bodies
from runtime.bus.interface import Bus, Message
from runtime.core import letter
from runtime.core.delivery import Dead
from runtime.core.topology import Topology

Kept = Callable[[str, str], None]


class DeadLetters:
    """Where a process puts what nobody can handle.

    Args:
        kept: hears the class and the reason of every letter that was stored.
    """

    def __init__(self, bus: Bus, topology: Topology, kept: Kept = lambda _class, _reason: None):
        self._bus = bus
        self._topology = topology
        self._kept = kept

    async def keep(self, message: Message, sequence: int, tries: int, dead: Dead) -> None:
        """Store the letter; only when this returns may the event be acknowledged or removed.

        Raises:
            BusError: it is not stored.
        """
        subject, body = message.subject, message.body
        found = letter.died(subject, message.headers, body, dead, tries, time.time_ns())
        headers = letter.sealed(found, sequence)
        subject = self._topology.subjects.dead(found.traffic, found.event_type)
        # What a letter says about a death may be what makes it too large.
        bodies = Bodies(await self._bus.bucket(self._topology.bodies), self._bus.max_payload)
        kept = Bodies(await self._bus.bucket(self._topology.dead_bodies), self._bus.max_payload)
        await self._bus.store(await bodies.move(Message(subject, body, headers), kept))
        self._kept(found.traffic, found.reason)
