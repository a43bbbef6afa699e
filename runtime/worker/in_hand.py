"""A delivery while a handler works on it."""

import asyncio
import time

from runtime.bus.interface import Delivery
from runtime.core.routing import TrafficClass
from runtime.worker.event import EventInHand

TICK = 0.2
"""Seconds between two looks at what is in hand."""
PROGRESS_EVERY = {TrafficClass.INTERACTION: 0.4, TrafficClass.EVENT: 2.0}
"""Seconds after which the broker is told that a handler is still at it: below ``ack_wait``."""


class InHand:
    """One delivery and the task that works on it."""

    __slots__ = ("delivery", "event", "limit", "progress_at", "task", "traffic")

    def __init__(self, traffic: TrafficClass, delivery: Delivery) -> None:
        self.traffic = traffic
        self.delivery = delivery
        self.progress_at = time.monotonic() + PROGRESS_EVERY[traffic]
        self.task: asyncio.Task[None] | None = None
        self.event: EventInHand | None = None
        self.limit: asyncio.Timeout | None = None

    def extend(self, timeout: float) -> None:
        """Start the handler's time again while it waits for a user; ``timeout`` in seconds."""
        if self.limit is None or self.event is None:
            return
        now, ends = asyncio.get_running_loop().time(), self.limit.when()
        if ends is not None and 0 < ends - now < 3 * TICK and self.event.waits_for_a_user():
            self.limit.reschedule(now + timeout)
