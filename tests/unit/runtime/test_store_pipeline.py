"""Stores stay in order and are sent until somebody has them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from runtime.bus.interface import Message, Stored
from runtime.bus.store_pipeline import ACK_TIMEOUT, StorePipeline
from runtime.errors import BusUnavailable, StoreRejected
from tests.eventually import eventually

PATIENCE = 30.0


class Wire:
    """Notes what is sent, and acknowledges when told to."""

    def __init__(self) -> None:
        self.now = 100.0
        self.sent: list[tuple[str, str]] = []
        self.failing = False
        self.pipeline = StorePipeline(self._send, lambda: self.now, PATIENCE)

    async def _send(self, message: Message, token: str) -> None:
        if self.failing:
            raise BusUnavailable("away")
        if message.subject == "too-large":
            raise StoreRejected("too large")
        self.sent.append((message.subject, token))

    def store(self, subject: str) -> "asyncio.Future[Stored]":
        return self.pipeline.store(Message(subject, b""))

    @property
    def subjects(self) -> list[str]:
        return [subject for subject, _ in self.sent]

    def acknowledge(self, subject: str) -> None:
        token = next(token for sent, token in reversed(self.sent) if sent == subject)
        self.pipeline.acknowledged(token, Stored(1, duplicate=False))

    def refuse(self, subject: str, *, final: bool) -> None:
        token = next(token for sent, token in reversed(self.sent) if sent == subject)
        self.pipeline.refused(token, "full", final=final)


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    made = Wire()
    running = asyncio.ensure_future(made.pipeline.run())
    yield made
    made.pipeline.close()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_messages_are_sent_in_the_order_of_the_calls(wire: Wire) -> None:
    for subject in "abc":
        wire.store(subject)
    await eventually(lambda: wire.subjects == ["a", "b", "c"])
    assert wire.pipeline.unacknowledged == 3


async def test_a_store_ends_with_the_brokers_word(wire: Wire) -> None:
    stored = wire.store("a")
    await eventually(lambda: wire.sent)
    wire.acknowledge("a")
    assert (await stored).sequence == 1
    assert wire.pipeline.unacknowledged == 0


async def test_after_a_reconnect_the_unacknowledged_go_first_and_in_order(wire: Wire) -> None:
    for subject in "abc":
        wire.store(subject)
    await eventually(lambda: len(wire.sent) == 3)
    wire.acknowledge("b")
    wire.pipeline.disconnected()
    wire.store("d")
    wire.pipeline.reconnected()
    await eventually(lambda: wire.subjects[3:] == ["a", "c", "d"])


async def test_nothing_is_sent_while_disconnected(wire: Wire) -> None:
    wire.pipeline.disconnected()
    wire.store("a")
    await asyncio.sleep(0)
    assert not wire.sent


async def test_an_overdue_acknowledgement_has_all_of_them_sent_again(wire: Wire) -> None:
    wire.store("a")
    await eventually(lambda: wire.sent)
    wire.now += ACK_TIMEOUT + 1
    wire.store("b")
    await eventually(lambda: wire.subjects.count("a") == 2)


async def test_a_refusal_for_now_is_tried_again_in_order(wire: Wire) -> None:
    first, second = wire.store("a"), wire.store("b")
    await eventually(lambda: len(wire.sent) == 2)
    wire.refuse("a", final=False)
    wire.now += 1
    wire.store("c")
    await eventually(lambda: wire.subjects[2:] == ["a", "b", "c"])
    assert not first.done()
    assert not second.done()


async def test_a_refusal_for_good_ends_only_that_store(wire: Wire) -> None:
    first, second = wire.store("a"), wire.store("b")
    await eventually(lambda: len(wire.sent) == 2)
    wire.refuse("a", final=True)
    with pytest.raises(StoreRejected, match="full"):
        await first
    assert not second.done()


async def test_patience_with_refusals_ends(wire: Wire) -> None:
    stored = wire.store("a")
    await eventually(lambda: wire.sent)
    wire.refuse("a", final=False)
    wire.now += PATIENCE + 1
    wire.store("b")
    await eventually(lambda: wire.subjects.count("a") == 2)
    wire.refuse("a", final=False)
    with pytest.raises(StoreRejected):
        await stored


async def test_what_can_never_be_sent_is_refused_at_once(wire: Wire) -> None:
    with pytest.raises(StoreRejected):
        await wire.store("too-large")


async def test_closing_ends_every_store(wire: Wire) -> None:
    stored = wire.store("a")
    await eventually(lambda: wire.sent)
    wire.pipeline.close()
    with pytest.raises(BusUnavailable):
        await stored
    with pytest.raises(BusUnavailable):
        await wire.store("b")
