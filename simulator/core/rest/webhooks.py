"""Webhooks of channels. Their calls look like an interaction's, with another id in the path.

Source: Discord Docs/Webhook.
"""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from collections.abc import Callable
from dataclasses import replace

from simulator.core.rest import audit, deletion, interactions, message_form, messages, threads
from simulator.core.rest.authority import Permission
from simulator.core.rest.context import Api
from simulator.core.rest.form import Form, clearable, image, many, needed, snowflake, text
from simulator.core.rest.route import (
    ApiError,
    Handler,
    Request,
    Response,
    Route,
    identifier,
    unknown,
)
from simulator.core.world import APPLICATION_ID, Json, user_json

_INCOMING = 1
_MOST = 15  # in one channel
_POSTS = frozenset({15, 16})  # forums and media channels


_FORM = Form(name=needed(text(1, 80)), avatar=clearable(image))
_SLACK = Form(
    text=text(0, 2000), username=text(1, 80),
    attachments=many(Form(title=text(0, 256), text=text(0, 4096), fallback=text(0, 4096)), 0, 10),
)  # fmt: skip
_GITHUB = Form(
    action=text(0, 100), repository=Form(full_name=text(0, 100)), sender=Form(login=text(0, 60))
)
_CHANGES = Form(name=text(1, 80), avatar=clearable(image), channel_id=snowflake)


def create(api: Api, request: Request, channel: str) -> Response:
    place = api.channel(identifier(channel, "channel"))
    given = _FORM.read(request.json())
    if "guild_id" not in place:
        raise ApiError(400, 50003, "Cannot execute action on a DM channel")
    if sum(hook["channel_id"] == channel for hook in api.webhooks.values()) >= _MOST:
        raise ApiError(400, 30007, f"Maximum number of webhooks reached ({_MOST})")
    ident = str(api.ids.next(request.now))
    api.webhooks[ident] = {
        "id": ident, "type": _INCOMING, "guild_id": place.get("guild_id"), "channel_id": channel,
        "name": given["name"], "avatar": given.get("avatar"), "token": f"webhook-{ident}",
        "application_id": str(APPLICATION_ID), "user": api.world.bot,
        "url": f"https://discord.com/api/webhooks/{ident}/webhook-{ident}",
    }  # fmt: skip
    _changed(api, request, api.webhooks[ident], audit.Action.WEBHOOK_CREATE)
    return Response(200, api.webhooks[ident])


def _changed(api: Api, request: Request, hook: Json, action: audit.Action) -> None:
    where = {"guild_id": hook["guild_id"], "channel_id": hook["channel_id"]}
    api.hub.publish("WEBHOOKS_UPDATE", int(hook["guild_id"]), where)
    audit.note(api, request, int(hook["guild_id"]), action, hook["id"])


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
    found, given = _found(api, hook, token), _CHANGES.read(request.json())
    if token is not None:
        given.pop("channel_id", None)
    if "channel_id" in given:
        api.channel(int(given["channel_id"]))
    found.update(given)
    _changed(api, request, found, audit.Action.WEBHOOK_UPDATE)
    return get(api, request, hook, token)


def delete(api: Api, request: Request, hook: str, token: str | None = None) -> Response:
    _changed(api, request, _found(api, hook, token), audit.Action.WEBHOOK_DELETE)
    del api.webhooks[hook]
    return Response(204)


def _place(api: Api, request: Request, found: Json) -> int:
    """The channel, or the thread that the query names."""
    channel_id = request.number("thread_id", int(found["channel_id"]))
    api.channel(channel_id)
    return channel_id


def execute(api: Api, request: Request, hook: str, token: str) -> Response:
    found = _found(api, hook, token)
    given = messages.checked(request.json(), request.files)
    given["flags"] = (given.get("flags") or 0) & ~message_form.EPHEMERAL
    channel_id = _place(api, request, found)
    if api.channel(channel_id)["type"] in _POSTS:
        channel_id = threads.from_webhook(api, request, channel_id, given)
    author = _author(found, given)
    message = messages.build(api, channel_id, given, request.files, request.now, author)
    message["webhook_id"] = hook
    messages.post(api, message, request.now)
    api.replies.shown_in(channel_id, "message", message)
    return Response(200, message) if request.truth("wait") else Response(204)


