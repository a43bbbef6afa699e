"""discord.py's REST requests, sent over the bus: the gateway has the token and the rate limits.

Interaction replies do not come here. Discord takes them without a token, so discord.py sends them
itself, straight from the worker.
"""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import discord
import msgspec
from discord.http import Route

from runtime import tracing
from runtime.bus.bodies import Bodies
from runtime.bus.interface import Bus, Message
from runtime.core import rest
from runtime.core.deadline import answered_subject
from runtime.core.rest import FormField, RestReply, RestRequest
from runtime.core.routing import Subjects
from runtime.core.topology import Topology
from runtime.errors import BusUnavailable, NobodyServes
from runtime.worker import scope
from runtime.worker.nonces import with_nonce

TIMEOUT = 30.0
ANSWER_GRACE = 5.0
WAIT_FOR_GATEWAY = 20.0
"""Seconds without a gateway that a request outlasts: longer than a restart or a takeover."""
ASK_AGAIN = 0.25


class RemoteResponse:
    """What discord.py's exceptions read of a response."""

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        self.reason = reason
        self.headers: dict[str, str] = {}


class RestClient:
    """Takes the place of ``HTTPClient.request``."""

    def __init__(self, bus: Bus, subject: str, worker: str) -> None:
        self._bus = bus
        self._subject = subject
        self._worker = worker
        self._bodies: Bodies | None = None

    async def request(
        self,
        route: Route,
        *,
        files: Sequence[discord.File] | None = None,
        form: Iterable[dict[str, Any]] | None = None,
        **kwargs: Any,
    ) -> Any:
        """As ``discord.http.HTTPClient.request``.

        Raises:
            discord.HTTPException: or one of its kinds, as discord.py raises them; a gateway that
                does not answer is a DiscordServerError with status 503.
        """
        for file in files or ():
            file.reset(seek=True)
        request = with_nonce(self._request(route, form, kwargs), scope.current.get())
        message = Message(self._subject, rest.encode(request))
        if len(message.body) > rest.MAX_REQUEST:
            refused: Any = RemoteResponse(413, "Payload Too Large")
            raise discord.HTTPException(refused, f"{len(message.body)} bytes of files are too much")
        try:
            answer = await self._traced(message, f"{request.method} {request.template}")
        except BusUnavailable as error:
            response: Any = RemoteResponse(503, "Service Unavailable")
            raise discord.DiscordServerError(response, f"the gateway: {error}") from error
        return _result(rest.decode_reply(answer.body))

    async def _traced(self, message: Message, name: str) -> Message:
        if tracing.active is None:
            return await self._answer(message)
        headers = dict(message.headers)
        with tracing.active.asking(name, headers):
            return await self._answer(replace(message, headers=headers))

    async def _answer(self, message: Message) -> Message:
        """The whole reply, however large both are."""
        bodies = await self._open_bodies()
        cut = await self._ask(await bodies.cut(message))
        answer = await bodies.whole(cut)
        await bodies.drop(cut)
        return answer

    async def tell_answered(self, interaction_id: str) -> None:
        """Say to the gateway's deadline guard that an interaction is answered."""
        subject = answered_subject(self._subject.rpartition(".")[0])
        await self._bus.publish(Message(subject, interaction_id.encode()))

    async def _open_bodies(self) -> Bodies:
        if self._bodies is None:
            topology = Topology(Subjects(self._subject.partition(".")[0]))
            self._bodies = Bodies(await self._bus.bucket(topology.bodies), self._bus.max_payload)
        return self._bodies

    async def _ask(self, message: Message) -> Message:
        """While no gateway is there, as between two of them, nothing was done: ask again."""
        deadline = time.monotonic() + WAIT_FOR_GATEWAY
        while True:
            try:
                return await self._bus.request(message, TIMEOUT + ANSWER_GRACE)
            except NobodyServes:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(ASK_AGAIN)

    def _request(
        self, route: Route, form: Iterable[dict[str, Any]] | None, kwargs: dict[str, Any]
    ) -> RestRequest:
        return RestRequest(
            method=route.method,
            path=route.url.removeprefix(Route.BASE),
            template=route.path,
            timeout=TIMEOUT,
            worker=self._worker,
            metadata=route.metadata,
            channel_id=_text(route.channel_id),
            guild_id=_text(route.guild_id),
            webhook_id=_text(route.webhook_id),
            webhook_token=route.webhook_token,
            params=kwargs.get("params"),
            has_json="json" in kwargs,
            json=kwargs.get("json"),
            reason=kwargs.get("reason"),
            form=[_field(field) for field in form] if form is not None else None,
        )


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _field(field: dict[str, Any]) -> FormField:
    value = field["value"]
    if hasattr(value, "read"):
        value = value.read()
    return FormField(
        name=field["name"],
        value=value.encode() if isinstance(value, str) else bytes(value),
        filename=field.get("filename"),
        content_type=field.get("content_type"),
    )


def _result(reply: RestReply) -> Any:
    data: Any = msgspec.json.decode(reply.body) if reply.is_json else reply.body.decode()
    if 200 <= reply.status < 300:
        return data
    response: Any = RemoteResponse(reply.status, reply.reason)
    match reply.status:
        case 403:
            raise discord.Forbidden(response, data)
        case 404:
            raise discord.NotFound(response, data)
        case status if status >= 500:
            raise discord.DiscordServerError(response, data)
        case _:
            raise discord.HTTPException(response, data)
