"""The control API below /sim/: read the ledger, change the rate, break things, act as a user."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from aiohttp import web

from simulator.core import shapes
from simulator.core.faults import Fault, parse
from simulator.core.rest.context import Api
from simulator.core.rest.route import ApiError
from simulator.core.shapes import Shape
from simulator.core.summary import summary
from simulator.core.world import Json
from simulator.errors import NoReply, WrongValue
from simulator.servers.people import People, body_of, decode, reply, text
from simulator.users import User

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Control(Protocol):
    """What can be done to a running fake Discord."""

    api: Api

    def ledger(self) -> Json: ...
    def set_rate(self, rate: float) -> None: ...
    def set_shape(self, shape: Shape) -> None: ...
    def storm(self, kind: str, **details: Any) -> int: ...
    def add_fault(self, fault: Fault) -> None: ...
    def reset(self, sessions: bool) -> None: ...
    def user(self, name: str, channel: int | str | None = None) -> User: ...


class Admin:
    """The handlers. A wrong request is answered 400 with one clear line."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def routes(self) -> list[web.RouteDef]:
        """Every route below /sim/."""
        told = [
            web.get("/sim/ledger", self._ledger), web.get("/sim/report", self._report),
            web.post("/sim/rate", self._rate),
            web.post("/sim/shape", self._shape), web.post("/sim/storms", self._storm),
            web.get("/sim/faults", self._armed), web.post("/sim/faults", self._arm),
            web.delete("/sim/faults", self._disarm), web.post("/sim/reset", self._reset),
            web.get("/sim/messages", self._messages), web.get("/sim/commands", self._commands),
            web.get("/sim/world", self._world),
            *People(self._control.user, self._control.api).routes(),
        ]  # fmt: skip
        return [web.RouteDef(r.method, r.path, _clear(r.handler), {}) for r in told]

    async def _ledger(self, _: web.Request) -> web.Response:
        return reply(self._control.ledger())

    async def _report(self, _: web.Request) -> web.Response:
        """The ledger as a table for a person."""
        return web.Response(text=summary(self._control.ledger()) + "\n")

    async def _rate(self, request: web.Request) -> web.Response:
        rate = (await body_of(request)).get("rate")
        if isinstance(rate, bool) or not isinstance(rate, int | float) or rate < 0:
            raise WrongValue(f"rate must be a number of events per second, not {rate!r}")
        self._control.set_rate(float(rate))
        return reply({"rate": float(rate)})

    async def _shape(self, request: web.Request) -> web.Response:
        shape = shapes.parse(text(await body_of(request), "shape"))
        self._control.set_shape(shape)
        return reply(shape)

    async def _storm(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        kind = text(body, "kind")
        details = {key: value for key, value in body.items() if key != "kind"}
        return reply({"kind": kind, "events": self._control.storm(kind, **details)})

    async def _armed(self, _: web.Request) -> web.Response:
        return reply([fault.as_json() for fault in self._control.api.faults.armed()])

    async def _arm(self, request: web.Request) -> web.Response:
        given = await decode(request)
        faults = [parse(item) for item in (given if isinstance(given, list) else [given])]
        for fault in faults:
            self._control.add_fault(fault)
        return reply([fault.as_json() for fault in faults])

    async def _disarm(self, _: web.Request) -> web.Response:
        self._control.api.faults.clear()
        return reply([])

    async def _reset(self, request: web.Request) -> web.Response:
        self._control.reset(sessions=request.query.get("sessions") == "1")
        return reply(self._control.ledger())

    async def _messages(self, request: web.Request) -> web.Response:
        channel = request.query.get("channel_id", "")
        if not channel.isdecimal():
            raise WrongValue("channel_id must be a channel's id")
        return reply(self._control.api.history.newest_first(int(channel)))

    async def _commands(self, _: web.Request) -> web.Response:
        leaves = self._control.api.commands.leaves()
        return reply([{"name": leaf.name, "guild_id": leaf.scope or None} for leaf in leaves])

    async def _world(self, _: web.Request) -> web.Response:
        world = self._control.api.world
        guilds = [world.guild_create(g, everyone=True) for g in world.guild_ids()[:10]]
        return reply({"guild_count": world.size, "bot": world.bot, "guilds": guilds})


def _clear(handler: Any) -> Handler:
    """Errors become one line of JSON."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            response: web.StreamResponse = await handler(request)
        except (WrongValue, ApiError) as error:
            return reply({"error": str(error)}, 400)
        except NoReply as error:
            return reply({"error": str(error)}, 504)
        return response

    return answer
