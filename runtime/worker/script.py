"""Run a bot's script as ``python bot.py`` would, up to where it connects, and later to its end.

What stands around ``bot.run(TOKEN)`` must live as long as the worker: a ``with``, a ``try``, or the
``async with`` of a ``main()`` given to ``asyncio.run``. So the script runs on a stack of its own (a
greenlet), which is left where the script would block and entered again when the worker stops. A
``main()`` runs as a task of the worker's loop and is held where it logs in.
"""

import asyncio
import logging
import sys
import types
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import greenlet  # type: ignore[import-untyped]

from runtime.errors import ConfigurationError, StartError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Runs:
    """The script has called ``Client.run`` and waits for it to return."""

    client: discord.Client


@dataclass(frozen=True, slots=True)
class Awaits:
    """The script has called ``asyncio.run`` and waits for the result."""

    main: Coroutine[Any, Any, Any]


Halt = Runs | Awaits | None
"""Where the script stands; None when it has ended."""


class Script:
    """One script, from its first line to its last."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.module = types.ModuleType("__main__")
        self.module.__file__ = str(path)
        self.halt: Halt = None
        self._stack = greenlet.greenlet(self._execute)
        self._main: asyncio.Task[Any] | None = None
        self._ending = False

    def begin(self) -> Halt:
        """Execute as ``__main__`` until the script blocks or ends; raises whatever it raises."""
        sys.modules["__main__"] = self.module
        self._go_on()
        return self.halt

    def _execute(self) -> None:
        code = compile(self.path.read_bytes(), str(self.path), "exec")
        exec(code, self.module.__dict__)  # noqa: S102 - the operator's own bot

    def _go_on(self, value: Any = None, error: BaseException | None = None) -> None:
        self.halt = None
        with _blocking_calls_leave(self._stack):
            stack = self._stack
            if error is not None:
                self.halt = stack.throw(error)
            else:
                self.halt = stack.switch(value) if stack else stack.switch()

    @asynccontextmanager
    async def running(self, tasks: asyncio.TaskGroup) -> AsyncIterator[discord.Client]:
        """The client that the script connects; afterwards the script ends as at Ctrl-C.

        Raises:
            StartError: it ends, or fails, without one; through ``tasks`` also when a ``main()``
                ends by itself later on.
        """
        client = await self._until_connecting()
        if self._main is not None:
            tasks.create_task(self._watch(self._main))
        try:
            yield client
        finally:
            self._ending = True
            await self._end()

    async def _until_connecting(self) -> discord.Client:
        while True:
            match self.halt:
                case Runs(client):
                    return client
                case Awaits(main):
                    connecting = asyncio.get_running_loop().create_future()
                    task = _task_of(main, connecting)
                    await asyncio.wait([task, connecting], return_when=asyncio.FIRST_COMPLETED)
                    if connecting.done():
                        self._main = task
                        return connecting.result()  # type: ignore[no-any-return]
                    self._resume_start(task)
                case None:
                    raise StartError(f"{self.path.name} has ended without running a bot")

    def _resume_start(self, task: asyncio.Task[Any]) -> None:
        try:
            self._return(task)
        except (Exception, SystemExit) as error:
            what = f"{type(error).__name__}: {error}"
            raise StartError(f"{self.path.name} has failed: {what}") from error

    def _return(self, task: asyncio.Task[Any]) -> None:
        """Let ``asyncio.run`` return, or raise, in the script."""
        error = KeyboardInterrupt() if task.cancelled() else task.exception()
        self._go_on(None if error else task.result(), error)

    async def _watch(self, main: asyncio.Task[Any]) -> None:
        await asyncio.wait([main])
        if not self._ending:
            error = None if main.cancelled() else main.exception()
            what = "" if error is None else f": {type(error).__name__}: {error}"
            raise StartError(f"main() of {self.path.name} has ended by itself{what}") from error

    async def _end(self) -> None:
        if self._main is not None:
            self._main.cancel()
            await asyncio.wait([self._main])
        with _last_errors_logged(self.path.name):
            if self._main is None:
                self._go_on()
            else:
                self._return(self._main)
            while isinstance(self.halt, Awaits):  # what it does after the bot
                task = _task_of(self.halt.main, _NO_MORE_BOTS)
                await asyncio.wait([task])
                self._return(task)
            if self.halt is not None:
                self._go_on(error=KeyboardInterrupt())  # a loop that starts its bot again


@contextmanager
def _last_errors_logged(name: str) -> Iterator[None]:
    try:
        with suppress(KeyboardInterrupt, SystemExit):
            yield
    except Exception:
        log.exception("%s has failed after its bot was closed", name)


def leave(halt: Halt) -> Any:
    """In a script: stand here until the worker goes on; what it gives is the result."""
    return greenlet.getcurrent().parent.switch(halt)


@contextmanager
def _blocking_calls_leave(stack: Any) -> Iterator[None]:
    """While this lasts, what would block ``stack`` leaves it instead."""
    places: list[tuple[Any, str, Callable[..., Any]]] = [
        (discord.Client, "run", lambda client, *_a, **_k: leave(Runs(client))),
        (asyncio, "run", lambda main, **_k: leave(Awaits(main))),
        (asyncio.Runner, "run", lambda _runner, main, **_k: leave(Awaits(main))),
        (asyncio.BaseEventLoop, "run_until_complete", lambda _l, main: leave(Awaits(main))),
    ]
    before = [getattr(where, name) for where, name, _ in places]

    def on_own_stack(instead: Callable[..., Any], original: Callable[..., Any]) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            called = instead if greenlet.getcurrent() is stack else original
            return called(*args, **kwargs)

        return call

    for (where, name, instead), original in zip(places, before, strict=True):
        setattr(where, name, on_own_stack(instead, original))
    try:
        yield
    finally:
        for (where, name, _), original in zip(places, before, strict=True):
            setattr(where, name, original)


class _Full:
    """In place of the future that takes a client, when none is wanted."""

    def done(self) -> bool:
        return True


_NO_MORE_BOTS: Any = _Full()
_connecting: ContextVar[Any] = ContextVar("connecting", default=None)


def _task_of(main: Coroutine[Any, Any, Any], connecting: Any) -> asyncio.Task[Any]:
    """Start a ``main()`` whose client is handed to ``connecting`` when it logs in."""
    client_type: Any = discord.Client
    client_type.login = _login
    token = _connecting.set(connecting)
    try:
        # Its end is the script's to see, not a task group's.
        return asyncio.get_running_loop().create_task(main)
    finally:
        _connecting.reset(token)


_real_login = discord.Client.login


async def _login(client: discord.Client, token: str) -> None:
    """``Client.login``; in a ``main()`` of ours the worker does it, and we wait until it has."""
    connecting = _connecting.get()
    if connecting is None:
        await _real_login(client, token)
        return
    if connecting.done():
        raise ConfigurationError("a worker runs one bot, and this one came second")
    inner: Any = client
    if inner._ready is discord.utils.MISSING:  # noqa: SLF001
        await inner._async_setup_hook()  # noqa: SLF001
    client.connect = _stay_connected  # type: ignore[method-assign]
    connecting.set_result(client)
    await inner._ready.wait()  # noqa: SLF001


async def _stay_connected(*, reconnect: bool = True) -> None:  # noqa: ARG001 - as Client.connect
    await asyncio.Event().wait()
