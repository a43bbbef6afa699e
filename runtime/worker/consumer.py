"""Takes events off the bus, has them handled, and sees each delivery to its end."""

import asyncio
import json
import logging
import random
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import msgspec

from runtime import tracing
from runtime.bus.bodies import PARTS, Bodies
from runtime.bus.dead_letters import DeadLetters
from runtime.bus.interface import Bus, Delivery, Message, Subscription
from runtime.core.deadline import RESPONSE_DEADLINE, interaction_age, interaction_id
from runtime.core.delivery import (
    POLICIES,
    Ack,
    Dead,
    Expired,
    Failed,
    Handled,
    Outcome,
    Retry,
    TimedOut,
    Undecodable,
    decide,
)
from runtime.core.envelope import Envelope
from runtime.core.routing import TrafficClass
from runtime.core.streak import Streak
from runtime.core.topology import Topology
from runtime.errors import BusError, BusUnavailable, MalformedEnvelope
from runtime.worker import event as events
from runtime.worker.in_hand import PROGRESS_EVERY, TICK, InHand
from runtime.worker.meters import Meters
from runtime.worker.turns import Turns

log = logging.getLogger(__name__)

DEAD_LETTER_RETRY = 30.0
CREDIT = {TrafficClass.INTERACTION: 64, TrafficClass.EVENT: 64}

Handle = Callable[[Envelope], Awaitable[None]]


