"""One shard's connection to Discord, for as long as the process lives.

``run`` is the loop: connect, read until the connection ends, ask ``core.session`` what follows.
It is our loop and not discord.py's, which forgets the session when the process ends, keeps a dead
resume URL for ever and answers a refused RESUME with a RESUME.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

import aiohttp
import discord

from runtime.core import frame as frames
from runtime.core.frame import Frame
from runtime.core.session import (
    Action,
    Attempts,
    Checkpoint,
    Ending,
    Step,
    ending_of_close,
    next_step,
)
from runtime.errors import MalformedFrame
from runtime.gateway.forwarder import Forwarder, Progress
from runtime.gateway.socket import Closed, ShardSocket

log = logging.getLogger(__name__)

HANDSHAKE_TIMEOUT = 15.0
KEEP_SESSION = 4000
END_SESSION = 1000


class Permit(Protocol):
    """Who may connect, and when."""

    async def to_identify(self, shard: int) -> str:
        """Wait until the shard may IDENTIFY; the base URL to do it at."""

    async def to_connect(self) -> None:
        """Wait until this process is sure to be the only gateway, and has room for events."""


class Shard:
    """One shard and its session."""

    def __init__(
        self,
        number: int,
        client: discord.Client,
        forwarder: Forwarder,
        permit: Permit,
        checkpoint: Checkpoint | None,
        on_connection: Callable[[int, str, str], None],
    ) -> None:
        self.number = number
        self.progress = Progress(checkpoint) if checkpoint else None
        self.last_heard = time.monotonic()
        self._client = client
        self._forwarder = forwarder
        self._permit = permit
        self._on_connection = on_connection
        self._socket: ShardSocket | None = None
        self._ending: Ending | None = None
        self._attempts = Attempts()
        self._acknowledged = True
        self._stopping = False
        self.is_live = False

    async def run(self) -> Ending | None:
        """Hold the connection until ``stop`` (returns None) or until Discord refuses for good."""
        step = Step(Action.RESUME if self.progress else Action.IDENTIFY, 0.0, gap=False)
        while not self._stopping:
            if step.gap and self.progress is not None:
                await self._forwarder.announce_gap(self.progress, "session given up")
                self.progress = None
            await asyncio.sleep(step.delay)
            ending = await self._connect_and_read(step.action)
            self._on_connection(self.number, "ended", ending.value)
            step = next_step(
                ending,
                self._attempts,
                has_session=self.progress is not None,
                now=time.monotonic(),
                jitter=random.random(),
            )
            if step.action is Action.STOP and not self._stopping:
                return ending
        return None

    async def stop(self) -> None:
        """Stop reading; Discord keeps the session for whoever resumes it."""
        self._stopping = True
        if self._socket is not None:
            await self._socket.hang_up(KEEP_SESSION)

    async def _connect_and_read(self, action: Action) -> Ending:
        self._ending = None
        await self._permit.to_connect()
        session = None
        if action is Action.RESUME and self.progress is not None:
            url = self.progress.checkpoint.resume_gateway_url
            session = (self.progress.checkpoint.session_id, self.progress.received)
        else:
            self.progress = None
            url = await self._permit.to_identify(self.number)
        if self._stopping:
            return Ending.ABORTED
        socket = await self._dial(url, session)
        if socket is None:
            self._attempts = self._attempts.failed(time.monotonic())
            return Ending.NO_HANDSHAKE
        self._on_connection(self.number, "connecting", action.value)
        return await self._hold(socket)

    async def _dial(self, url: str, session: tuple[str, int] | None) -> ShardSocket | None:
        try:
            async with asyncio.timeout(HANDSHAKE_TIMEOUT):
                return await ShardSocket.dial(self._client, url, self.number, session)
        except (aiohttp.ClientError, OSError, TimeoutError, Closed, MalformedFrame) as error:
            log.warning("shard %d: no connection to %s: %s", self.number, url, _brief(error))
        except discord.ConnectionClosed as error:
            log.warning("shard %d: closed during the handshake: %s", self.number, error.code)
        return None

    async def _hold(self, socket: ShardSocket) -> Ending:
        """Read one connection to its end."""
        self._socket, self._acknowledged = socket, True
        self.last_heard = time.monotonic()
        beating = asyncio.ensure_future(self._beat(socket))
        try:
            if self._stopping:
                await socket.hang_up(KEEP_SESSION)
            ending = await self._read(socket)
        finally:
            self._socket, was_live, self.is_live = None, self.is_live, False
            beating.cancel()
            with suppress(asyncio.CancelledError):
                await beating
            await socket.hang_up(KEEP_SESSION)
        if not was_live:
            self._attempts = self._attempts.failed(time.monotonic())
        return ending

    async def _read(self, socket: ShardSocket) -> Ending:
        try:
            while True:
                frame = await socket.receive()
                self.last_heard = time.monotonic()
                if frame.op == frames.DISPATCH:
                    await self._on_dispatch(frame)
                    if self._forwarder.is_full:
                        return Ending.PRESSURE
                else:
                    ending = await self._on_control(socket, frame)
                    if ending is not None:
                        return ending
        except Closed as closed:
            return self._ending or ending_of_close(closed.code)
        except MalformedFrame as error:
            log.warning("shard %d: %s", self.number, error)
            return Ending.MALFORMED

    async def _on_dispatch(self, frame: Frame) -> None:
        sequence = frame.s or 0
        if frame.t == "READY":
            self.progress = self._new_session(frame)
            self._usable("identified", self.progress)
        if self.progress is None:
            raise MalformedFrame(f"{frame.t} before READY")
        if frame.t == "RESUMED":
            self._usable("resumed", self.progress)
        if frame.t in {"READY", "RESUMED"}:
            self.progress.received = sequence
            self.progress.watermark.received(sequence)
            self.progress.watermark.stored(sequence)
        else:
            await self._forwarder.forward(self.progress, frame)

    def _new_session(self, frame: Frame) -> Progress:
        ready = frames.ready(frame)
        checkpoint = Checkpoint(
            session_id=ready.session_id,
            resume_gateway_url=ready.resume_gateway_url,
            seq=0,
            shard=self.number,
            shard_count=self._client.shard_count or 1,
        )
        return Progress(checkpoint)

    def _usable(self, how: str, progress: Progress) -> None:
        self.is_live = True
        self._attempts = Attempts()
        self._on_connection(self.number, how, progress.checkpoint.session_id)

    async def _on_control(self, socket: ShardSocket, frame: Frame) -> Ending | None:
        match frame.op:
            case frames.HEARTBEAT_ACK:
                self._acknowledged = True
            case frames.HEARTBEAT:
                await socket.beat(self._sequence)
            case frames.RECONNECT:
                return Ending.RECONNECT
            case frames.INVALID_SESSION:
                resumable = bytes(frame.d) == b"true"
                return Ending.INVALID_RESUMABLE if resumable else Ending.INVALID
            case _:
                log.info("shard %d: op %d is not known, left out", self.number, frame.op)
        return None

    @property
    def _sequence(self) -> int | None:
        return self.progress.received if self.progress else None

    async def _beat(self, socket: ShardSocket) -> None:
        """Send heartbeats; a beat without acknowledgement before the next is a dead connection."""
        await asyncio.sleep(socket.heartbeat_interval * random.random())
        while True:
            self._acknowledged = False
            await socket.beat(self._sequence)
            await asyncio.sleep(socket.heartbeat_interval)
            if not self._acknowledged:
                self._ending = Ending.ZOMBIE
                await socket.hang_up(KEEP_SESSION)
                return


def _brief(error: Exception) -> str:
    if isinstance(error, aiohttp.WSServerHandshakeError):
        return f"answered with status {error.status}"
    return str(error) or type(error).__name__
