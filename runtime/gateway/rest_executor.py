"""Executes the workers' REST requests with the gateway's token and its one rate-limit authority."""

import asyncio
import logging
import time
from contextlib import suppress
from typing import Any

import aiohttp
import discord
import msgspec
from discord.http import HTTPClient

from runtime import tracing
from runtime.bus.bodies import Bodies
from runtime.bus.interface import Message
from runtime.core import rest
from runtime.core.rest import InvalidRequests, RestReply, RestRequest, RouteRefused, refusal
from runtime.errors import BodyRefused, BusError, BusUnavailable
from runtime.gateway import rest_arguments
from runtime.gateway.registrar import Registrar
from runtime.telemetry import Telemetry

log = logging.getLogger(__name__)

GLOBAL_PAUSE = 1.0
"""Seconds after which a pause for the global rate limit ends whose keeper was cancelled."""


class RestExecutor:
    """Serves the subject ``rest``.

    Args:
        http: the gateway's own client.
        registrar: takes what concerns application commands.
        bodies: for files that are larger than a message.
        invalid: how many requests Discord has refused lately.
        telemetry: the process's metrics.
    """

    def __init__(
        self,
        http: HTTPClient,
        registrar: Registrar,
        bodies: Bodies,
        invalid: InvalidRequests,
        telemetry: Telemetry,
    ) -> None:
        self._http = http
        self._bodies = bodies
        self._registrar = registrar
        self._invalid = invalid
        self._token_refused = False
        self._in_hand = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._requests = telemetry.counter(
            "gateway_rest_requests", "Requests executed for workers", "method", "status"
        )
        self._seconds = telemetry.histogram(
            "gateway_rest_seconds", "Waiting for rate limits and for Discord"
        )
        telemetry.gauge(
            "gateway_rest_invalid", "Requests that Discord refused in the last 10 minutes"
        ).set_function(lambda: invalid.count(time.monotonic()))

    async def answer(self, message: Message) -> Message:
        """The reply to one request message."""
        self._in_hand += 1
        self._idle.clear()
        try:
            return await self._traced(message)
        finally:
            self._in_hand -= 1
            if not self._in_hand:
                self._idle.set()

    async def _traced(self, message: Message) -> Message:
        if tracing.active is None:
            return await self._answer(message)
        with tracing.active.taking("execute", tracing.parent_of(message.headers)):
            return await self._answer(message)

    async def finished(self, timeout: float) -> None:
        """Wait until no request is in hand, or until ``timeout`` seconds are over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._idle.wait()

    async def _answer(self, message: Message) -> Message:
        began, method = time.monotonic(), "refused"
        try:
            request = rest.decode_request((await self._whole(message)).body)
            rest.check_route(request)
            method = request.method
            reply = self._halted() or await self._execute(request)
        except msgspec.DecodeError as error:
            reply = refusal(400, "Bad Request", f"not a REST request: {error}")
        except RouteRefused as error:
            log.warning("a worker's request is refused: %s", error)
            reply = refusal(error.status, error.reason, str(error))
        except BodyRefused as error:
            log.warning("a worker's request is refused: %s", error)
            reply = refusal(413, "Payload Too Large", str(error), 40005)
        except BusUnavailable as error:
            reply = refusal(502, "Bad Gateway", f"the request's files cannot be had: {error}")
        self._requests.labels(method, str(reply.status)).inc()
        self._seconds.observe(time.monotonic() - began)
        return await self._bodies.cut(Message(message.subject, rest.encode(reply)))

    async def _whole(self, message: Message) -> Message:
        whole = await self._bodies.whole(message, rest.MAX_REQUEST)
        with suppress(BusError):
            await self._bodies.drop(message)
        return whole

    def _halted(self) -> RestReply | None:
        """Why nothing may be sent to Discord now."""
        if self._token_refused:
            return refusal(401, "Unauthorized", "401: Discord refuses the gateway's token")
        if self._invalid.is_spent(time.monotonic()):
            return refusal(429, "Too Many Requests", "too many invalid requests: pausing")
        return None

    async def _execute(self, request: RestRequest) -> RestReply:
        try:
            async with asyncio.timeout(rest.patience(request)):
                return await self._ask(request)
        except discord.HTTPException as error:
            return self._failed(request, error)
        except TimeoutError:
            self._end_global_pause()
            return refusal(504, "Gateway Timeout", f"no answer within {request.timeout:.0f} s")
        except (aiohttp.ClientError, OSError) as error:
            return refusal(502, "Bad Gateway", f"Discord cannot be reached: {error}")
        except (ValueError, TypeError) as error:  # aiohttp on arguments that are none
            return refusal(400, "Bad Request", f"cannot be sent: {str(error)[:200]}")

    async def _ask(self, request: RestRequest) -> RestReply:
        if self._registrar.takes(request):
            return await self._registrar.put(request)
        self._registrar.invalidate(request)
        form, files = rest_arguments.form(request)
        data = await self._http.request(
            rest_arguments.route(request),
            form=form,
            files=files,
            **rest_arguments.others(request),
        )
        if isinstance(data, str):
            return RestReply(200, "OK", data.encode(), is_json=False)
        return RestReply(200, "OK", msgspec.json.encode(data), is_json=True)

    def _end_global_pause(self) -> None:
        """discord.py holds all requests while one waits for the global rate limit to pass.

        When that one is cancelled nobody lets the others go on.
        """
        gate: asyncio.Event = self._http._global_over  # noqa: SLF001
        if not gate.is_set():
            asyncio.get_running_loop().call_later(GLOBAL_PAUSE, gate.set)

    def _failed(self, request: RestRequest, error: discord.HTTPException) -> RestReply:
        """Status, code and body intact."""
        if error.status == 401 and error.code == 0 and not rest.has_own_token(request):
            self._token_refused = True
            log.error("Discord refuses the token: no more requests are sent")
        response: Any = error.response
        body = getattr(response, "_body", None)
        if not isinstance(body, bytes) or not body:
            body = msgspec.json.encode({"message": error.text, "code": error.code})
        reason = str(getattr(response, "reason", "") or "")
        kind = response.headers.get("content-type", "")
        return RestReply(error.status, reason, body, is_json=kind.startswith("application/json"))
