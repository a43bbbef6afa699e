"""Handlers that wait for a user and whose events were let go.

While somebody thinks about a guess, the guild's other events must go on: the event counts as
handled when all that is left of its handlers waits. They go on in this process, as they would in
any: if it dies they are lost, and what they raise later is counted and logged, not tried again.
"""

import asyncio
import logging
from typing import Any

from runtime.bus.ending import end
from runtime.core.routing import TrafficClass
from runtime.worker import waits
from runtime.worker.meters import Meters
from runtime.worker.scope import Scope

log = logging.getLogger(__name__)

FAILED = "failed after a wait"


class Lingering:
    """All of them of one bot.

    Args:
        tasks: where they are seen to their end.
        timeout: seconds that a handler may work, after it waited, before it is cancelled; noticed
            within twice that time.
    """

    def __init__(self, tasks: asyncio.TaskGroup, timeout: float, meters: Meters) -> None:
        self._tasks = tasks
        self._timeout = timeout
        self._meters = meters
        self._scopes: dict[Scope, asyncio.Task[None]] = {}

    def add(self, scoped: Scope, event_type: str) -> None:
        """Take over an event whose handlers wait; what they raised so far is the caller's."""
        scoped.errors.clear()
        self._scopes[scoped] = self._tasks.create_task(self._see_to_end(scoped, event_type))

    async def let_end(self, within: float) -> None:
        """Wait this many seconds for their end, then end them."""
        if self._scopes:
            log.info("waiting for %d handlers that wait for users", len(self._scopes))
            await asyncio.wait(list(self._scopes.values()), timeout=max(0.0, within))
        for scoped in list(self._scopes):
            log.warning("%s: its handler waited for a user and was ended", scoped.event_id)
            await scoped.cancel()
        await end(list(self._scopes.values()))

    async def _see_to_end(self, scoped: Scope, event_type: str) -> None:
        try:
            await self._ended(scoped)
        finally:
            del self._scopes[scoped]
        interaction = event_type == "INTERACTION_CREATE"
        traffic = TrafficClass.INTERACTION if interaction else TrafficClass.EVENT
        for error in scoped.errors:
            self._meters.ended(traffic, FAILED)
            log.error("%s: a handler failed after it had waited for a user", scoped.event_id,
                      exc_info=error)  # fmt: skip

    async def _ended(self, scoped: Scope) -> None:
        """Wait for all; end those that neither wait nor come to an end."""
        busy: set[asyncio.Task[Any]] = set()
        while running := scoped.running():
            await asyncio.wait(running, timeout=self._timeout)
            working = {one for one in scoped.running() if not waits.for_a_user(one)}
            if busy & working:
                scoped.errors.append(TimeoutError(f"still at work after {self._timeout:g} s"))
                await scoped.cancel()
                return
            busy = working
