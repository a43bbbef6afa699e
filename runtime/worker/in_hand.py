"""A delivery while a handler works on it."""

import asyncio
import time

from runtime.bus.interface import Delivery
from runtime.core.routing import TrafficClass

TICK = 0.2
"""Seconds between two looks at what is in hand."""
PROGRESS_EVERY = {TrafficClass.INTERACTION: 0.4, TrafficClass.EVENT: 2.0}
"""Seconds after which the broker is told that a handler is still at it: below ``ack_wait``."""


class InHand:
    """One delivery and the task that works on it."""

    __slots__ = ("delivery", "progress_at", "task", "traffic")

    def __init__(self, traffic: TrafficClass, delivery: Delivery) -> None:
        self.traffic = traffic
        self.delivery = delivery
        self.progress_at = time.monotonic() + PROGRESS_EVERY[traffic]
        self.task: asyncio.Task[None] | None = None
