"""The bot's first responses to interactions: announced, and possible after the guard's deferral.

discord.py sends them straight to Discord. After each one the gateway's deadline guard is told. When
Discord says that the interaction is already answered, it was the guard, or an earlier try of this
very event: then the response becomes an edit, and the bot's code sees success.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import discord
import msgspec
from discord.http import MultipartParameters, Route
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

log = logging.getLogger(__name__)

ALREADY_ANSWERED = 40060
MESSAGE, DEFER, DEFER_UPDATE, UPDATE = 4, 5, 6, 7
EPHEMERAL, LOADING = 1 << 6, 1 << 7

Tell = Callable[[str], Awaitable[None]]


class Responses:
    """Wraps discord.py's ``create_interaction_response`` for one bot.

    Args:
        bot: whose interactions they are.
        tell: says that an interaction, by its id, is answered.
    """

    def __init__(self, bot: discord.Client, tell: Tell) -> None:
        self._bot = bot
        self._tell = tell
        self._adapter: Any = async_context.get()

    def install(self) -> None:
        """From now on every first response goes through here."""
        self._adapter.create_interaction_response = self.create

    def uninstall(self) -> None:
        """As discord.py does it, again."""
        vars(self._adapter).pop("create_interaction_response", None)

    async def create(
        self, interaction_id: int, token: str, *, params: MultipartParameters, **where: Any
    ) -> Any:
        """As ``AsyncWebhookAdapter.create_interaction_response``.

        Raises:
            discord.HTTPException: Discord refuses, or the response cannot become an edit: a modal,
                choices, or a private deferral of what is deferred in public.
        """
        answer: Any
        try:
            answer = await AsyncWebhookAdapter.create_interaction_response(
                self._adapter, interaction_id, token, params=params, **where
            )
        except discord.HTTPException as error:
            if error.code != ALREADY_ANSWERED:
                raise
            answer = await self._answer_late(interaction_id, token, params, where, error)
        await self._tell(str(interaction_id))
        return answer

    async def _answer_late(
        self,
        interaction_id: int,
        token: str,
        params: MultipartParameters,
        where: dict[str, Any],
        error: discord.HTTPException,
    ) -> dict[str, Any]:
        kind, data = _read(params)
        late = _Late(self._adapter, self._bot.application_id or 0, token, where)
        if kind == UPDATE:
            return _told(interaction_id, await late.edit(data, params))
        if kind in {DEFER, DEFER_UPDATE}:
            if kind == DEFER and _flags(data) & EPHEMERAL:
                raise error  # what follows would be seen by all
            return _told(interaction_id, None)
        if kind != MESSAGE:
            raise error
        original = await late.original()
        if int(original["id"]) < interaction_id:  # deferred by type 6: the component's own message
            return _told(interaction_id, await late.follow_up(data, params))
        hidden = bool(_flags(data) & EPHEMERAL)
        if hidden and not original["flags"] & EPHEMERAL and original["flags"] & LOADING:
            await late.delete()
            return _told(interaction_id, await late.follow_up(data, params))
        return _told(interaction_id, await late.edit(data, params))


class _Late:
    """The webhook of an interaction that is answered already."""

    def __init__(
        self, adapter: Any, application_id: int, token: str, where: dict[str, Any]
    ) -> None:
        self._adapter = adapter
        self._ids: dict[str, Any] = {"webhook_id": application_id, "webhook_token": token}
        self._where = where

    async def original(self) -> Any:
        return await self._send("GET", "/messages/@original")

    async def delete(self) -> None:
        await self._send("DELETE", "/messages/@original")

    async def edit(self, data: dict[str, Any], params: MultipartParameters) -> Any:
        return await self._send("PATCH", "/messages/@original", data, params)

    async def follow_up(self, data: dict[str, Any], params: MultipartParameters) -> Any:
        return await self._send("POST", "", data, params, {"wait": "true"})

    async def _send(
        self,
        method: str,
        path: str,
        data: dict[str, Any] | None = None,
        params: MultipartParameters | None = None,
        query: dict[str, str] | None = None,
    ) -> Any:
        route = Route(method, "/webhooks/{webhook_id}/{webhook_token}" + path, **self._ids)
        options: dict[str, Any] = {"params": query} if query else {}
        if params is not None and params.files:
            options["multipart"] = [_in_form(field, data) for field in params.multipart or ()]
            options["files"] = params.files
        elif data is not None:
            options["payload"] = data
        return await self._adapter.request(route, **self._where, **options)


def _read(params: MultipartParameters) -> tuple[int, dict[str, Any]]:
    """Type and data of a callback."""
    payload: Any = params.payload
    for field in params.multipart or ():
        if field["name"] == "payload_json":
            payload = msgspec.json.decode(field["value"])
    return int(payload["type"]), payload.get("data") or {}


def _in_form(field: dict[str, Any], data: dict[str, Any] | None) -> dict[str, Any]:
    if field["name"] != "payload_json":
        return field
    return {**field, "value": msgspec.json.encode(data).decode()}


def _flags(data: dict[str, Any]) -> int:
    return int(data.get("flags") or 0)


def _told(interaction_id: int, message: Any) -> dict[str, Any]:
    """What Discord would have answered to the callback."""
    answer: dict[str, Any] = {"interaction": {"id": str(interaction_id), "type": 2}}
    if message is not None:
        answer["interaction"]["response_message_id"] = message["id"]
        answer["resource"] = {"type": MESSAGE, "message": message}
    return answer
