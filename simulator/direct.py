"""`--direct`: the same events straight into NATS, with no gateway between.

The one module of the simulator that imports the runtime, and of it only `core` and `bus`: to the
workers it is the gateway. A session of the hub per shard feeds it, so numbering, replay bounds and
ledger are those of any client; workers' REST requests are answered by the simulator's own REST.
Nobody defers interactions here: the gateway's deadline guard is left out on purpose.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from http import HTTPStatus
from urllib.parse import unquote

import msgspec

from runtime.bus.bodies import Bodies
from runtime.bus.interface import Bus, Message, Stored
from runtime.bus.jetstream import Address, JetStreamBus
from runtime.core import rest
from runtime.core.envelope import Envelope
from runtime.core.rest import RestReply, RestRequest
from runtime.core.routing import AMBIENT_TYPES, Subjects
from runtime.core.topology import Topology
from runtime.errors import BusError, BusUnavailable, ConfigurationError, MultipodError, StartError
from simulator.app import FakeDiscord
from simulator.core import intents
from simulator.core.rest.route import File, Request, Response
from simulator.core.session import Session, Signal, State
from simulator.errors import CannotStart, WrongValue

BOUND = 20_000  # events that the broker has not acknowledged, at most
_TURN = 200  # events between two turns of the event loop
_FULL = 0.002  # seconds to leave the broker alone when it has too much
_LAST_ACKNOWLEDGEMENTS = 5.0
_TOKEN = "direct"  # noqa: S105 - no secret: sessions need some token


@asynccontextmanager
async def publishing(
    discord: FakeDiscord, url: str, prefix: str = "discord", *, creds: str = "", ca: str = ""
) -> AsyncIterator["Direct"]:
    """Publish the events of `discord` to the NATS at `url`; `creds` and `ca` are paths of files.

    Raises WrongValue, CannotStart.
    """
    try:
        topology = Topology(Subjects(prefix))
    except ConfigurationError as error:
        raise WrongValue(str(error)) from None
    stack = AsyncExitStack()
    try:
        bus = await stack.enter_async_context(
            JetStreamBus(Address(url, creds, ca), name="simulator")
        )
        direct = await _started(discord, bus, topology)
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        pumping = tasks.create_task(direct.pump(), name="direct")
        try:
            yield direct
            await direct.finished(_LAST_ACKNOWLEDGEMENTS)
        finally:
            direct.stop()
            pumping.cancel()
    except StartError as error:
        raise CannotStart(str(error)) from None
    finally:
        await stack.aclose()  # without the error: a task group would wrap it in a group


async def _started(discord: FakeDiscord, bus: Bus, topology: Topology) -> "Direct":
    try:
        with suppress(BusUnavailable):  # what the gateway made will do: making takes its rights
            await bus.backlog(topology.consumers[-1])
            return await _opened(discord, bus, topology)
        await bus.ensure(topology)
        return await _opened(discord, bus, topology)
    except BusError as error:
        raise CannotStart(f"NATS does not do what is needed: {error}") from None


async def _opened(discord: FakeDiscord, bus: Bus, topology: Topology) -> "Direct":
    bodies = Bodies(await bus.bucket(topology.bodies), bus.max_payload)
    direct = Direct(discord, bus, topology, bodies)
    await bus.serve(topology.subjects.rest, direct.answer)
    return direct


class Direct:
    """The sessions whose events go to the bus, and the workers' way to the REST API."""

    def __init__(self, discord: FakeDiscord, bus: Bus, topology: Topology, bodies: Bodies) -> None:
        self._discord = discord
        self._bus = bus
        self._subjects = topology.subjects
        self._bodies = bodies
        self._counts = discord.api.ledger
        self._unacknowledged = 0
        self._changed = asyncio.Event()
        self._settled = asyncio.Event()
        self._stopped = False
        shards = discord.settings.shards
        self._sessions = [self._open((shard, shards)) for shard in range(shards)]
        discord.outlets.append(self._changed.set)
        self._changed.set()

    def _open(self, shard: tuple[int, int]) -> Session:
        hub = self._discord.api.hub
        session = hub.open(_TOKEN, shard, intents.KNOWN, self._discord.clock())
        hub.welcome(session, self._discord.gateway_url)
        return session

    def stop(self) -> None:
        """Take no more events."""
        self._stopped = True
        self._discord.outlets.remove(self._changed.set)

    async def finished(self, timeout: float) -> None:
        """Wait until the broker has everything, `timeout` seconds at most."""
        self._settled.clear()
        self._changed.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._settled.wait()

    def _note_settled(self) -> None:
        waiting = any(session.cursor < session.log.last for session in self._sessions)
        if not waiting and not self._unacknowledged:
            self._settled.set()

    async def pump(self) -> None:
        """Hand events to the bus as they come, until cancelled."""
        while not self._stopped:
            await self._changed.wait()
            self._changed.clear()
            for index, session in enumerate(self._sessions):
                live = self._sessions[index] = self._living(session)
                await self._drain(live)
            self._note_settled()

    def _living(self, session: Session) -> Session:
        """The session, or its successor: after a reset, or when NATS took too little for long."""
        hub = self._discord.api.hub
        if session.state is State.LIVE and not session.log.covers(session.cursor):
            self._counts.overflows += 1
            hub.end(session, Signal.OVERFLOWED)
        return session if session.state is State.LIVE else self._open((session.shard, session.of))

    async def _drain(self, session: Session) -> None:
        sent = 0
        while session.log.covers(session.cursor) and session.cursor < session.log.last:
            if self._unacknowledged >= BOUND or sent >= _TURN:
                self._changed.set()  # go on in the next turn
                await asyncio.sleep(0 if sent else _FULL)
                return
            session.cursor += 1
            sent += 1
            entry = session.log[session.cursor]
            await self._send(session, entry.name.decode(), entry.d)
            self._counts.written += 1
            if entry.at:
                self._counts.lag.add(self._discord.clock() - entry.at)

    async def _send(self, session: Session, event_type: str, body: bytes) -> None:
        name = f"{session.id}:{session.cursor}"
        headers = Envelope(name, event_type, session.shard, time.time_ns(), body).headers()
        message = Message(self._subjects.of(event_type, body), body, headers)
        try:
            message = await self._bodies.cut(message)
        except BusError:
            self._counts.direct["rejected"] += 1
            return
        if event_type in AMBIENT_TYPES:
            await self._bus.publish(message)
            self._counts.direct["ambient"] += 1
            return
        self._unacknowledged += 1
        self._bus.store(message).add_done_callback(self._on_stored)

    def _on_stored(self, stored: asyncio.Future[Stored]) -> None:
        self._unacknowledged -= 1
        if stored.cancelled() or stored.exception() is not None:
            self._counts.direct["rejected"] += 1
        else:
            self._counts.direct["duplicate" if stored.result().duplicate else "stored"] += 1
        self._note_settled()

    async def answer(self, message: Message) -> Message:
        """A worker's REST request, in the runtime's form, and the simulator's answer to it."""
        try:
            asked = await self._bodies.whole(message, rest.MAX_REQUEST)
            request = _request(rest.decode_request(asked.body))
        except (msgspec.DecodeError, MultipodError) as error:
            reply = rest.refusal(400, "Bad Request", f"not a REST request: {error}")
        else:
            reply = _reply(await self._discord.call(request))
        return await self._bodies.cut(Message(message.subject, rest.encode(reply)))


def _request(asked: RestRequest) -> Request:
    """Raises msgspec.DecodeError."""
    query = {name: str(value) for name, value in (asked.params or {}).items()}
    body, files = asked.json if asked.has_json else None, []
    for part in asked.form or ():
        if part.name == "payload_json":
            body = msgspec.json.decode(part.value)
        else:
            kind = part.content_type or "application/octet-stream"
            files.append(
                File(part.name, part.filename or "file", kind, len(part.value), part.value)
            )
    path = unquote(asked.path).strip("/")
    sent = f"Bot {_TOKEN}"
    return Request(asked.method, path, 0.0, query, sent, body, tuple(files), asked.reason)


def _reply(response: Response) -> RestReply:
    has_body = response.status != HTTPStatus.NO_CONTENT
    body = msgspec.json.encode(response.body) if has_body else b""
    reason = HTTPStatus(response.status).phrase
    return RestReply(response.status, reason, body, is_json=has_body)
