"""A delivery while a handler works on it."""

import asyncio
import math
import time

from runtime.bus.interface import Delivery
from runtime.core.routing import TrafficClass

TICK = 0.2
"""Seconds between two looks at what is in hand."""
PROGRESS_EVERY = {TrafficClass.INTERACTION: 0.4, TrafficClass.EVENT: 2.0}
"""Seconds after which the broker is told that a handler is still at it: below ``ack_wait``."""


class InHand:
    """One delivery and the task that works on it."""

    __slots__ = (
        "delivery",
        "out_of_time",
        "progress_at",
        "started",
        "task",
        "time_limit",
        "traffic",
    )

    def __init__(self, traffic: TrafficClass, delivery: Delivery) -> None:
        self.traffic = traffic
        self.delivery = delivery
        self.progress_at = time.monotonic() + PROGRESS_EVERY[traffic]
        self.task: asyncio.Task[None] | None = None
        self.time_limit = math.inf
        self.out_of_time = False
        self.started = False
        """Whether its handler was called, or is about to be."""

    def limit(self, seconds: float) -> None:
        """From now on the handler has this long."""
        self.time_limit = time.monotonic() + seconds

    def end_if_overdue(self, now: float) -> None:
        """Cancel the task, once, when the handler's time is over; ``out_of_time`` tells why."""
        if now >= self.time_limit and self.task is not None:
            self.time_limit = math.inf
            self.out_of_time = True
            self.task.cancel()

    def ended(self) -> None:
        """The handler came to its end, or was brought to it: the task goes on."""
        self.time_limit = math.inf
        if self.out_of_time and self.task is not None:
            self.task.uncancel()
