"""discord.py bots behave in a worker as they do on their own."""

import asyncio
from typing import Any

import discord
import pytest
from discord.ext import commands

from tests.eventually import eventually
from tests.integration.hosting import hosting


def make_bot() -> commands.Bot:
    intents = discord.Intents.default()
    intents.message_content = True
    return commands.Bot("!", intents=intents, help_command=None)


class Synced(commands.Bot):
    """A bot whose commands are registered, as in most bots, by ``setup_hook``."""

    def __init__(self) -> None:
        super().__init__("!", intents=discord.Intents.default())

    async def setup_hook(self) -> None:
        await self.tree.sync()


async def test_a_slash_command_is_registered_and_answered() -> None:
    bot = Synced()

    @bot.tree.command(description="Say hello")
    async def hello(interaction: discord.Interaction[Any], name: str) -> None:
        await interaction.response.send_message(f"hello {name}")

    async with hosting(bot) as hosted:
        reply = await hosted.discord.user("ann").slash("hello", name="Ann")
        assert reply["content"] == "hello Ann"
        assert hosted.discord.ledger()["rest"]["authorized_interaction_calls"] == 0


async def test_a_prefix_command_is_answered_through_the_gateway() -> None:
    bot = make_bot()

    @bot.command()
    async def echo(context: commands.Context[Any], *, text: str) -> None:
        await context.send(text)

    async with hosting(bot) as hosted:
        assert (await hosted.discord.user("ann").say("!echo a b"))["content"] == "a b"


async def test_the_time_of_a_prefix_command_is_counted_by_its_name() -> None:
    bot = make_bot()

    @bot.group()
    async def course(_context: Any) -> None: ...

    @course.command()
    async def par(context: commands.Context[Any]) -> None:
        await context.send("54")

    async with hosting(bot) as hosted:
        assert (await hosted.discord.user("ann").say("!course par"))["content"] == "54"
        await eventually(
            lambda: hosted.count("worker_command_seconds_count", command="course par") == 1
        )


async def test_the_bot_knows_itself_and_is_ready() -> None:
    bot = make_bot()
    ready = asyncio.Event()

    @bot.event
    async def on_ready() -> None:
        ready.set()

    async with hosting(bot):
        await asyncio.wait_for(ready.wait(), 5)
        assert bot.user is not None
        assert bot.application_id is not None
        assert bot.is_ready()


async def test_refusals_of_discord_arrive_as_discord_py_raises_them() -> None:
    bot = make_bot()
    caught: list[discord.HTTPException] = []

    @bot.event
    async def on_message(message: discord.Message) -> None:
        try:
            await bot.fetch_channel(1)
        except discord.NotFound as error:
            caught.append(error)

    async with hosting(bot) as hosted:
        hosted.discord.user("ann").write("hi")
        await eventually(lambda: caught)
    assert (caught[0].status, caught[0].code) == (404, 10003)


async def test_an_event_counts_as_handled_when_its_handler_has_finished() -> None:
    bot = make_bot()
    go_on, entered = asyncio.Event(), asyncio.Event()

    @bot.event
    async def on_message(message: discord.Message) -> None:
        entered.set()
        await go_on.wait()

    async with hosting(bot) as hosted:
        await eventually(lambda: hosted.handled() == 2)  # the GUILD_CREATEs
        hosted.discord.user("ann").write("hi")
        await asyncio.wait_for(entered.wait(), 5)
        assert hosted.count("worker_in_flight", traffic="event") == 1
        assert hosted.handled() == 2
        go_on.set()
        await eventually(lambda: hosted.handled() == 3)


async def test_a_handler_that_fails_once_gets_the_event_again() -> None:
    bot = make_bot()
    seen: list[str] = []

    @bot.event
    async def on_message(message: discord.Message) -> None:
        seen.append(message.content)
        if len(seen) == 1:
            raise RuntimeError("not yet")

    async with hosting(bot) as hosted:
        hosted.discord.user("ann").write("hi")
        await eventually(lambda: len(seen) == 2)
    assert seen == ["hi", "hi"]


async def test_a_command_that_fails_unhandled_is_tried_again() -> None:
    bot = make_bot()
    tries: list[int] = []

    @bot.command()
    async def flaky(context: commands.Context[Any]) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("not yet")
        await context.send("done")

    async with hosting(bot) as hosted:
        assert (await hosted.discord.user("ann").say("!flaky"))["content"] == "done"


async def test_an_error_that_the_bot_handles_is_not_a_failure() -> None:
    bot = make_bot()

    @bot.command()
    async def broken(context: commands.Context[Any]) -> None:
        raise RuntimeError("always")

    @broken.error
    async def on_broken(context: commands.Context[Any], error: commands.CommandError) -> None:
        await context.send("sorry")

    async with hosting(bot) as hosted:
        assert (await hosted.discord.user("ann").say("!broken"))["content"] == "sorry"
        await eventually(lambda: hosted.handled() >= 3)
        assert hosted.handled(outcome="retried") == 0


async def test_a_handler_that_always_fails_leaves_a_dead_letter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bot = make_bot()

    @bot.event
    async def on_message(message: discord.Message) -> None:
        raise RuntimeError("never")

    monkeypatch.setattr("runtime.worker.consumer.random.random", lambda: 0.0)
    async with hosting(bot) as hosted:
        hosted.discord.user("ann").write("hi")
        letter = await hosted.dead_letter()
    assert letter.headers["Dead-Reason"] == "failed"
    assert letter.headers["Dead-Error"] == "HandlerError: RuntimeError: never"
    assert letter.headers["Dead-Tries"] == "5"
    assert letter.headers["Event-Type"] == "MESSAGE_CREATE"
    assert b'"hi"' in letter.body
