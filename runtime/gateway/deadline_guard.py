"""Defers interactions that no worker has answered in time, so that they stay answerable.

It needs no token: the interaction's own is in the URL. The worker's late answer becomes an edit
(see ``worker.responses``).
"""

import asyncio
import logging
import time
from contextlib import suppress

import aiohttp
import msgspec

from runtime.bus.interface import Bus, Message
from runtime.core import deadline
from runtime.core.deadline import DEFERRALS, Interaction
from runtime.core.routing import Subjects
from runtime.discord_api import API_VERSION
from runtime.settings import Settings
from runtime.telemetry import Telemetry

log = logging.getLogger(__name__)

TIMEOUT = 2.0


class DeadlineGuard:
    """Hears of interactions from the forwarder and of answers from the workers."""

    def __init__(
        self, bus: Bus, subjects: Subjects, settings: Settings, telemetry: Telemetry
    ) -> None:
        self._bus = bus
        self._answered = deadline.answered_subject(subjects.root)
        self._base = f"{settings.discord_api_url}/v{API_VERSION}/interactions"
        self._waiting = deadline.DeadlineGuard(settings.defer_after)
        self._wake = asyncio.Event()
        self._deferred = telemetry.counter(
            "gateway_deferred", "Interactions deferred for workers that were too slow", "outcome"
        )

    def seen(self, d: msgspec.Raw) -> None:
        """An interaction goes to the workers; what cannot be read is left to them, too."""
        try:
            interaction = deadline.decode_interaction(d)
            if self._waiting.seen(interaction, time.time()):
                self._wake.set()
        except (msgspec.DecodeError, ValueError):
            log.warning("an interaction without id, token and type is not guarded")

    async def run(self) -> None:
        """Guard for ever.

        Raises:
            BusUnavailable: the workers' answers cannot be heard.
        """
        timeout = aiohttp.ClientTimeout(total=TIMEOUT)
        hearing = await self._bus.subscribe(self._answered, self._on_answered)
        try:
            async with aiohttp.ClientSession(timeout=timeout) as http, asyncio.TaskGroup() as tasks:
                while True:
                    await self._nap()
                    for interaction in self._waiting.due(time.time()):
                        tasks.create_task(self._defer(http, interaction))
        finally:
            await hearing.stop()

    async def _on_answered(self, message: Message) -> None:
        self._waiting.answered(message.body.decode(errors="replace"))

    async def _nap(self) -> None:
        """Until the next may be due, as far as is known now."""
        self._wake.clear()
        seconds = self._waiting.next_due(time.time())
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    async def _defer(self, http: aiohttp.ClientSession, interaction: Interaction) -> None:
        url = f"{self._base}/{interaction.id}/{interaction.token}/callback"
        try:
            answer = await http.post(url, json={"type": DEFERRALS[interaction.type]})
            answer.release()
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            outcome = "failed"
            log.warning("interaction %s cannot be deferred: %s", interaction.id, error)
        else:  # 400: somebody was faster, 404: it is too late
            outcome = {400: "answered", 404: "late"}.get(answer.status, "failed")
            outcome = "deferred" if answer.ok else outcome
        self._deferred.labels(outcome).inc()
