"""Durable consumers: who holds which message, for how long, and what comes next.

JetStream's rules (NATS Docs/JetStream/Consumers): a delivered message counts against
``max_ack_pending`` until it is acknowledged or its tries are used up; a message whose time ran out
or that was handed back comes before those never delivered; after ``max_deliver`` deliveries it
stays in the stream and is delivered no more.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import Protocol

from runtime.bus.interface import Consume, Message
from runtime.bus.memory.pump import Pump
from runtime.core.topology import Consumer


class Log(Protocol):
    """What a consumer needs of its stream."""

    @property
    def messages(self) -> Mapping[int, Message]:
        """What is stored now, by sequence."""

    def acknowledged(self, sequence: int) -> None:
        """A message was handled."""

    def exhausted(self, durable: str, sequence: int, tries: int) -> None:
        """A message's deliveries are used up."""


class MemoryDelivery:
    """One delivery of a stored message."""

    __slots__ = ("_consumer", "holder", "message", "sequence", "tries")

    def __init__(
        self,
        message: Message,
        tries: int,
        sequence: int,
        consumer: "DurableConsumer",
        holder: "Holder",
    ) -> None:
        self.message = message
        self.tries = tries
        self.sequence = sequence
        self.holder: Holder | None = holder
        self._consumer = consumer

    async def ack(self) -> None:
        """See ``Delivery``."""
        self._consumer.ack(self.sequence)

    async def nak(self, delay: float = 0.0) -> None:
        """See ``Delivery``."""
        self._consumer.nak(self.sequence, delay)

    async def in_progress(self) -> None:
        """See ``Delivery``."""
        self._consumer.in_progress(self.sequence)

    @property
    def is_current(self) -> bool:
        """Whether the message is still held by this very delivery."""
        return self._consumer.held(self.sequence) is self


class Holder:
    """One subscriber of a consumer, with its credit: how many more messages it may be given."""

    def __init__(self, consumer: "DurableConsumer", handler: Consume, credit: int) -> None:
        self.free = credit
        self._consumer = consumer
        self._handler = handler
        self._pump: Pump[MemoryDelivery] = Pump(self._handle, consumer.name)

    async def run(self) -> None:
        """Call the handler for what was taken until ``stop``."""
        await self._pump.run()

    def join(self) -> None:
        """Begin to take messages."""
        self._consumer.join(self)

    def take(self, delivery: MemoryDelivery) -> None:
        """Be given a message."""
        self.free -= 1
        self._pump.put(delivery)

    async def stop(self) -> None:
        """See ``Subscription``; what the handler has not seen goes to the others at once."""
        self._consumer.leave(self, self._pump.stop())

    async def _handle(self, delivery: MemoryDelivery) -> None:
        if delivery.is_current:  # else its time ran out while it waited here
            call = self._handler(delivery)
            if call is not None:
                await call


