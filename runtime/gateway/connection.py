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
    Patience,
    Step,
    ending_of_close,
    next_step,
)
from runtime.errors import BusUnavailable, MalformedFrame
from runtime.gateway.forwarder import Forwarder, Progress
from runtime.gateway.heartbeat import Heartbeat
from runtime.gateway.socket import KEEP_SESSION, Closed, ShardSocket
from runtime.stopping import unless_stopped

log = logging.getLogger(__name__)

HANDSHAKE_TIMEOUT = 15.0

OnConnection = Callable[[int, str, str], None]
"""Hears the shard, its new state and a detail."""


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
        on_connection: OnConnection,
        patience: Patience,
    ) -> None:
        self.number = number
        self.progress = Progress(checkpoint) if checkpoint else None
        self.last_heard = time.monotonic()
        self.is_live = False
        self._client = client
        self._forwarder = forwarder
        self._permit = permit
        self._on_connection = on_connection
        self._patience = patience
        self._socket: ShardSocket | None = None
        self._heartbeat: Heartbeat | None = None
        self._attempts = Attempts()
        self._zombie = False
        self._url = ""
        self._stop = asyncio.Event()

    async def run(self) -> Ending | None:
        """Hold the connection until ``stop`` (returns None) or until Discord refuses for good."""
        step = Step(Action.RESUME if self.progress else Action.IDENTIFY, 0.0, gap=False)
        while True:
            if step.gap and self.progress is not None:
                await self._forwarder.announce_gap(self.progress, "session given up")
                self.progress = None
            await unless_stopped(self._stop, asyncio.sleep(step.delay))
            ending, detail = await self._connect_and_read(step.action)
            self._on_connection(self.number, "ended", detail)
            step = next_step(
                ending,
                self._attempts,
                has_session=self.progress is not None,
                now=time.monotonic(),
                jitter=random.random(),
                patience=self._patience,
            )
            if ending is Ending.HANDED_OVER:
                return None
            if step.action is Action.STOP:
                return ending

    async def stop(self) -> None:
        """Stop reading; Discord keeps the session for whoever resumes it."""
        self._stop.set()
        if self._socket is not None:
            await self._socket.hang_up(KEEP_SESSION)

    async def _connect_and_read(self, action: Action) -> tuple[Ending, str]:
        socket = None
        if await unless_stopped(self._stop, self._find_url(action)):
            socket = await self._dial(action)
        if socket is None and self._stop.is_set():
            return _told(Ending.HANDED_OVER)
        if socket is None:
            self._attempts = self._attempts.failed(time.monotonic())
            return _told(Ending.NO_HANDSHAKE)
        self._on_connection(self.number, "connecting", action.value)
        return await self._hold(socket)

    async def _find_url(self, action: Action) -> None:
        await self._permit.to_connect()
        if action is Action.RESUME and self.progress is not None:
            self._url = self.progress.checkpoint.resume_gateway_url
        else:
            self.progress = None
            self._url = await self._permit.to_identify(self.number)

    async def _dial(self, action: Action) -> ShardSocket | None:
        progress = self.progress if action is Action.RESUME else None
        session = (progress.checkpoint.session_id, progress.received) if progress else None
        try:
            async with asyncio.timeout(HANDSHAKE_TIMEOUT):
                return await ShardSocket.dial(self._client, self._url, self.number, session)
        except (aiohttp.ClientError, OSError, TimeoutError, Closed, MalformedFrame) as error:
            reason = _brief(error)
        except discord.ConnectionClosed as error:
            reason = f"closed with {error.code} during the handshake"
        log.warning("shard %d: no connection to %s: %s", self.number, self._url, reason)
        return None

    async def _hold(self, socket: ShardSocket) -> tuple[Ending, str]:
        """Read one connection to its end."""
        self._socket, self._zombie = socket, False
        began = self.last_heard = time.monotonic()
        before = self._sequence
        beating = asyncio.ensure_future(self._beat(socket))
        try:
            if self._stop.is_set():
                await socket.hang_up(KEEP_SESSION)
            return await self._read(socket)
        finally:
            now = time.monotonic()
            if self.is_live or self._sequence != before:
                self._attempts = self._attempts.lived(now - began, self._patience)
            else:
                self._attempts = self._attempts.failed(now)
            self._socket, self.is_live = None, False
            beating.cancel()
            with suppress(asyncio.CancelledError):
                await beating
            await socket.hang_up(KEEP_SESSION)

    async def _read(self, socket: ShardSocket) -> tuple[Ending, str]:
        try:
            while True:
                frame = await socket.receive()
                self.last_heard = time.monotonic()
                if frame.op == frames.DISPATCH:
                    await self._on_dispatch(frame)
                    if self._forwarder.is_full:
                        return _told(Ending.PRESSURE)
                else:
                    ending = await self._on_control(socket, frame)
                    if ending is not None:
                        return _told(ending)
        except Closed as closed:
            return self._ended(closed.code)
        except MalformedFrame as error:
            log.warning("shard %d: %s", self.number, error)
            return _told(Ending.MALFORMED)
        except BusUnavailable as error:
            log.warning("shard %d: a large event cannot be stored now: %s", self.number, error)
            return _told(Ending.PRESSURE)

    def _ended(self, code: int | None) -> tuple[Ending, str]:
        if self._stop.is_set():
            return _told(Ending.HANDED_OVER)
        if self._zombie:
            return _told(Ending.ZOMBIE)
        return _told(ending_of_close(code), code)

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
            self.progress.skip(sequence)
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
            intents=self._client.intents.value,
        )
        return Progress(checkpoint)

    def _usable(self, how: str, progress: Progress) -> None:
        self.is_live = True
        self._on_connection(self.number, how, progress.checkpoint.session_id)

    async def _on_control(self, socket: ShardSocket, frame: Frame) -> Ending | None:
        match frame.op:
            case frames.HEARTBEAT_ACK:
                if self._heartbeat is not None:
                    self._heartbeat.acknowledged()
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
        self._heartbeat = Heartbeat(socket.heartbeat_interval, lambda: socket.beat(self._sequence))
        await self._heartbeat.run()
        self._zombie = True
        await socket.hang_up(KEEP_SESSION)


def _told(ending: Ending, code: int | None = None) -> tuple[Ending, str]:
    """An ending and its words for the log."""
    return ending, ending.value if code is None else f"{ending.value}: {code}"


def _brief(error: Exception) -> str:
    if isinstance(error, aiohttp.WSServerHandshakeError):
        return f"answered with status {error.status}"
    return str(error) or type(error).__name__
