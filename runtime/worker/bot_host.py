"""Hosts a discord.py client without a connection: events go into the library's own parsers."""

import asyncio
import functools
import logging
import time
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self

import discord
import msgspec
from discord import app_commands
from discord.ext import commands

from runtime.bus.ending import end
from runtime.core.envelope import Envelope
from runtime.core.routing import AMBIENT_TYPES
from runtime.errors import BusError
from runtime.worker import no_socket, scope, waits
from runtime.worker.guild_state import GuildState
from runtime.worker.lingering import Lingering
from runtime.worker.members import Members
from runtime.worker.meters import Meters
from runtime.worker.responses import Responses
from runtime.worker.rest_client import RestClient
from runtime.worker.scope import Scope
from runtime.worker.seen import Seen
from runtime.worker.turns import Turns
from runtime.worker.waiters import Waiters

log = logging.getLogger(__name__)

NO_TOKEN = "a-worker-has-no-token"  # noqa: S105 - never sent: requests go over the bus
FIRST_GUILDS = 200
"""Guilds that a bot without any waits for before it is ready: those that one request names."""
GUILDS_WITHIN = 20.0
_AMBIENT_HANDLERS = {
    "PRESENCE_UPDATE": ("presence_update", "raw_presence_update"),
    "TYPING_START": ("typing", "raw_typing"),
}


class HandlerError(Exception):
    """A handler of the bot raised; the text is what it raised."""


class BotHost:
    """A bot that is logged in through the gateway; ``async with`` starts and closes it."""

    def __init__(
        self,
        bot: discord.Client,
        rest: RestClient,
        guilds: GuildState,
        waiters: Waiters,
        seen: Seen,
        members: Members,
        lingering: Lingering,
        meters: Meters,
    ) -> None:
        self.bot = bot
        self._rest = rest
        self._guilds = guilds
        self._waiters = waiters
        self._seen = seen
        self._members = members
        self._lingering = lingering
        self._meters = meters
        self._responses = Responses(bot, rest.tell_answered)
        self._state: Any = bot._connection  # noqa: SLF001
        self._waiting: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        asyncio.get_running_loop().set_task_factory(scope.task_factory)
        self.bot.http.request = self._rest.request  # type: ignore[method-assign]
        no_socket.install(self.bot)
        waits.install()
        self._responses.install()
        self._note_errors()
        if self.bot._ready is discord.utils.MISSING:  # noqa: SLF001 - else its main() has done so
            await self.bot.__aenter__()
        return self

    async def start(self) -> None:
        """Run ``login`` (with its ``setup_hook``), and say that the bot is ready when it is.

        Raises:
            discord.HTTPException: the gateway does not answer, or Discord refuses.
        """
        await self.bot.login(NO_TOKEN)
        there = await self._guilds.open()
        await self._waiters.open()
        self.bot.dispatch("connect")
        if there:
            self._become_ready()
        else:
            self._waiting = asyncio.create_task(self._await_guilds())

    async def let_end(self, within: float) -> None:
        """Give handlers whose events were let go this many seconds, then end them."""
        await self._lingering.let_end(within)

    async def _await_guilds(self) -> None:
        """At a bot's very first start its guilds are still to come: be ready when they are there.

        Not waited for, as it is this worker, too, that has to take them in.
        """
        try:
            guilds = await self.bot.http.get_guilds(FIRST_GUILDS)
            await self._guilds.complete([int(one["id"]) for one in guilds], GUILDS_WITHIN)
        except (discord.HTTPException, BusError) as error:
            log.warning("ready, but not knowing all guilds: %s", error)
        self._become_ready()

    def _become_ready(self) -> None:
        ready: asyncio.Event = self.bot._ready  # noqa: SLF001
        ready.set()
        self._state.call_handlers("ready")
        self.bot.dispatch("ready")

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._waiting is not None:
            await end([self._waiting])
        self._responses.uninstall()
        await self._waiters.close()
        await self._guilds.close()
        await self.bot.__aexit__(kind, error, trace)

    def event_types(self) -> list[str]:
        """What the library can parse, without ambient types that nobody listens to."""
        types = set(self._state.parsers) | {"GAP"}
        for event_type in AMBIENT_TYPES:
            if not any(self._has_handler(name) for name in _AMBIENT_HANDLERS[event_type]):
                types.discard(event_type)
        return sorted(types - {"READY", "RESUMED"})

    def _has_handler(self, name: str) -> bool:
        extra = getattr(self.bot, "extra_events", {})
        return hasattr(self.bot, f"on_{name}") or bool(extra.get(f"on_{name}"))

    async def handle(self, envelope: Envelope) -> None:
        """Feed one event to the bot and wait for its handlers, but not while all wait for a user.

        Raises:
            HandlerError: one of them raised.
            msgspec.DecodeError: the body is not JSON.
        """
        data = msgspec.json.decode(envelope.body)
        await self._guilds.before(envelope.event_type, data)
        if self._members.needs(envelope.event_type):
            async with self._members.known(data):
                await self._handle(envelope, data)
        else:
            await self._handle(envelope, data)

    async def _handle(self, envelope: Envelope, data: Any) -> None:
        event_type = envelope.event_type
        needs_seen = self._seen.needs(event_type)
        kept = await self._seen.before(event_type, data) if needs_seen else {}
        scoped = self._feed(envelope, data)
        await self._guilds.after(event_type, data)
        if needs_seen:
            await self._seen.keep(event_type, data, envelope.body)
        began = time.monotonic()
        patient = await scoped.finished(waits.for_a_user)
        if scoped.context is not None:  # by now its command is the inmost of a group
            name = scoped.context.command.qualified_name
            self._meters.prefix_command(name, time.monotonic() - began)
        errors = list(scoped.errors)
        if patient:
            self._lingering.add(scoped, event_type)
        if errors:
            raise HandlerError(f"{type(errors[0]).__name__}: {errors[0]}") from errors[0]
        if kept:
            await self._seen.after(event_type, data, kept)

    def _feed(self, envelope: Envelope, data: Any) -> Scope:
        scoped = Scope(envelope.id)
        token = scope.current.set(scoped)
        try:
            if envelope.event_type == "GAP":
                self.bot.dispatch("gap", data)
            else:
                self._waiters.feed(envelope.event_type, data)
        finally:
            scope.current.reset(token)
        return scoped

    def _note_errors(self) -> None:
        """Hear of errors that nobody but the library's own log would hear of."""
        bot: Any = self.bot
        bot._run_event = functools.partial(_run_event, bot, Turns())  # noqa: SLF001
        tree: Any = self._state._command_tree  # noqa: SLF001
        if tree is not None and type(tree).on_error is app_commands.CommandTree.on_error:
            tree.on_error = _tree_error(tree.on_error)


