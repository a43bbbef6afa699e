"""Live stages. Source: Discord Docs/Stage Instance."""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from simulator.core.rest import audit, authority
from simulator.core.rest.authority import Permission
from simulator.core.rest.context import Api
from simulator.core.rest.form import Form, choice, clearable, flag, needed, snowflake, text
from simulator.core.rest.route import ApiError, Request, Response, Route, identifier, unknown
from simulator.core.rest.voice import STAGE
from simulator.core.world import Json

_FORM = Form(
    channel_id=needed(snowflake), topic=needed(text(1, 120)), privacy_level=choice(1, 2),
    send_start_notification=flag, guild_scheduled_event_id=clearable(snowflake),
)  # fmt: skip
_CHANGES = Form(topic=text(1, 120), privacy_level=choice(1, 2))
_KEY = "stage_instances"


def _find(api: Api, channel: str) -> Json:
    found = api.channel(identifier(channel, "channel"))
    authority.in_channel(api, int(channel), Permission.MANAGE_CHANNELS)
    for stage in api.listed(int(found.get("guild_id") or 0), _KEY):
        if stage["channel_id"] == found["id"]:
            return stage
    raise unknown("stage instance")


def _tell(api: Api, request: Request, verb: str, stage: Json) -> None:
    guild_id = int(stage["guild_id"])
    api.tell(f"STAGE_INSTANCE_{verb}", guild_id, stage)
    action = audit.Action[f"STAGE_INSTANCE_{verb}"]
    audit.note(api, request, guild_id, action, stage["id"], channel_id=stage["channel_id"])


def create(api: Api, request: Request) -> Response:
    given = _FORM.read(request.json())
    channel = api.channel(int(given["channel_id"]))
    if channel["type"] != STAGE:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    authority.in_channel(api, int(channel["id"]), Permission.MANAGE_CHANNELS)
    kept = api.listed(int(channel["guild_id"]), _KEY)
    if any(stage["channel_id"] == channel["id"] for stage in kept):
        raise ApiError(400, 150006, "The Stage is already open")
    made = {
        "id": str(api.ids.next(request.now)), "guild_id": channel["guild_id"],
        "channel_id": channel["id"], "topic": given["topic"],
        "privacy_level": given.get("privacy_level", 2), "discoverable_disabled": True,
        "guild_scheduled_event_id": given.get("guild_scheduled_event_id"),
    }  # fmt: skip
    kept.append(made)
    _tell(api, request, "CREATE", made)
    return Response(200, made)


def get(api: Api, request: Request, channel: str) -> Response:
    return Response(200, _find(api, channel))


def change(api: Api, request: Request, channel: str) -> Response:
    found = _find(api, channel)
    found.update(_CHANGES.read(request.json()))
    _tell(api, request, "UPDATE", found)
    return Response(200, found)


def delete(api: Api, request: Request, channel: str) -> Response:
    found = _find(api, channel)
    api.listed(int(found["guild_id"]), _KEY).remove(found)
    _tell(api, request, "DELETE", found)
    return Response(204)


ROUTES = (
    Route("POST", "stage-instances", create),
    Route("GET", "stage-instances/{channel}", get),
    Route("PATCH", "stage-instances/{channel}", change),
    Route("DELETE", "stage-instances/{channel}", delete),
)
