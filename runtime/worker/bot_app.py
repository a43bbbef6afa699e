"""Find the bot that ``BOT_APP`` names, as its author wrote it.

A file is run as a script (``script.py``); a module is imported, where ``run`` only notes the bot.
"""

import asyncio
import hashlib
import importlib
import inspect
import os
import sys
import traceback
import types
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord

from runtime.core.envelope import Envelope
from runtime.errors import ConfigurationError
from runtime.worker.script import Awaits, Runs, Script

RawHandler = Callable[[Envelope], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class BotApp:
    """A discord.py client, or a coroutine function that takes envelopes.

    ``script`` is the file that made the client and stands where it runs it; with a target of None
    it has to go on first to say which client it is.
    """

    target: discord.Client | RawHandler | None
    version: str
    script: Script | None = None

    @asynccontextmanager
    async def client(self, tasks: asyncio.TaskGroup) -> AsyncIterator[discord.Client]:
        """The client to host, for as long as this lasts; what its script is in the middle of is
        alive until then, and errors of a ``main()`` come out of ``tasks``.

        Raises:
            StartError: the script does not get to its bot.
        """
        if self.script is not None:
            async with self.script.running(tasks) as client:
                yield client
        else:
            assert isinstance(self.target, discord.Client)  # noqa: S101 - load() has checked
            yield self.target


def load(bot_app: str) -> BotApp:
    """Import what ``BOT_APP`` names: ``package.module:name``, or ``path/to/bot.py[:name]``.

    Raises:
        ConfigurationError: it cannot be imported, or is no bot; one line that says where.
    """
    place, name = _split(bot_app)
    if _is_path(place):
        return _load_script(bot_app, place, name)
    captured: list[discord.Client] = []
    with _runs_captured(captured), _user_errors(bot_app):
        module = _load_module(place)
    with _user_errors(bot_app):
        target = _find(bot_app, module, name, captured)
    return BotApp(target, _version(module))


def _load_script(bot_app: str, place: str, name: str) -> BotApp:
    path = Path(place).resolve()
    if not path.is_file():
        raise ConfigurationError(f"BOT_APP names {place}, which is not a file")
    sys.path.insert(0, str(path.parent))
    script = Script(path)
    with _user_errors(bot_app):
        halt = script.begin()
        captured = [halt.client] if isinstance(halt, Runs) else []
        if isinstance(halt, Awaits) and not name:
            return BotApp(None, _version(script.module), script)
        target = _find(bot_app, script.module, name, captured)
    version = _version(script.module)
    if isinstance(halt, Awaits) and isinstance(target, discord.Client):
        return BotApp(None, version, script)
    if isinstance(halt, Awaits):
        halt.main.close()
    return BotApp(target, version, script if captured and target is captured[0] else None)


def _split(bot_app: str) -> tuple[str, str]:
    place, colon, name = bot_app.rpartition(":")
    if not colon or (os.sep in name or name.endswith(".py")):
        return bot_app, ""
    return place, name


def _is_path(place: str) -> bool:
    return place.endswith(".py") or os.sep in place


def _load_module(name: str) -> types.ModuleType:
    if "" not in sys.path:
        sys.path.insert(0, "")
    return importlib.import_module(name)


def _find(
    bot_app: str, module: types.ModuleType, name: str, captured: list[discord.Client]
) -> discord.Client | RawHandler:
    if name:
        target = module
        for part in name.split("."):
            target = getattr(target, part)
        if isinstance(target, discord.Client) or inspect.iscoroutinefunction(target):
            return target
        kind = type(target).__name__
        raise ConfigurationError(
            f"BOT_APP {bot_app} is a {kind}: it must be a discord.py Client or Bot, "
            "or an async function that takes an Envelope"
        )
    found = captured or [v for v in vars(module).values() if isinstance(v, discord.Client)]
    if len({id(client) for client in found}) != 1:
        raise ConfigurationError(
            f"BOT_APP {bot_app}: {len(found)} bots found, name the one: {bot_app}:name"
        )
    return found[0]


@contextmanager
def _runs_captured(captured: list[discord.Client]) -> Iterator[None]:
    """While this lasts, ``Client.run`` notes its client and returns."""
    run = discord.Client.run

    def capture(self: discord.Client, *_args: Any, **_kwargs: Any) -> None:
        captured.append(self)

    discord.Client.run = capture  # type: ignore[method-assign]
    try:
        yield
    finally:
        discord.Client.run = run  # type: ignore[method-assign]


@contextmanager
def _user_errors(bot_app: str) -> Iterator[None]:
    """Turn whatever the bot's own code raises into one line."""
    try:
        yield
    except ConfigurationError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the bot's own code
        frames = traceback.extract_tb(error.__traceback__)
        where = f" ({frames[-1].filename}:{frames[-1].lineno})" if len(frames) > 1 else ""
        text = str(error).partition("\n")[0]
        raise ConfigurationError(
            f"BOT_APP {bot_app} cannot be imported: {type(error).__name__}: {text}{where}"
        ) from None


def _version(module: types.ModuleType) -> str:
    """A hash of the bot's file: the same on all workers that run the same code."""
    file = getattr(module, "__file__", None)
    source = Path(file).read_bytes() if file else module.__name__.encode()
    return hashlib.sha256(source).hexdigest()[:12]
