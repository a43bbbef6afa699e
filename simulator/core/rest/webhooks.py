"""Webhooks of channels. Their calls look like an interaction's, with another id in the path.

Source: Discord Docs/Webhook.
"""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from collections.abc import Callable

from simulator.core.rest import interactions, messages
from simulator.core.rest.context import Api
from simulator.core.rest.route import (
    ApiError,
    Handler,
    Request,
    Response,
    Route,
    identifier,
    invalid_form,
    unknown,
)
from simulator.core.world import APPLICATION_ID, Json, user_json

_INCOMING = 1
_MOST = 15  # in one channel


def _named(given: Json) -> str:
    name = given.get("name")
    if not isinstance(name, str) or not 1 <= len(name) <= 80:
        raise invalid_form("name", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 80 in length.")
    return name


def create(api: Api, request: Request, channel: str) -> Response:
    place = api.channel(identifier(channel, "channel"))
    name = _named(request.json())
    if sum(hook["channel_id"] == channel for hook in api.webhooks.values()) >= _MOST:
        raise ApiError(400, 30007, f"Maximum number of webhooks reached ({_MOST})")
    ident = str(api.ids.next(request.now))
    api.webhooks[ident] = {
        "id": ident, "type": _INCOMING, "guild_id": place.get("guild_id"), "channel_id": channel,
        "name": name, "avatar": None, "token": f"webhook-{ident}",
        "application_id": str(APPLICATION_ID), "user": api.world.bot,
        "url": f"https://discord.com/api/webhooks/{ident}/webhook-{ident}",
    }  # fmt: skip
    _changed(api, api.webhooks[ident])
    return Response(200, api.webhooks[ident])


def _changed(api: Api, hook: Json) -> None:
    where = {"guild_id": hook["guild_id"], "channel_id": hook["channel_id"]}
    api.hub.publish("WEBHOOKS_UPDATE", api.world.guild_of(int(hook["channel_id"])), where)


def of_channel(api: Api, request: Request, channel: str) -> Response:
    api.channel(identifier(channel, "channel"))
    return Response(200, [h for h in api.webhooks.values() if h["channel_id"] == channel])


def of_guild(api: Api, request: Request, guild: str) -> Response:
    api.guild(identifier(guild, "guild"))
    return Response(200, [h for h in api.webhooks.values() if h["guild_id"] == guild])


def _found(api: Api, hook: str, token: str | None) -> Json:
    """Raises ApiError 10015, 50027."""
    found = api.webhooks.get(hook)
    if found is None:
        raise unknown("webhook")
    if token is not None and token != found["token"]:
        raise ApiError(401, 50027, "Invalid Webhook Token")
    return found


def get(api: Api, request: Request, hook: str, token: str | None = None) -> Response:
    found = _found(api, hook, token)
    return Response(200, {k: v for k, v in found.items() if token is None or k != "user"})


def change(api: Api, request: Request, hook: str, token: str | None = None) -> Response:
    found, given = _found(api, hook, token), request.json()
    if "name" in given:
        found["name"] = _named(given)
    if token is None and given.get("channel_id"):
        api.channel(identifier(str(given["channel_id"]), "channel"))
        found["channel_id"] = str(given["channel_id"])
    _changed(api, found)
    return get(api, request, hook, token)


def delete(api: Api, request: Request, hook: str, token: str | None = None) -> Response:
    _changed(api, _found(api, hook, token))
    del api.webhooks[hook]
    return Response(204)


def execute(api: Api, request: Request, hook: str, token: str) -> Response:
    found = _found(api, hook, token)
    given = messages.checked(request.json(), request.files)
    channel_id = int(request.query.get("thread_id") or found["channel_id"])
    api.channel(channel_id)
    name = str(given.get("username") or found["name"])
    author = {**user_json(int(hook), name, bot=True), "discriminator": "0000", "global_name": None}
    message = messages.build(api, channel_id, given, request.files, request.now, author)
    message["webhook_id"] = hook
    messages.post(api, message, request.now)
    api.replies.shown_in(channel_id, "message", message)
    return Response(200, message) if request.truth("wait") else Response(204)


def _message(api: Api, request: Request, hook: str, token: str, message: str) -> Json:
    found = _found(api, hook, token)
    channel_id = int(request.query.get("thread_id") or found["channel_id"])
    known = api.message(channel_id, identifier(message, "message"))
    if known.get("webhook_id") != hook:
        raise unknown("message")
    return known


def read(api: Api, request: Request, hook: str, token: str, message: str) -> Response:
    return Response(200, _message(api, request, hook, token, message))


def edit(api: Api, request: Request, hook: str, token: str, message: str) -> Response:
    known = _message(api, request, hook, token, message)
    given = messages.checked(request.json(), request.files, partial=True)
    messages.apply_edit(api, known, given, request.files, request.now)
    messages.publish(api, "MESSAGE_UPDATE", known)
    return Response(200, known)


def remove(api: Api, request: Request, hook: str, token: str, message: str) -> Response:
    known = _message(api, request, hook, token, message)
    messages.remove(api, int(known["channel_id"]), int(known["id"]))
    return Response(204)


def _either(
    of_webhook: Callable[..., Response], of_interaction: Callable[..., Response]
) -> Handler:
    """The path does not tell a webhook from an interaction; the id does."""

    def handle(api: Api, request: Request, hook: str, *rest: str) -> Response:
        chosen = of_interaction if hook == str(APPLICATION_ID) else of_webhook
        return chosen(api, request, hook, *rest)

    return handle


_HOOK = "webhooks/{webhook}/{token}"
_SENT = _HOOK + "/messages/{message}"
ROUTES = (
    Route("POST", "channels/{channel}/webhooks", create),
    Route("GET", "channels/{channel}/webhooks", of_channel),
    Route("GET", "guilds/{guild}/webhooks", of_guild),
    Route("GET", "webhooks/{webhook}", get),
    Route("PATCH", "webhooks/{webhook}", change),
    Route("DELETE", "webhooks/{webhook}", delete),
    Route("GET", _HOOK, get, open=True),
    Route("PATCH", _HOOK, change, open=True),
    Route("DELETE", _HOOK, delete, open=True),
    Route("POST", _HOOK, _either(execute, interactions.follow_up), open=True),
    Route("GET", _SENT, _either(read, interactions.get), open=True),
    Route("PATCH", _SENT, _either(edit, interactions.edit), open=True),
    Route("DELETE", _SENT, _either(remove, interactions.delete), open=True),
)
