"""Messages that go: one by one and many at once. Source: Discord Docs/Message, "Delete Message"."""

from simulator.core.rest import audit, authority
from simulator.core.rest.authority import Permission
from simulator.core.rest.context import Api
from simulator.core.rest.form import Form, many, needed, snowflake
from simulator.core.rest.route import ApiError, Request, Response, Route, identifier, unknown
from simulator.core.snowflake import made_at
from simulator.core.world import Json

_BULK_AGE = 14 * 86_400  # seconds: Discord Docs/Message, "Bulk Delete Messages"
_BULK = Form(messages=needed(many(snowflake, 2, 100)))


def remove(api: Api, channel_id: int, message_id: int, by_bot: bool = True) -> None:
    """Delete one message and publish it. Raises ApiError 10008.

    People who wait are told of it when it is the bot who did it.
    """
    if not api.history.forget(channel_id, message_id):
        raise unknown("message")
    guild_id = api.world.guild_of(channel_id)
    gone: Json = {"id": str(message_id), "channel_id": str(channel_id)}
    if guild_id is not None:
        gone["guild_id"] = str(guild_id)
    api.hub.publish("MESSAGE_DELETE", guild_id, gone)
    if by_bot:
        api.replies.shown_in(channel_id, "deletion", gone)


def delete(api: Api, request: Request, channel: str, message: str) -> Response:
    channel_id, message_id = identifier(channel, "channel"), identifier(message, "message")
    api.channel(channel_id)
    found = api.message(channel_id, message_id)
    guild_id, author = api.world.guild_of(channel_id), found["author"]["id"]
    if author != api.world.bot["id"]:
        if guild_id is None:
            raise ApiError(403, 50003, "Cannot execute action on a DM channel")
        authority.in_channel(api, channel_id, Permission.MANAGE_MESSAGES)
    remove(api, channel_id, message_id)
    if guild_id is not None and author != api.world.bot["id"]:
        where: Json = {"channel_id": channel, "count": "1"}
        audit.note(api, request, guild_id, audit.Action.MESSAGE_DELETE, author, **where)
    return Response(204)


def remove_all(api: Api, channel_id: int, wanted: list[int]) -> None:
    """Delete many messages of a guild's channel and publish it; unknown ones do not matter."""
    gone = [ident for ident in wanted if api.history.forget(channel_id, ident)]
    guild_id = api.world.guild_of(channel_id)
    if gone and guild_id is not None:
        event = {"ids": [str(i) for i in gone], "channel_id": str(channel_id),
                 "guild_id": str(guild_id)}  # fmt: skip
        api.hub.publish("MESSAGE_DELETE_BULK", guild_id, event)


def bulk_delete(api: Api, request: Request, channel: str) -> Response:
    channel_id = identifier(channel, "channel")
    api.channel(channel_id)
    ids = [int(ident) for ident in _BULK.read(request.json())["messages"]]
    guild_id = api.world.guild_of(channel_id)
    if guild_id is None:
        raise ApiError(403, 50003, "Cannot execute action on a DM channel")
    if any(made_at(ident) < request.now - _BULK_AGE for ident in ids):
        message = "You can only bulk delete messages that are under 14 days old."
        raise ApiError(400, 50034, message)
    remove_all(api, channel_id, ids)
    action = audit.Action.MESSAGE_BULK_DELETE
    audit.note(api, request, guild_id, action, channel, count=str(len(ids)))
    return Response(204)


_AT = "channels/{channel}/messages"
ROUTES = (
    Route("DELETE", _AT + "/{message}", delete),
    Route("POST", _AT + "/bulk-delete", bulk_delete, needs=Permission.MANAGE_MESSAGES),
)