def _author(found: Json, given: Json) -> Json:
    """Webhooks speak under any name."""
    name = given.get("username") or found["name"]
    user = user_json(int(found["id"]), name, bot=True)
    return {**user, "discriminator": "0000", "global_name": None, "avatar": found["avatar"]}


def slack(api: Api, request: Request, hook: str, token: str) -> Response:
    """A body of Slack's: text and attachments become content and embeds."""
    body = _SLACK.read(request.json())
    embeds = [
        {"title": item.get("title"), "description": item.get("text") or item.get("fallback")}
        for item in body.get("attachments", ())
    ]
    said = {"content": body.get("text"), "username": body.get("username"), "embeds": embeds}
    execute(api, replace(request, body=said, files=()), hook, token)
    return Response(200, "ok")


def github(api: Api, request: Request, hook: str, token: str) -> Response:
    """A delivery of GitHub's: who did it, and where."""
    body = _GITHUB.read(request.json())
    what = body.get("repository", {}).get("full_name", "a repository")
    who = body.get("sender", {}).get("login", "somebody")
    embed = {"title": f"[{what}] {body.get('action', 'event')} by {who}"}
    execute(api, replace(request, body={"embeds": [embed]}, files=()), hook, token)
    return Response(204)


def _message(api: Api, request: Request, hook: str, token: str, message: str) -> Json:
    found = _found(api, hook, token)
    channel_id = _place(api, request, found)
    known = api.message(channel_id, identifier(message, "message"))
    if known.get("webhook_id") != hook:
        raise unknown("message")
    return known


def read(api: Api, request: Request, hook: str, token: str, message: str) -> Response:
    return Response(200, _message(api, request, hook, token, message))


def edit(api: Api, request: Request, hook: str, token: str, message: str) -> Response:
    known = _message(api, request, hook, token, message)
    flags = known.get("flags", 0)
    given = messages.checked(request.json(), request.files, partial=True, flags=flags)
    messages.apply_edit(api, known, given, request.files, request.now)
    messages.publish(api, "MESSAGE_UPDATE", known)
    api.replies.shown_in(int(known["channel_id"]), "edit", known)
    return Response(200, known)


def remove(api: Api, request: Request, hook: str, token: str, message: str) -> Response:
    known = _message(api, request, hook, token, message)
    deletion.remove(api, int(known["channel_id"]), int(known["id"]))
    return Response(204)


def _either(
    of_webhook: Callable[..., Response], of_interaction: Callable[..., Response]
) -> Handler:
    """The path does not tell a webhook from an interaction; the id does."""

    def handle(api: Api, request: Request, hook: str, *rest: str) -> Response:
        chosen = of_interaction if hook == str(APPLICATION_ID) else of_webhook
        return chosen(api, request, hook, *rest)

    return handle


_NEEDS = Permission.MANAGE_WEBHOOKS
_HOOK = "webhooks/{webhook}/{token}"
_SENT = _HOOK + "/messages/{message}"
ROUTES = (
    Route("POST", "channels/{channel}/webhooks", create, needs=_NEEDS),
    Route("GET", "channels/{channel}/webhooks", of_channel, needs=_NEEDS),
    Route("GET", "guilds/{guild}/webhooks", of_guild, needs=_NEEDS),
    Route("GET", "webhooks/{webhook}", get),
    Route("PATCH", "webhooks/{webhook}", change),
    Route("DELETE", "webhooks/{webhook}", delete),
    Route("GET", _HOOK, get, open=True),
    Route("PATCH", _HOOK, change, open=True),
    Route("DELETE", _HOOK, delete, open=True),
    Route("POST", _HOOK, _either(execute, interactions.follow_up), open=True),
    Route("POST", _HOOK + "/slack", slack, open=True),
    Route("POST", _HOOK + "/github", github, open=True),
    Route("GET", _SENT, _either(read, interactions.get), open=True),
    Route("PATCH", _SENT, _either(edit, interactions.edit), open=True),
    Route("DELETE", _SENT, _either(remove, interactions.delete), open=True),
)
