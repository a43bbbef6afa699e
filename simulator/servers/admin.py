"""The control API below /sim/: read the ledger, change the rate, break things, act as a user."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import msgspec
from aiohttp import web

from simulator.core import shapes
from simulator.core.faults import Fault, parse
from simulator.core.rest.context import Api
from simulator.core.rest.route import ApiError
from simulator.core.shapes import Shape
from simulator.core.world import Json
from simulator.errors import NoReply, WrongValue
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
            web.get("/sim/ledger", self._ledger), web.post("/sim/rate", self._rate),
            web.post("/sim/shape", self._shape), web.post("/sim/storms", self._storm),
            web.get("/sim/faults", self._armed), web.post("/sim/faults", self._arm),
            web.delete("/sim/faults", self._disarm), web.post("/sim/reset", self._reset),
            web.get("/sim/messages", self._messages), web.get("/sim/commands", self._commands),
            web.get("/sim/world", self._world),
            web.post("/sim/users/{id}/commands", self._slash),
            web.post("/sim/users/{id}/messages", self._say),
            web.post("/sim/users/{id}/components", self._component),
            web.post("/sim/users/{id}/modals", self._modal),
            web.post("/sim/users/{id}/autocomplete", self._autocomplete),
        ]  # fmt: skip
        return [web.RouteDef(r.method, r.path, _clear(r.handler), {}) for r in told]

    async def _ledger(self, _: web.Request) -> web.Response:
        return _json(self._control.ledger())

    async def _rate(self, request: web.Request) -> web.Response:
        rate = (await _body(request)).get("rate")
        if isinstance(rate, bool) or not isinstance(rate, int | float) or rate < 0:
            raise WrongValue(f"rate must be a number of events per second, not {rate!r}")
        self._control.set_rate(float(rate))
        return _json({"rate": float(rate)})

    async def _shape(self, request: web.Request) -> web.Response:
        shape = shapes.parse(_text(await _body(request), "shape"))
        self._control.set_shape(shape)
        return _json(shape)

    async def _storm(self, request: web.Request) -> web.Response:
        body = await _body(request)
        kind = _text(body, "kind")
        details = {key: value for key, value in body.items() if key != "kind"}
        return _json({"kind": kind, "events": self._control.storm(kind, **details)})

    async def _armed(self, _: web.Request) -> web.Response:
        return _json([fault.as_json() for fault in self._control.api.faults.armed()])

    async def _arm(self, request: web.Request) -> web.Response:
        given = await _decode(request)
        faults = [parse(item) for item in (given if isinstance(given, list) else [given])]
        for fault in faults:
            self._control.add_fault(fault)
        return _json([fault.as_json() for fault in faults])

    async def _disarm(self, _: web.Request) -> web.Response:
        self._control.api.faults.clear()
        return _json([])

    async def _reset(self, request: web.Request) -> web.Response:
        self._control.reset(sessions=request.query.get("sessions") == "1")
        return _json(self._control.ledger())

    async def _messages(self, request: web.Request) -> web.Response:
        channel = request.query.get("channel_id", "")
        if not channel.isdecimal():
            raise WrongValue("channel_id must be a channel's id")
        return _json(self._control.api.history.newest_first(int(channel)))

    async def _commands(self, _: web.Request) -> web.Response:
        leaves = self._control.api.commands.leaves()
        return _json([{"name": leaf.name, "guild_id": leaf.scope or None} for leaf in leaves])

    async def _world(self, _: web.Request) -> web.Response:
        world = self._control.api.world
        guilds = [world.guild_create(g, everyone=True) for g in world.guild_ids()[:10]]
        return _json({"guild_count": world.size, "bot": world.bot, "guilds": guilds})

    async def _slash(self, request: web.Request) -> web.Response:
        body = await _body(request)
        options = body.get("options") or {}
        return _json(await self._user(request, body).slash(
            _text(body, "command"), wait=_wait(body), **options
        ))  # fmt: skip

    async def _autocomplete(self, request: web.Request) -> web.Response:
        body = await _body(request)
        others = body.get("options") or {}
        return _json(await self._user(request, body).autocomplete(
            _text(body, "command"), _text(body, "option"), str(body.get("typed", "")),
            wait=_wait(body), **others,
        ))  # fmt: skip

    async def _say(self, request: web.Request) -> web.Response:
        body = await _body(request)
        user, content = self._user(request, body), _text(body, "content")
        if _wait(body) == 0:
            return _json(user.write(content))
        return _json(await user.say(content, wait=_wait(body)))

    async def _component(self, request: web.Request) -> web.Response:
        body = await _body(request)
        user, custom_id = self._user(request, body), _text(body, "custom_id")
        message = self._control.api.message(
            int(_text(body, "channel_id")), int(_text(body, "message_id"))
        )
        values = body.get("values")
        if values is None:
            return _json(await user.click(message, custom_id, wait=_wait(body)))
        return _json(await user.select(message, custom_id, *map(str, values), wait=_wait(body)))

    async def _modal(self, request: web.Request) -> web.Response:
        body = await _body(request)
        modal, fields = body.get("modal"), body.get("fields") or {}
        if not isinstance(modal, dict):
            raise WrongValue("modal must be the modal that a command answered with")
        return _json(await self._user(request, body).submit(modal, wait=_wait(body), **fields))

    def _user(self, request: web.Request, body: Json) -> User:
        return self._control.user(request.match_info["id"], body.get("channel_id"))


def _clear(handler: Any) -> Handler:
    """Errors become one line of JSON."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            response: web.StreamResponse = await handler(request)
        except (WrongValue, ApiError) as error:
            return _json({"error": str(error)}, 400)
        except NoReply as error:
            return _json({"error": str(error)}, 504)
        return response

    return answer


async def _decode(request: web.Request) -> Any:
    try:
        return msgspec.json.decode(await request.read())
    except msgspec.MsgspecError as error:
        raise WrongValue(f"the body is no JSON: {error}") from None


async def _body(request: web.Request) -> Json:
    body = await _decode(request)
    if not isinstance(body, dict):
        raise WrongValue("the body must be a JSON object")
    return body


def _text(body: Json, key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str | int) or value == "":
        raise WrongValue(f"{key} is missing")
    return str(value)


def _wait(body: Json) -> float:
    """Seconds to wait for the visible reply; `"wait": 0` does not wait."""
    wait = body.get("wait", 5)
    if isinstance(wait, bool) or not isinstance(wait, int | float) or not 0 <= wait <= 60:
        raise WrongValue("wait must be 0 to 60 seconds")
    return float(wait)


def _json(value: object, status: int = 200) -> web.Response:
    headers = {"Content-Type": "application/json"}
    return web.Response(status=status, body=msgspec.json.encode(value), headers=headers)
