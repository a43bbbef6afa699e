"""A handler that never returns is cancelled, tried again, and a dead letter in the end."""

import asyncio
import time
from typing import Any

import discord
import pytest
from discord.ext import commands

import runtime
from runtime.bus.interface import Message
from runtime.core.envelope import Envelope
from tests.eventually import eventually
from tests.integration.hosting import hosting
from tests.integration.test_hosted_bots import make_bot
from tests.integration.test_raw_handlers import event, store

QUICK = {"HANDLER_TIMEOUT": "0.3"}


@pytest.fixture(autouse=True)
def _no_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.worker.consumer.random.random", lambda: 0.0)


async def test_an_event_whose_handler_never_returns_dies_of_it_and_its_lane_goes_on() -> None:
    seen: list[str] = []

    async def on_event(envelope: Envelope) -> None:
        seen.append(envelope.id)
        if envelope.id == "s:1":
            await asyncio.Event().wait()

    async with hosting(on_event, **QUICK) as hosted:
        await store(hosted, event(1), event(2))
        letter = await hosted.dead_letter()
        await eventually(lambda: "s:2" in seen)
        assert hosted.count("dead_letters_total", traffic="event", reason="timeout") == 1
    assert letter.headers["Dead-Reason"] == "timeout"
    assert letter.headers["Dead-Error"] == "the handler did not end within 0.3 s"
    assert seen.count("s:1") == 5


async def test_a_bots_handler_that_never_returns_is_really_cancelled() -> None:
    bot, ended = make_bot(), []

    @bot.event
    async def on_message(message: discord.Message) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(message.id)

    async with hosting(bot, **QUICK) as hosted:
        hosted.discord.user("ann").write("hi")
        letter = await hosted.dead_letter()
    assert letter.headers["Dead-Reason"] == "timeout"
    assert len(ended) == 5


async def test_an_interaction_that_is_too_old_after_a_timeout_is_not_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tries: list[str] = []

    async def on_event(envelope: Envelope) -> None:
        if envelope.event_type == "INTERACTION_CREATE":
            tries.append(envelope.id)
            await asyncio.Event().wait()

    def age(_interaction_id: str, _now: float) -> float:
        return 5.0 if tries else 0.0  # it grows old while it is handled, on any machine

    monkeypatch.setattr("runtime.worker.consumer.interaction_age", age)
    headers = dict(event(1).headers) | {"Event-Type": "INTERACTION_CREATE"}
    async with hosting(on_event, **QUICK) as hosted:
        await store(
            hosted, Message("hosted.v1.interaction.command", b'{"id":"1","type":2}', headers)
        )
        letter = await hosted.dead_letter()
    assert letter.headers["Dead-Reason"] == "timeout"
    assert len(tries) == 1


async def test_time_spent_waiting_for_a_user_does_not_count() -> None:
    bot = make_bot()
    began: list[float] = []

    @bot.command()
    async def ask(context: commands.Context[Any]) -> None:
        began.append(time.monotonic())
        await context.send("sure?")
        answer = await bot.wait_for("message", check=lambda other: other.content == "yes")
        await context.send(f"{answer.content} it is")

    async with hosting(bot, HANDLER_TIMEOUT="1") as hosted:
        user = hosted.discord.user("ann")
        assert (await user.say("!ask", wait=30.0))["content"] == "sure?"
        await eventually(lambda: time.monotonic() - began[0] > 2.5)
        assert (await user.say("yes", wait=30.0))["content"] == "yes it is"
    assert len(began) == 1


async def test_a_handler_may_ask_for_the_id_of_its_event() -> None:
    bot = make_bot()
    ids: list[str | None] = []

    @bot.event
    async def on_message(message: discord.Message) -> None:
        ids.append(runtime.event_id())
        if len(ids) == 1:
            raise RuntimeError("again")

    async with hosting(bot) as hosted:
        hosted.discord.user("ann").write("hi")
        await eventually(lambda: len(ids) == 2)
    assert runtime.event_id() is None
    assert ids[0] == ids[1] is not None


async def test_a_replayed_event_has_the_id_that_it_had_first() -> None:
    ids: list[str | None] = []

    async def on_event(envelope: Envelope) -> None:
        ids.append(runtime.event_id())

    replayed = Message(
        event(1).subject, event(1).body, {**event(1).headers, "Nats-Msg-Id": "s:1:r2"}
    )
    async with hosting(on_event) as hosted:
        await store(hosted, replayed)
        await eventually(lambda: "s:1" in ids)
