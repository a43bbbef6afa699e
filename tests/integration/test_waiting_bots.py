"""``wait_for``, views and modals in memory, background tasks: on two workers as in one process."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import discord
from discord.ext import commands, tasks

from runtime.bus.memory import MemoryBus
from runtime.gateway.service import GatewayService
from runtime.probes import Probes
from runtime.telemetry import Telemetry
from runtime.worker.bot_app import BotApp
from runtime.worker.service import WorkerService
from simulator import FakeDiscord
from tests.eventually import eventually
from tests.integration.hosting import settings_for

MakeBot = Callable[[], commands.Bot]


@asynccontextmanager
async def on_two_workers(make_bot: MakeBot) -> AsyncIterator[FakeDiscord]:
    """A gateway and two workers, each with a bot of its own from ``make_bot``."""
    stop = asyncio.Event()
    async with FakeDiscord(rate=0, guilds=2) as fake, MemoryBus() as bus:
        probes = [Probes(Telemetry()) for _ in range(3)]
        gateway = GatewayService(settings_for(fake), bus, Telemetry(), probes[0])
        async with asyncio.TaskGroup() as running:
            running.create_task(gateway.run(stop))
            for number in (1, 2):
                settings = settings_for(fake, WORKER_NAME=f"worker-{number}")
                app = BotApp(make_bot(), "test")
                worker = WorkerService(settings, bus, app, Telemetry(), probes[number])
                running.create_task(worker.run(stop))
            try:
                await eventually(lambda: all(one.all_ready() for one in probes), within=30.0)
                yield fake
            finally:
                stop.set()


class Plain(commands.Bot):
    """A bot that syncs its commands."""

    def __init__(self) -> None:
        intents = discord.Intents.default()
        intents.message_content = True
        super().__init__("!", intents=intents, help_command=None)

    async def setup_hook(self) -> None:
        await self.tree.sync()


def guessing() -> commands.Bot:
    bot = Plain()

    @bot.command()
    async def guess(context: commands.Context[Any]) -> None:
        await context.send("a number?")

        def mine(message: discord.Message) -> bool:
            return message.author == context.author and message.content.isdigit()

        try:
            answer = await bot.wait_for("message", check=mine, timeout=5)
        except TimeoutError:
            await context.send("too slow")
        else:
            await context.send(f"it was {answer.content}")

    return bot


async def test_a_handler_waits_for_the_next_message_of_its_own_guild() -> None:
    async with on_two_workers(guessing) as fake:
        for _ in range(3):
            ann = fake.user("ann")
            assert (await ann.say("!guess"))["content"] == "a number?"
            assert (await ann.say("7"))["content"] == "it was 7"


class Counter(discord.ui.View):
    """Counts presses in memory."""

    presses = 0

    @discord.ui.button(label="+", custom_id="plus-one")
    async def plus(self, interaction: discord.Interaction[Any], _button: Any) -> None:
        self.presses += 1
        await interaction.response.edit_message(content=f"{self.presses}")


def counting() -> commands.Bot:
    bot = Plain()

    @bot.tree.command(description="Count")
    async def count(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("0", view=Counter(timeout=60))

    return bot


async def test_a_view_in_memory_answers_every_press_and_each_once() -> None:
    async with on_two_workers(counting) as fake:
        ann = fake.user("ann")
        message = await ann.slash("count")
        for expected in range(1, 7):
            message = await ann.click(message, "plus-one")
            assert message["content"] == str(expected)
        assert fake.ledger()["interactions"]["repeated"] == 0


class Naming(discord.ui.Modal, title="Name"):
    """Asks for a name."""

    name: Any = discord.ui.TextInput(label="Name", custom_id="name")

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message(f"hello {self.name.value}")


def asking() -> commands.Bot:
    bot = Plain()

    @bot.tree.command(description="Ask")
    async def ask(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_modal(Naming())

    return bot


async def test_a_modal_is_answered_by_the_worker_that_showed_it() -> None:
    async with on_two_workers(asking) as fake:
        for name in ("Ann", "Bea", "Cyd", "Dee"):
            ann = fake.user("ann")
            modal = await ann.slash("ask")
            assert (await ann.submit(modal, name=name))["content"] == f"hello {name}"


class Persistent(discord.ui.View):
    """Known to every worker."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="ok", custom_id="persistent-ok")
    async def okay(self, interaction: discord.Interaction[Any], _button: Any) -> None:
        await interaction.response.send_message("ok")


def persisting() -> commands.Bot:
    class Bot(Plain):
        async def setup_hook(self) -> None:
            self.add_view(Persistent())
            await super().setup_hook()

    bot = Bot()

    @bot.tree.command(description="Show")
    async def show(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("press", view=Persistent())

    return bot


async def test_a_persistent_view_is_called_once_whoever_has_it() -> None:
    async with on_two_workers(persisting) as fake:
        ann = fake.user("ann")
        message = await ann.slash("show")
        for _ in range(6):
            assert (await ann.click(message, "persistent-ok"))["content"] == "ok"
        assert fake.ledger()["interactions"]["repeated"] == 0


async def test_a_loop_and_a_background_task_run_on_one_worker() -> None:
    looped: list[object] = []
    background: list[object] = []

    class Bot(Plain):
        async def setup_hook(self) -> None:
            self.beat.start()
            self.work = self.loop.create_task(self.run_in_background())

        @tasks.loop(seconds=0.05)
        async def beat(self) -> None:
            looped.append(self)

        async def run_in_background(self) -> None:
            await self.wait_until_ready()
            background.append(self)

        async def close(self) -> None:
            self.beat.cancel()
            self.work.cancel()
            await super().close()

    async with on_two_workers(Bot):
        await eventually(lambda: len(looped) >= 5)
        assert len(set(map(id, looped))) == 1
        assert len(background) == 1
