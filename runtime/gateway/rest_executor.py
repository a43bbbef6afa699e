"""Executes the workers' REST requests with the gateway's token and its one rate-limit authority."""

import asyncio
import logging
import time
from contextlib import suppress
from typing import Any

import aiohttp
import discord
import msgspec
from discord.http import HTTPClient, Route

from runtime.bus.bodies import Bodies
from runtime.bus.interface import Message
from runtime.core import rest
from runtime.core.rest import InvalidRequests, RestReply, RestRequest, RouteRefused
from runtime.errors import BodyRefused, BusError, BusUnavailable
from runtime.gateway.registrar import Registrar
from runtime.telemetry import Telemetry

log = logging.getLogger(__name__)

MAX_WAIT = 60.0


class RestExecutor:
    """Serves the subject ``rest``."""

    def __init__(
        self, http: HTTPClient, registrar: Registrar, bodies: Bodies, telemetry: Telemetry
    ) -> None:
        self._http = http
        self._bodies = bodies
        self._registrar = registrar
        self.invalid = InvalidRequests()
        self.token_refused = False
        self._in_hand = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._requests = telemetry.counter(
            "gateway_rest_requests", "Requests executed for workers", "method", "status"
        )
        self._seconds = telemetry.histogram(
            "gateway_rest_seconds", "Waiting for rate limits and for Discord"
        )

    async def answer(self, message: Message) -> Message:
        """The reply to one request message."""
        self._in_hand += 1
        self._idle.clear()
        try:
            return await self._answer(message)
        finally:
            self._in_hand -= 1
            if not self._in_hand:
                self._idle.set()

    async def finished(self, timeout: float) -> None:
        """Wait until no request is in hand, or until ``timeout`` seconds are over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._idle.wait()

    async def _answer(self, message: Message) -> Message:
        began = time.monotonic()
        method = "?"
        try:
            request = rest.decode_request((await self._whole(message)).body)
            method = request.method
            rest.check_route(request)
            reply = await self._execute(request)
        except msgspec.DecodeError as error:
            reply = _refusal(400, "Bad Request", f"not a REST request: {error}")
        except RouteRefused as error:
            log.warning("a worker's request is refused: %s", error)
            method = "refused"
            reply = _refusal(403, "Forbidden", str(error))
        except BodyRefused as error:
            log.warning("a worker's request is refused: %s", error)
            method = "refused"
            reply = _refusal(413, "Payload Too Large", str(error), 40005)
        except BusUnavailable as error:
            reply = _refusal(502, "Bad Gateway", f"the request's files cannot be had: {error}")
        self._requests.labels(method, str(reply.status)).inc()
        self._seconds.observe(time.monotonic() - began)
        return await self._bodies.cut(Message(message.subject, rest.encode(reply)))

    async def _whole(self, message: Message) -> Message:
        whole = await self._bodies.whole(message, rest.MAX_REQUEST)
        with suppress(BusError):
            await self._bodies.drop(message)
        return whole

    async def _execute(self, request: RestRequest) -> RestReply:
        if self.token_refused:
            return _refusal(401, "Unauthorized", "401: Discord refuses the gateway's token")
        if self.invalid.is_spent(time.monotonic()):
            return _refusal(429, "Too Many Requests", "too many invalid requests: pausing", 0)
        try:
            async with asyncio.timeout(min(request.timeout, MAX_WAIT)):
                return await self._ask(request)
        except discord.HTTPException as error:
            return self._failed(request, error)
        except TimeoutError:
            return _refusal(504, "Gateway Timeout", f"no answer within {request.timeout:.0f} s")
        except (aiohttp.ClientError, OSError) as error:
            return _refusal(502, "Bad Gateway", f"Discord cannot be reached: {error}")

    async def _ask(self, request: RestRequest) -> RestReply:
        if self._registrar.takes(request):
            return await self._registrar.put(request)
        self._registrar.invalidate(request)
        data = await self._http.request(_route(request), form=_form(request), **_arguments(request))
        if isinstance(data, str):
            return RestReply(200, "OK", data.encode(), is_json=False)
        return RestReply(200, "OK", msgspec.json.encode(data), is_json=True)

    def _failed(self, request: RestRequest, error: discord.HTTPException) -> RestReply:
        """Status, code and body intact."""
        if error.status == 401 and request.webhook_token is None:
            self.token_refused = True
            log.error("Discord refuses the token: no more requests are sent")
        self.invalid.note(error.status, time.monotonic())
        body = getattr(error.response, "_body", None)
        if not isinstance(body, bytes) or not body:
            body = msgspec.json.encode({"message": error.text, "code": error.code})
        reason = str(getattr(error.response, "reason", "") or "")
        kind = error.response.headers.get("content-type", "")
        return RestReply(error.status, reason, body, is_json=kind.startswith("application/json"))


def _route(request: RestRequest) -> Route:
    route = Route(request.method, request.template, metadata=request.metadata)
    route.url = Route.BASE + request.path
    route.channel_id = _id(request.channel_id)
    route.guild_id = _id(request.guild_id)
    route.webhook_id = _id(request.webhook_id)
    route.webhook_token = request.webhook_token
    return route


def _id(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None


def _form(request: RestRequest) -> list[dict[str, Any]] | None:
    if request.form is None:
        return None
    fields: list[dict[str, Any]] = []
    for part in request.form:
        field: dict[str, Any] = {"name": part.name, "value": part.value}
        if part.filename is not None:
            field |= {"filename": part.filename, "content_type": part.content_type}
        else:
            field["value"] = part.value.decode()
        fields.append(field)
    return fields


def _arguments(request: RestRequest) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    if request.has_json:
        arguments["json"] = request.json
    if request.params is not None:
        arguments["params"] = request.params
    if request.reason is not None:
        arguments["reason"] = request.reason
    return arguments


def _refusal(status: int, reason: str, text: str, code: int = 0) -> RestReply:
    body = msgspec.json.encode({"message": text, "code": code})
    return RestReply(status, reason, body, is_json=True)