class Consumer:
    """All consumption of one worker.

    Args:
        handle: called for each event.
        worker: its name, for receipts.
        timeout: seconds after which a handler is cancelled.
    """

    def __init__(
        self,
        bus: Bus,
        topology: Topology,
        handle: Handle,
        meters: Meters,
        worker: str,
        timeout: float,
    ) -> None:
        self._bus = bus
        self._topology = topology
        self._handle = handle
        self._worker = worker
        self._timeout = timeout
        self._dead_letters = DeadLetters(bus, topology, meters.buried)
        self._bodies: Bodies | None = None
        self._subscriptions: list[Subscription] = []
        self._in_hand: dict[InHand, None] = {}
        self._ambient: set[asyncio.Task[None]] = set()
        self._tasks: asyncio.TaskGroup | None = None
        self._empty = asyncio.Event()
        self._empty.set()
        self._meters = meters
        self._streak = Streak()
        self._turns = Turns()
        meters.observe(self._count)

    def is_failing(self) -> bool:
        """Whether everything fails: what all handlers need, such as a database, is away."""
        return self._streak.is_failing(time.monotonic())

    def _count(self, traffic: TrafficClass) -> float:
        return float(sum(1 for held in self._in_hand if held.traffic is traffic))

    async def start(self, tasks: asyncio.TaskGroup) -> None:
        """Begin to pull; handlers run in ``tasks``."""
        self._tasks = tasks
        ambient = self._topology.subjects.all_of(TrafficClass.AMBIENT)
        self._subscriptions = [
            await self._bus.subscribe(ambient, self._on_ambient, queue="workers"),
            await self._bus.consume(
                self._topology.interaction_consumer,
                self._taker(TrafficClass.INTERACTION),
                CREDIT[TrafficClass.INTERACTION],
            ),
        ]
        take = self._taker(TrafficClass.EVENT)
        for lane in self._topology.lane_consumers:
            self._subscriptions.append(
                await self._bus.consume(lane, take, CREDIT[TrafficClass.EVENT])
            )

    def _taker(self, traffic: TrafficClass) -> Callable[[Delivery], None]:
        def take(delivery: Delivery) -> None:
            held = InHand(traffic, delivery)
            self._in_hand[held] = None
            self._empty.clear()
            held.task = self._spawn(self._work(held))

        return take

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        assert self._tasks is not None  # noqa: S101 - start() has set it
        return self._tasks.create_task(work)

    async def _work(self, held: InHand) -> None:
        try:
            self._meters.delivered(held.traffic, held.delivery.tries)
            if not self._turns.is_free():
                await self._turns.wait(first=held.traffic is TrafficClass.INTERACTION)
            held.started = True
            outcome = await self._run(held)
            self._streak.ended(outcome, time.monotonic())
            await self._settle(held, outcome)
        finally:
            self._in_hand.pop(held, None)
            if not self._in_hand:
                self._empty.set()

    async def _run(self, held: InHand) -> Outcome:
        traffic, delivery = held.traffic, held.delivery
        try:
            message = await self._whole(delivery.message)
            event = Envelope.parse(message.headers, message.body)
            if traffic is TrafficClass.INTERACTION:
                age = interaction_age(interaction_id(event.body), time.time())
                if age >= RESPONSE_DEADLINE:
                    return Expired(age)
        except (MalformedEnvelope, msgspec.DecodeError, ValueError) as error:
            return Undecodable(str(error))
        except BusUnavailable as error:
            return Failed(f"its body cannot be had: {error}")
        started = time.time_ns()
        self._meters.started(traffic, event, started)
        outcome = await self._try(held, event)
        if not isinstance(outcome, Handled):
            return outcome
        done = time.time_ns()
        self._meters.done(traffic, event, started, done)
        if event.receipt_to is not None:
            await self._send_receipt(event, started, done, delivery.tries)
        return outcome

    async def _try(self, held: InHand, event: Envelope) -> Outcome:
        """Call the handler once."""
        token = events.in_hand.set(event.id)
        held.limit(self._timeout)
        try:
            await self._traced(event, held.delivery.tries)
        except msgspec.DecodeError as error:
            return Undecodable(str(error))
        except asyncio.CancelledError:
            if not held.out_of_time:
                raise
            return self._failed(held, event, "out of time")
        except Exception as error:  # noqa: BLE001 - the bot's own code
            return self._failed(held, event, f"{type(error).__name__}: {error}", error)
        finally:
            held.ended()
            events.in_hand.reset(token)
        return Handled()

    def _failed(
        self, held: InHand, event: Envelope, what: str, error: Exception | None = None
    ) -> Failed | TimedOut:
        """The outcome of a handler that raised, be it of itself or because its time was over."""
        tries = held.delivery.tries
        shown = error if tries == 1 and not held.out_of_time else None
        log.warning("%s %s: try %d failed: %s", event.event_type, event.id, tries, what,
                    exc_info=shown)  # fmt: skip
        return self._timed_out(held.traffic, event) if held.out_of_time else Failed(what)

    async def _traced(self, event: Envelope, tries: int) -> None:
        if tracing.active is None:
            await self._handle(event)
            return
        name, about = f"handle {event.event_type}", {"event_id": event.id, "tries": tries}
        with tracing.active.taking(name, event.traceparent, **about):
            await self._handle(event)

    def _timed_out(self, traffic: TrafficClass, event: Envelope) -> TimedOut:
        if traffic is not TrafficClass.INTERACTION:
            return TimedOut(self._timeout)
        age = interaction_age(interaction_id(event.body), time.time())
        return TimedOut(self._timeout, too_late=age >= RESPONSE_DEADLINE)

    async def _whole(self, message: Message) -> Message:
        """The message with its body, also when that was too large to travel with it."""
        if PARTS not in message.headers:
            return message
        if self._bodies is None:
            bucket = await self._bus.bucket(self._topology.bodies)
            self._bodies = Bodies(bucket, self._bus.max_payload)
        return await self._bodies.whole(message)

    async def _settle(self, held: InHand, outcome: Outcome) -> None:
        delivery, traffic = held.delivery, held.traffic
        match decide(outcome, delivery.tries, POLICIES[traffic], random.random()):
            case Ack():
                self._meters.handled(traffic)
                await delivery.ack()
            case Retry(delay):
                self._meters.ended(traffic, "retried")
                await delivery.nak(delay)
            case Dead() as dead:
                await self._bury(held, dead)

    async def _bury(self, held: InHand, dead: Dead) -> None:
        try:
            delivery = held.delivery
            await self._dead_letters.keep(delivery.message, delivery.sequence, delivery.tries, dead)
        except BusError as error:
            log.error("a dead letter cannot be stored, trying again: %s", error)  # noqa: TRY400
            await held.delivery.nak(DEAD_LETTER_RETRY)
            return
        self._meters.ended(held.traffic, "dead")
        log.error("dead letter: %s %s: %s", held.delivery.message.subject, dead.reason, dead.error)
        await held.delivery.ack()

    async def _on_ambient(self, message: Message) -> None:
        task = self._spawn(self._run_ambient(message))
        self._ambient.add(task)
        task.add_done_callback(self._ambient.discard)

    async def _run_ambient(self, message: Message) -> None:
        """At most once: what fails is counted and forgotten."""
        try:
            await self._handle(Envelope.parse(message.headers, message.body))
        except Exception as error:  # noqa: BLE001 - the bot's own code
            self._meters.ended(TrafficClass.AMBIENT, "failed")
            log.debug("%s: %s", message.subject, error)
        else:
            self._meters.handled(TrafficClass.AMBIENT)

    async def _send_receipt(self, event: Envelope, started: int, done: int, tries: int) -> None:
        receipt = {
            "id": event.id,
            "received_ns": event.received_ns,
            "started_ns": started,
            "done_ns": done,
            "worker": self._worker,
            "tries": tries,
        }
        subject = event.receipt_to or ""
        await self._bus.publish(Message(subject, json.dumps(receipt).encode()))

    async def keep_in_progress(self) -> None:
        """Tell the broker, in time, that handlers are still at it, and end those whose time is
        over; for ever."""
        while True:
            await asyncio.sleep(TICK)
            now = time.monotonic()
            for held in tuple(self._in_hand):
                if now >= held.progress_at:
                    held.progress_at = now + PROGRESS_EVERY[held.traffic]
                    await held.delivery.in_progress()
                held.end_if_overdue(now)

    async def drain(self, grace: float) -> int:
        """Stop pulling, let running handlers finish, hand the rest back; returns how many."""
        self._turns.close()
        await asyncio.gather(*(subscription.stop() for subscription in self._subscriptions))
        back = await self._hand_back([held for held in self._in_hand if not held.started])
        try:
            async with asyncio.timeout(grace):
                await self._empty.wait()
        except TimeoutError:
            pass
        back += await self._hand_back(list(self._in_hand))
        for task in tuple(self._ambient):
            task.cancel()
        return back

    async def _hand_back(self, held: list[InHand]) -> int:
        for one in sorted(held, key=lambda one: one.delivery.sequence):
            if one.task is not None:
                one.task.cancel()
            self._in_hand.pop(one, None)  # a task that has not begun will not do so
            await one.delivery.nak()
        if not self._in_hand:
            self._empty.set()
        return len(held)
