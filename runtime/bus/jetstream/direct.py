"""nats-py's client with a shorter way in: messages of a durable consumer go straight to a function.

nats-py puts each message into a subscription's queue, from which a task takes it; before that it
tries each of its patterns on the bytes and parses the headers. For an event of 300 bytes that is
most of what a worker does. Here a frame is cut out of what was read, its headers stay bytes until
somebody asks, and the function is called in the reading task: it must neither wait nor take long.

What is used of nats-py beneath its public face: ``Parser.parse`` and ``reset``, ``_ps``, ``_subs``,
``_process_msg``, ``_remove_sub``, ``_pending``, ``_pending_data_size`` and ``_flush_queue``. The
pin in ``pyproject.toml`` keeps to a release that has them.
Source: NATS Docs/Client Protocol, MSG and HMSG.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from nats.aio.subscription import Subscription as NatsSubscription
from nats.errors import ProtocolError
from nats.protocol.parser import MAX_CONTROL_LINE_SIZE, Parser

from runtime.bus.jetstream.client import CancellableClient

log = logging.getLogger(__name__)

Take = Callable[[bytes, bytes, bytes, bytes], None]
"""Called with subject, reply subject, headers as they came (or nothing) and body."""

_END = b"\r\n"


class _Parser(Parser):
    """Cuts frames out of what was read; everything but messages is nats-py's to understand."""

    def __init__(self, client: "DirectClient") -> None:
        self._epoch = 0
        self._rest = b""
        super().__init__(client)

    def reset(self) -> None:
        """Forget what was read: the connection is a new one."""
        super().reset()
        self._rest = b""
        self._epoch += 1

    async def parse(self, data: bytes = b"") -> None:
        """Take in what was read.

        Raises:
            ProtocolError: it is not what a NATS server says.
        """
        if self._rest:
            data = self._rest + data
        epoch, done = self._epoch, 0
        try:
            while (after := await self._frame(data, done)) > done:
                done = after
        finally:
            if epoch == self._epoch:
                self._rest = data[done:]

    async def _frame(self, data: bytes, start: int) -> int:
        """Handle the frame at ``start``; where it ends, or ``start`` when it is not all there."""
        line_end = data.find(_END, start)
        if line_end < 0:
            if len(data) - start > MAX_CONTROL_LINE_SIZE:
                raise ProtocolError
            return start
        with_headers = data.startswith(b"HMSG", start)
        if not with_headers and not data.startswith(b"MSG", start):
            await super().parse(data[start : line_end + 2])
            return line_end + 2
        body_start = line_end + 2
        try:
            _, subject, sid, *reply, size = data[start:line_end].split()
            header_size = int(reply.pop()) if with_headers else 0
            end = body_start + int(size)
            number = int(sid)
        except (ValueError, IndexError):
            raise ProtocolError from None
        if len(data) < end + 2:
            return start
        split = body_start + header_size
        await self.nc.hand_over(
            number, subject, reply[0] if reply else b"", data[body_start:split], data[split:end]
        )
        return end + 2


class DirectClient(CancellableClient):
    """A client that can hand messages straight to a function."""

    def __init__(self) -> None:
        super().__init__()
        self._ps: Any = _Parser(self)
        self._takers: dict[int, Take] = {}

    async def subscribe_directly(self, subject: str, take: Take) -> NatsSubscription:
        """Have ``take`` called for each message, in order, as it is read."""
        sub = await self.subscribe(subject)
        self._takers[sub._id] = take  # noqa: SLF001
        return sub

    async def hand_over(
        self, sid: int, subject: bytes, reply: bytes, headers: bytes, body: bytes
    ) -> None:
        """Give a message to whom it is for."""
        take = self._takers.get(sid)
        if take is None:
            await self._process_msg(sid, subject, reply, body, headers)
            return
        self.stats["in_msgs"] += 1
        self.stats["in_bytes"] += len(body)
        try:
            take(subject, reply, headers, body)
        except Exception:  # what is raised here would end the reading
            log.exception("a message on %s was not taken", subject.decode(errors="replace"))

    def send(self, command: bytes) -> None:
        """Put a command into the client's buffer; all of one turn of the loop leave together.

        While the connection is away it waits there for the next one.
        """
        if self.is_closed:
            return
        self._pending.append(command)
        self._pending_data_size += len(command)
        flushes = self._flush_queue
        if flushes is not None and self.is_connected and flushes.empty():
            flushes.put_nowait(asyncio.get_running_loop().create_future())

    def _remove_sub(self, sid: int, max_msgs: int = 0) -> None:
        self._takers.pop(sid, None)
        super()._remove_sub(sid, max_msgs)


def parse_headers(block: bytes) -> dict[str, str]:
    """The headers of a message; of a status message ``Status`` and ``Description`` besides."""
    if not block:
        return {}
    first, *lines = block.decode(errors="replace").split("\r\n")
    headers = {}
    status = first.removeprefix("NATS/1.0").strip()
    if status:
        headers["Status"], _, headers["Description"] = status.partition(" ")
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            headers[name] = value.strip()
    return headers
