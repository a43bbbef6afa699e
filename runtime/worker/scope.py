"""Which tasks discord.py started for one event, and what they raised.

discord.py runs every handler in a task of its own and forgets it. An event may be acknowledged
only when they are done, so a task factory notes each task that is made while an event is handled,
in whatever depth, and ``finished`` waits for those that discord.py made.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Generator
from contextvars import ContextVar
from typing import Any

log = logging.getLogger(__name__)

CANCEL_WITHIN = 2.0
"""Seconds that a cancelled handler has to end."""

_HANDLERS = (
    "discord.py: ",
    "CommandTree-invoker",
    "discord-ui-view-dispatch-",
    "discord-ui-modal-dispatch-",
    "discord-ui-dynamic-item-",
)


class Scope:
    """One event in hand."""

    __slots__ = ("_sends", "_waited", "_woken", "context", "errors", "event_id", "tasks")

    def __init__(self, event_id: str) -> None:
        self.event_id = event_id
        self.tasks: list[asyncio.Task[Any]] = []
        self.errors: list[BaseException] = []
        self.context: Any = None
        """discord.py's, of the prefix command that the event has called."""
        self._sends: dict[str, int] = {}
        self._woken: asyncio.Future[None] | None = None
        self._waited = False  # one of them has, so each that ends may leave only those that wait

    def count_send(self, path: str) -> int:
        """How many messages this event's handlers have sent to a path before."""
        number = self._sends.get(path, 0)
        self._sends[path] = number + 1
        return number

    def running(self) -> list[asyncio.Task[Any]]:
        """The handlers that have not ended; what those raised that have is in ``errors``."""
        running = []
        for task in self.tasks:
            if not task.done():
                running.append(task)
            elif _is_handler(task) and (error := _error_of(task)) is not None:
                self.errors.append(error)
        self.tasks[:] = running
        return [task for task in running if _is_handler(task)]

    async def finished(
        self, may_go: Callable[[asyncio.Task[Any]], bool] | None = None
    ) -> list[asyncio.Task[Any]]:
        """Wait for the handlers, and for the handlers that they caused.

        Returns early, with those that are left, when ``may_go`` is true of each of them; it is
        asked whenever ``note_wait`` was called in one.
        """
        while running := self.running():
            if may_go is not None and all(map(may_go, running)):
                return running
            await self._wait(running)
        return []

    def wake(self) -> None:
        """Look at the handlers again, now that the running one has come to rest."""
        self._waited = True
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)

    async def _wait(self, handlers: list[asyncio.Task[Any]]) -> None:
        """Wait for all, or to be woken; whoever gives up waiting ends them."""
        self._woken = woken = asyncio.get_running_loop().create_future()
        left = len(handlers)

        def on_done(_task: asyncio.Task[Any]) -> None:
            nonlocal left
            left -= 1
            if (self._waited or not left) and not woken.done():
                woken.set_result(None)

        for task in handlers:
            task.add_done_callback(on_done)
        try:
            await woken
        except asyncio.CancelledError:
            await self.cancel()
            raise
        finally:
            self._woken = None
            for task in handlers:
                task.remove_done_callback(on_done)

    async def cancel(self) -> None:
        """End the handlers that run."""
        running = self.running()
        for task in running:
            task.cancel()
        if running:
            _, deaf = await asyncio.wait(running, timeout=CANCEL_WITHIN)
            for task in deaf:
                log.warning("%s: %s cannot be cancelled", self.event_id, task.get_name())


current: ContextVar[Scope | None] = ContextVar("scope", default=None)


def is_background() -> bool:
    """Whether the running task is the bot's own, neither a handler nor made by one."""
    task = asyncio.current_task()
    named = task is not None and _is_handler(task)
    return current.get() is None and not named


def note_wait() -> None:
    """Say that the running handler is about to wait for a user."""
    scope = current.get()
    if scope is not None:
        asyncio.get_running_loop().call_soon(scope.wake)


def note_context(context: Any) -> None:
    """Say that the event in hand has called a prefix command."""
    scope = current.get()
    if scope is not None:
        scope.context = context


def note_error(error: BaseException) -> None:
    """Count an error against the event in hand."""
    scope = current.get()
    if scope is not None:
        scope.errors.append(error)


def _is_handler(task: asyncio.Task[Any]) -> bool:
    return task.get_name().startswith(_HANDLERS)


def _error_of(task: asyncio.Task[Any]) -> BaseException | None:
    return None if task.cancelled() else task.exception()


def task_factory(
    loop: asyncio.AbstractEventLoop,
    coro: Coroutine[Any, Any, Any] | Generator[Any, None, Any],
    **kwargs: Any,
) -> asyncio.Task[Any]:
    """For ``loop.set_task_factory``."""
    task: asyncio.Task[Any] = asyncio.Task(coro, loop=loop, **kwargs)
    scope = current.get()
    if scope is not None:
        scope.tasks.append(task)
    return task
