"""Which tasks discord.py started for one event, and what they raised.

discord.py runs every handler in a task of its own and forgets it. An event may be acknowledged
only when they are done, so a task factory notes each task that is made while an event is handled,
in whatever depth, and ``finished`` waits for those that discord.py made.
"""

import asyncio
import logging
from collections.abc import Coroutine, Generator
from contextvars import ContextVar
from typing import Any

from runtime.worker import event, waits

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

    __slots__ = ("_sends", "errors", "event_id", "tasks")

    def __init__(self, event_id: str) -> None:
        self.event_id = event_id
        self.tasks: list[asyncio.Task[Any]] = []
        self.errors: list[BaseException] = []
        self._sends: dict[str, int] = {}
        event.let_wait(self.waits_for_a_user)

    def waits_for_a_user(self) -> bool:
        """Whether a handler waits for what somebody will do in Discord."""
        return any(waits.for_a_user(task) for task in self.tasks)

    def count_send(self, path: str) -> int:
        """How many messages this event's handlers have sent to a path before."""
        number = self._sends.get(path, 0)
        self._sends[path] = number + 1
        return number

    async def finished(self) -> None:
        """Wait for the handlers, and for the handlers that they caused."""
        seen = 0
        while seen < len(self.tasks):
            new = self.tasks[seen:]
            seen = len(self.tasks)
            handlers = [task for task in new if _is_handler(task)]
            if handlers:
                await self._wait(handlers)
                self.errors.extend(filter(None, map(_error_of, handlers)))

    async def _wait(self, handlers: list[asyncio.Task[Any]]) -> None:
        """Wait for all; whoever gives up waiting ends them."""
        try:
            await asyncio.wait(handlers)
        except asyncio.CancelledError:
            running = [task for task in self.tasks if _is_handler(task) and not task.done()]
            for task in running:
                task.cancel()
            if running:
                _, deaf = await asyncio.wait(running, timeout=CANCEL_WITHIN)
                for task in deaf:
                    log.warning("%s: %s cannot be cancelled", self.event_id, task.get_name())
            raise


current: ContextVar[Scope | None] = ContextVar("scope", default=None)


def is_background() -> bool:
    """Whether the running task is the bot's own, neither a handler nor made by one."""
    task = asyncio.current_task()
    named = task is not None and _is_handler(task)
    return current.get() is None and not named


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
