"""All shards of this process: begun, held, watched, and handed over at the end."""

import asyncio
import logging
import time

import discord

from runtime.core.session import Patience
from runtime.core.shards import ShardRange
from runtime.errors import StartError
from runtime.gateway.checkpoints import Checkpoints
from runtime.gateway.connection import Permit, Shard
from runtime.gateway.forwarder import Forwarder, Progress
from runtime.telemetry import Telemetry

log = logging.getLogger(__name__)

CHECKPOINT_EVERY = 0.25
SILENT_AFTER = 90.0
HANG_UP_WITHIN = 4.0


class Shards:
    """The connections of one process, none before ``load``."""

    def __init__(self, forwarder: Forwarder, telemetry: Telemetry, patience: Patience) -> None:
        self._forwarder = forwarder
        self._patience = patience
        self._shards: list[Shard] = []
        self._begun = telemetry.counter("gateway_connections", "Sessions begun or resumed", "kind")
        for kind in ("identify", "resume"):
            self._begun.labels(kind)
        self._ended = telemetry.counter("gateway_disconnections", "Connections that ended", "why")
        telemetry.gauge("gateway_shards_live", "Shards whose session is live").set_function(
            lambda: sum(shard.is_live for shard in self._shards)
        )

    @property
    def are_connected(self) -> bool:
        """Whether every shard has a live session."""
        return bool(self._shards) and all(shard.is_live for shard in self._shards)

    @property
    def hear(self) -> bool:
        """Whether no connected socket has been silent for longer than heartbeats allow."""
        now = time.monotonic()
        return all(now - shard.last_heard < SILENT_AFTER for shard in self._shards if shard.is_live)

    async def load(
        self,
        held: ShardRange,
        client: discord.Client,
        permit: Permit,
        checkpoints: Checkpoints,
    ) -> None:
        """Make the shards, each with the session that the process before this one left."""
        intents = client.intents.value
        for number in held.numbers:
            checkpoint = await checkpoints.load(number)
            changed = checkpoint.differs(held.total, intents) if checkpoint is not None else ""
            if checkpoint is not None and changed:
                log.warning("shard %d: a new session, since %s", number, changed)
                await self._forwarder.announce_gap(Progress(checkpoint), changed)
                checkpoint = None
            self._shards.append(
                Shard(
                    number,
                    client,
                    self._forwarder,
                    permit,
                    checkpoint,
                    self._on_connection,
                    self._patience,
                )
            )

    async def hold(self, stop: asyncio.Event) -> None:
        """Hold all of them until ``stop``; then hang up so that each can be resumed.

        Raises:
            StartError: Discord refuses one for good.
        """
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(self._hold(shard)) for shard in self._shards]
            await stop.wait()
            await asyncio.gather(*(shard.stop() for shard in self._shards))
            if running:
                _, late = await asyncio.wait(running, timeout=HANG_UP_WITHIN)
                for task in late:
                    task.cancel()

    async def _hold(self, shard: Shard) -> None:
        refused = await shard.run()
        if refused is not None:
            raise StartError(f"Discord refuses the connection: {refused.value}")

    async def keep_saving(self, checkpoints: Checkpoints) -> None:
        """Write how far each shard is safe, again and again."""
        while True:
            await asyncio.sleep(CHECKPOINT_EVERY)
            await self.save(checkpoints)

    async def save(self, checkpoints: Checkpoints) -> None:
        """Write how far each shard is safe.

        Raises:
            RevisionConflict: another gateway writes these checkpoints.
        """
        for shard in self._shards:
            if shard.progress is not None:
                await checkpoints.save(shard.progress)

    def _on_connection(self, shard: int, what: str, detail: str) -> None:
        """Every change of a connection: one log line, one count."""
        match what:
            case "identified" | "resumed":
                self._begun.labels("identify" if what == "identified" else "resume").inc()
            case "ended":
                self._ended.labels(detail).inc()
        log.info("connection", extra={"fields": {"shard": shard, "state": what, "detail": detail}})