class DurableConsumer:
    """The state of one consumer."""

    def __init__(self, log: Log, settings: Consumer) -> None:
        self.name = f"{settings.stream}/{settings.durable}"
        self._log = log
        self._settings = settings
        self._loop = asyncio.get_running_loop()
        self._fresh: deque[int] = deque()
        self._again: deque[int] = deque()
        self._pending: dict[int, MemoryDelivery] = {}
        # Deadlines of what is in somebody's hands; soonest first, since all wait equally long.
        self._deadlines: dict[int, float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._holders: deque[Holder] = deque()

    @property
    def backlog(self) -> int:
        """Messages to come, in hand or waiting for another try."""
        return len(self._pending) + sum(one in self._log.messages for one in self._fresh)

    def offer(self, sequence: int) -> None:
        """A message was stored."""
        self._fresh.append(sequence)
        self._dispatch()

    def held(self, sequence: int) -> MemoryDelivery | None:
        """The delivery in whose hands a message is."""
        return self._pending[sequence] if sequence in self._deadlines else None

    def join(self, holder: Holder) -> None:
        """Give messages to this holder too."""
        self._holders.append(holder)
        self._dispatch()

    def leave(self, holder: Holder, unseen: list[MemoryDelivery]) -> None:
        """Give it no more, and take back what it has not looked at as if never delivered."""
        if holder in self._holders:
            self._holders.remove(holder)
        back = [delivery for delivery in unseen if delivery.is_current]
        for delivery in back:
            delivery.tries -= 1
            self._put_down(delivery)
        self._again.extendleft(delivery.sequence for delivery in reversed(back))
        self._dispatch()

    def ack(self, sequence: int) -> None:
        """Handled, by whichever delivery; a late acknowledgement counts too."""
        delivery = self._pending.pop(sequence, None)
        if delivery is not None:
            self._put_down(delivery)
        self._log.acknowledged(sequence)
        self._dispatch()

    def nak(self, sequence: int, delay: float) -> None:
        """Not handled: another try after ``delay`` seconds."""
        delivery = self.held(sequence)
        if delivery is None:
            return
        self._put_down(delivery)
        if delay > 0:
            self._loop.call_later(delay, self._retry_later, delivery)
        else:
            self._retry(delivery)
            self._dispatch()

    def in_progress(self, sequence: int) -> None:
        """Start the time of the delivery again."""
        if self._deadlines.pop(sequence, None) is not None:
            self._deadlines[sequence] = self._loop.time() + self._settings.ack_wait

    def _dispatch(self) -> None:
        while (holder := self._free_holder()) is not None:
            sequence = self._next()
            if sequence is None:
                return
            before = self._pending.get(sequence)
            tries = 1 if before is None else before.tries + 1
            message = self._log.messages[sequence]
            delivery = MemoryDelivery(message, tries, sequence, self, holder)
            self._pending[sequence] = delivery
            self._deadlines[sequence] = self._loop.time() + self._settings.ack_wait
            self._start_timer()
            holder.take(delivery)

    def _free_holder(self) -> Holder | None:
        """The next one in turn that has credit."""
        for _ in range(len(self._holders)):
            self._holders.rotate(-1)
            if self._holders[-1].free > 0:
                return self._holders[-1]
        return None

    def _next(self) -> int | None:
        while self._again:
            sequence = self._again.popleft()
            if sequence in self._log.messages and sequence in self._pending:
                return sequence
            self._pending.pop(sequence, None)
        if len(self._pending) >= self._settings.max_ack_pending:
            return None
        while self._fresh:
            sequence = self._fresh.popleft()
            if sequence in self._log.messages:
                return sequence
        return None

    def _put_down(self, delivery: MemoryDelivery) -> None:
        """Out of its holder's hands: no deadline, and the credit is free again."""
        self._deadlines.pop(delivery.sequence, None)
        if delivery.holder is not None:
            delivery.holder.free += 1
            delivery.holder = None

    def _retry(self, delivery: MemoryDelivery) -> None:
        if self._pending.get(delivery.sequence) is not delivery:
            return  # acknowledged meanwhile
        if delivery.tries >= self._settings.max_deliver:
            del self._pending[delivery.sequence]
            self._log.exhausted(self._settings.durable, delivery.sequence, delivery.tries)
        else:
            self._again.append(delivery.sequence)

    def _retry_later(self, delivery: MemoryDelivery) -> None:
        self._retry(delivery)
        self._dispatch()

    def _start_timer(self) -> None:
        if self._timer is None and self._deadlines:
            soonest = next(iter(self._deadlines.values()))
            self._timer = self._loop.call_at(soonest, self._expire)

    def _expire(self) -> None:
        self._timer = None
        now = self._loop.time()
        due: list[int] = []
        for sequence, deadline in self._deadlines.items():
            if deadline > now:
                break
            due.append(sequence)
        for sequence in sorted(due):
            self._put_down(self._pending[sequence])
            self._retry(self._pending[sequence])
        self._start_timer()
        self._dispatch()
