"""Handlers that are called with a message as it was: on whichever worker, and at a second try."""

import asyncio
from typing import Any

import discord
from discord.ext import commands

from tests.eventually import eventually
from tests.integration.hosting import hosting
from tests.integration.test_hosted_bots import make_bot
from tests.integration.test_waiting_bots import Plain, on_two_workers


async def test_an_edit_that_is_tried_again_sees_the_message_as_it_was_before() -> None:
    bot = make_bot()
    seen: list[str] = []

    @bot.event
    async def on_message_edit(before: discord.Message, after: discord.Message) -> None:
        seen.append(f"{before.content}->{after.content}")
        if len(seen) == 1:
            raise RuntimeError("not yet")

    async with hosting(bot) as hosted:
        ann = hosted.discord.user("ann")
        said = ann.write("a")
        ann.edit(said, "b")
        ann.edit(said, "c")
        await eventually(lambda: len(seen) == 3)
    assert seen == ["a->b", "a->b", "b->c"]


def watching(seen: list[str]) -> commands.Bot:
    bot = Plain()

    @bot.listen()
    async def on_message_delete(message: discord.Message) -> None:
        seen.append(message.content)

    @bot.listen()
    async def on_bulk_message_delete(messages: list[discord.Message]) -> None:
        seen.extend(sorted(message.content for message in messages))

    return bot


async def test_what_is_deleted_is_known_on_every_worker_and_told_once() -> None:
    seen: list[str] = []
    async with on_two_workers(lambda: watching(seen)) as fake:
        ann = fake.user("ann")
        for number in range(10):
            ann.delete(ann.write(str(number)))
        await eventually(lambda: len(seen) == 10)
    assert seen == [str(number) for number in range(10)]


def paging() -> commands.Bot:
    bot = Plain()

    @bot.command()
    async def pages(context: commands.Context[Any]) -> None:
        page = await context.send("page 1")
        await page.add_reaction("▶")

        def mine(reaction: discord.Reaction, user: Any) -> bool:
            return reaction.message.id == page.id and user == context.author

        _, user = await bot.wait_for("reaction_add", check=mine, timeout=60)
        await context.send(f"page 2 for {user.name}")

    return bot


async def test_a_handler_may_wait_for_a_reaction_to_what_it_has_sent() -> None:
    async with on_two_workers(paging) as fake:
        ann = fake.user("ann")
        for _ in range(3):
            page = await ann.say("!pages", wait=30.0)
            turned = asyncio.ensure_future(seen_in(fake, ann.channel_id))
            kept = fake.api.message(ann.channel_id, int(page["id"]))
            await eventually(lambda kept=kept: kept.get("reactions"))
            while not turned.done():  # a worker that subscribes is a moment late
                ann.react(page, "▶")
                await asyncio.wait([turned], timeout=2.0)
                ann.unreact(page, "▶")
            assert turned.result()["content"] == "page 2 for ann"


async def seen_in(fake: Any, channel_id: int) -> Any:
    shown: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def see(event: str, what: Any) -> None:
        if event == "message" and not shown.done():
            shown.set_result(what)

    stop = fake.api.replies.watch_channel(channel_id, see)
    try:
        return await shown
    finally:
        stop()
