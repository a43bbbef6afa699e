"""A handler that waits for a user lets its event go; what is delivered twice, and what never."""

import asyncio
from typing import Any

import discord
import pytest
from discord.ext import commands

from tests.eventually import eventually
from tests.integration.hosting import Hosted, hosting
from tests.integration.test_hosted_bots import make_bot
from tests.integration.test_waiting_bots import Plain, on_two_workers


def asking(bot: commands.Bot) -> commands.Bot:
    """Asks, and says what it heard; says pong in between."""

    @bot.command()
    async def ask(context: commands.Context[Any], patience: float = 60.0) -> None:
        await context.send("yes?")
        answer = await bot.wait_for("message", check=lambda m: "because" in m.content,
                                    timeout=patience)  # fmt: skip
        await context.send(f"heard {answer.content}")

    @bot.command()
    async def ping(context: commands.Context[Any]) -> None:
        await context.send("pong")

    return bot


async def listens(bot: commands.Bot, hosted: Hosted, handled: int) -> None:
    """Until the handler waits, its subscription stands and its event was let go."""
    await eventually(lambda: hosted.handled() >= handled)
    await eventually(lambda: bot._listeners.get("message"))


async def test_a_guild_goes_on_while_a_handler_waits_for_a_user() -> None:
    async with on_two_workers(lambda: asking(Plain())) as fake:
        ann, bea = fake.user("ann"), fake.user("bea")
        assert (await ann.say("!ask", wait=30.0))["content"] == "yes?"
        for _ in range(4):
            assert (await bea.say("!ping", wait=30.0))["content"] == "pong"


async def test_the_event_is_acknowledged_and_the_handler_ends_later() -> None:
    bot = asking(make_bot())
    async with hosting(bot) as hosted:
        ann = hosted.discord.user("ann")
        await ann.say("!ask")
        await listens(bot, hosted, handled=4)  # guilds, the command, the bot's own message
        assert hosted.count("worker_in_flight", traffic="event") == 0
        assert (await ann.say("because"))["content"] == "heard because"


async def test_an_error_after_the_wait_is_counted_and_logged_and_not_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bot = asking(make_bot())
    failed = "failed after a wait"
    async with hosting(bot) as hosted:
        await hosted.discord.user("ann").say("!ask 0.05")
        await eventually(lambda: hosted.handled(outcome=failed) == 1)
        assert hosted.handled(outcome="retried") == 0
    assert "a handler failed after it had waited for a user" in caplog.text


async def test_a_stopping_worker_lets_a_waiting_handler_end() -> None:
    bot, view, ended = make_bot(), discord.ui.View(), []

    @bot.event
    async def on_message(message: discord.Message) -> None:
        await view.wait()
        ended.append(message.content)

    async with hosting(bot, GRACE_PERIOD="30") as hosted:
        hosted.discord.user("ann").write("hi")
        await eventually(lambda: hosted.handled() == 3)
        assert ended == []
        asyncio.get_running_loop().call_later(0.2, view.stop)
    assert ended == ["hi"]


async def test_a_handler_that_waits_beyond_the_grace_period_is_ended(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bot, ended = make_bot(), []

    @bot.event
    async def on_message(message: discord.Message) -> None:
        try:
            await discord.ui.View().wait()
        finally:
            ended.append(message.content)

    async with hosting(bot, GRACE_PERIOD="0.1") as hosted:
        hosted.discord.user("ann").write("hi")
        await eventually(lambda: hosted.handled() == 3)
    assert ended == ["hi"]
    assert "its handler waited for a user and was ended" in caplog.text


async def test_while_one_handler_works_the_event_is_kept_although_another_waits() -> None:
    bot, work = make_bot(), asyncio.Event()

    @bot.event
    async def on_message(message: discord.Message) -> None:
        await work.wait()

    @bot.listen("on_message")
    async def also(message: discord.Message) -> None:
        await discord.ui.View().wait()

    async with hosting(bot, GRACE_PERIOD="0.1") as hosted:
        hosted.discord.user("ann").write("hi")
        await eventually(lambda: hosted.count("worker_in_flight", traffic="event") == 1)
        work.set()
        await eventually(lambda: hosted.handled() == 3)


async def test_a_handler_that_works_too_long_after_its_wait_is_ended() -> None:
    bot, view, ended = make_bot(), discord.ui.View(), []

    @bot.event
    async def on_message(message: discord.Message) -> None:
        await view.wait()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(message.content)

    async with hosting(bot, HANDLER_TIMEOUT="0.2") as hosted:
        hosted.discord.user("ann").write("hi")
        await eventually(lambda: hosted.handled() == 3)
        view.stop()
        await eventually(lambda: hosted.handled(outcome="failed after a wait") == 1)
    assert ended == ["hi"]
