"""Every transport: questions and answers."""

import asyncio
import time

import pytest

from runtime.bus.interface import Message
from runtime.errors import BusUnavailable
from tests.contracts.conftest import Connect, QuickTopology


async def echo(message: Message) -> Message:
    """Answer with what was asked."""
    return Message("answer", message.body, dict(message.headers))


async def test_a_request_is_answered_with_body_and_headers(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus, connect() as other:
        await other.serve(topology.subjects.rest, echo)
        await other.ensure(topology)
        answer = await bus.request(Message(topology.subjects.rest, b"ping", {"Shard": "1"}), 5)
        assert (answer.body, answer.headers["Shard"]) == (b"ping", "1")


async def test_a_request_that_nobody_serves_fails_at_once(
    connect: Connect, subject_prefix: str
) -> None:
    async with connect() as bus:
        began = time.monotonic()
        with pytest.raises(BusUnavailable):
            await bus.request(Message(f"{subject_prefix}.nobody", b""), 20)
        assert time.monotonic() - began < 5


async def test_a_request_without_an_answer_ends_with_the_timeout(
    connect: Connect, subject_prefix: str
) -> None:
    async with connect() as bus:

        async def never(message: Message) -> Message:
            await asyncio.Event().wait()
            return message

        await bus.serve(subject_prefix, never)
        with pytest.raises(BusUnavailable):
            await bus.request(Message(subject_prefix, b""), 0.1)


async def test_requests_are_answered_several_at_a_time(
    connect: Connect, subject_prefix: str
) -> None:
    async with connect() as bus:
        both_are_here = asyncio.Barrier(2)

        async def meet(message: Message) -> Message:
            await both_are_here.wait()
            return message

        await bus.serve(subject_prefix, meet)
        asked = (bus.request(Message(subject_prefix, body), 5) for body in (b"1", b"2"))
        assert [answer.body for answer in await asyncio.gather(*asked)] == [b"1", b"2"]


async def test_a_request_whose_answer_fails_is_unavailable(
    connect: Connect, subject_prefix: str
) -> None:
    async with connect() as bus:

        async def fail(message: Message) -> Message:
            raise ValueError(message.body)

        await bus.serve(subject_prefix, fail)
        with pytest.raises(BusUnavailable):
            await bus.request(Message(subject_prefix, b""), 2)


async def test_each_request_is_answered_by_one_of_those_who_serve(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus, connect() as other:
        asked: list[bytes] = []

        async def count(message: Message) -> Message:
            asked.append(message.body)
            return message

        for one in (bus, other):
            await one.serve(topology.subjects.rest, count)
            await one.ensure(topology)
        for n in range(20):
            await bus.request(Message(topology.subjects.rest, str(n).encode()), 5)
        assert len(asked) == 20


async def test_nobody_is_asked_after_stop(connect: Connect, subject_prefix: str) -> None:
    async with connect() as bus:
        serving = await bus.serve(subject_prefix, echo)
        assert (await bus.request(Message(subject_prefix, b"1"), 5)).body == b"1"
        await serving.stop()
        with pytest.raises(BusUnavailable):
            await bus.request(Message(subject_prefix, b"2"), 1)