async def _run_event(
    bot: Any,
    turns: Turns,
    coro: Callable[..., Coroutine[Any, Any, Any]],
    event_name: str,
    *args: Any,
    **kwargs: Any,
) -> None:
    """``Client._run_event``, with the error noted, in a turn of the loop that has time for it."""
    try:
        if not turns.is_free():
            await turns.wait(first=event_name == "interaction")
        if _is_unhandled_command_error(bot, event_name, args):
            scope.note_error(args[1].original)
        await coro(*args, **kwargs)
    except asyncio.CancelledError:
        pass
    except Exception as error:  # noqa: BLE001 - the bot's own code
        scope.note_error(error)
        await bot.on_error(event_name, *args, **kwargs)


def _is_unhandled_command_error(bot: Any, event_name: str, args: tuple[Any, ...]) -> bool:
    if event_name != "on_command_error" or not isinstance(args[1], commands.CommandInvokeError):
        return False
    context = args[0]
    return (
        type(bot).on_command_error is commands.Bot.on_command_error
        and not bot.extra_events.get("on_command_error")
        and not context.command.has_error_handler()
        and not (context.cog and context.cog.has_error_handler())
    )


def _tree_error(on_error: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., Any]:
    @functools.wraps(on_error)
    async def noted(
        interaction: discord.Interaction[Any], error: app_commands.AppCommandError
    ) -> None:
        command = interaction.command
        handled = command is not None and command._has_any_error_handlers()  # noqa: SLF001
        if isinstance(error, app_commands.CommandInvokeError) and not handled:
            scope.note_error(error.original)
        await on_error(interaction, error)

    return noted
