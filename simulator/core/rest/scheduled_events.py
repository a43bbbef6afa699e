"""Scheduled events of a guild and who is interested. Source: Discord Docs/Guild Scheduled Event."""

from simulator.core.rest.audit import Action
from simulator.core.rest.authority import Permission
from simulator.core.rest.collection import Collection
from simulator.core.rest.context import Api
from simulator.core.rest.form import (
    Form,
    anything,
    choice,
    clearable,
    image,
    invalid,
    moment,
    needed,
    snowflake,
    text,
)
from simulator.core.rest.route import Request, Response, Route, invalid_form
from simulator.core.world import Json

STAGE, VOICE, EXTERNAL = 1, 2, 3
_SCHEDULED, _ACTIVE, _COMPLETED, _CANCELED = 1, 2, 3, 4
_AFTER = {_SCHEDULED: {_ACTIVE, _CANCELED}, _ACTIVE: {_COMPLETED}}
_FORM = Form(
    name=needed(text(1, 100)), description=clearable(text(0, 1000)), image=clearable(image),
    channel_id=clearable(snowflake), privacy_level=needed(choice(2)),
    scheduled_start_time=needed(moment), scheduled_end_time=clearable(moment),
    entity_type=needed(choice(STAGE, VOICE, EXTERNAL)), status=choice(1, 2, 3, 4),
    entity_metadata=clearable(Form(location=text(1, 100))), recurrence_rule=clearable(anything),
)  # fmt: skip


def _make(api: Api, request: Request, guild_id: int, given: Json) -> Json:
    return {
        "id": str(api.ids.next(request.now)), "guild_id": str(guild_id), "description": None,
        "channel_id": None, "creator_id": api.world.bot["id"], "creator": api.world.bot,
        "image": None, "scheduled_end_time": None, "entity_id": None, "recurrence_rule": None,
        "entity_metadata": None, "guild_scheduled_event_exceptions": [], "user_count": 0,
        **given, "status": _SCHEDULED,
    }  # fmt: skip


def _check(event: Json) -> None:
    """What the kind of place demands. Raises ApiError 50035."""
    required = {"_errors": [{"code": "BASE_TYPE_REQUIRED", "message": "This field is required"}]}
    if event["entity_type"] != EXTERNAL:
        if event["channel_id"] is None:
            raise invalid({"channel_id": required})
        return
    errors: Json = {}
    if not (event["entity_metadata"] or {}).get("location"):
        errors["entity_metadata"] = {"location": required}
    if event["scheduled_end_time"] is None:
        errors["scheduled_end_time"] = required
    if errors:
        raise invalid(errors)
    event["channel_id"] = None


def _tell(api: Api, guild_id: int, verb: str, event: Json) -> None:
    api.tell(f"GUILD_SCHEDULED_EVENT_{verb}", guild_id, event)


class _Events(Collection):
    """An event's status only goes forward."""

    __slots__ = ()

    def change(self, api: Api, request: Request, guild: str, wanted: str) -> Response:
        known = self.one(api, guild, wanted)
        after = _FORM.read(request.json(), partial=True).get("status", known["status"])
        if after != known["status"] and after not in _AFTER.get(known["status"], ()):
            message = "Cannot change the status of this event to the one given"
            raise invalid_form("status", "GUILD_SCHEDULED_EVENT_INVALID_STATUS", message)
        return Collection.change(self, api, request, guild, wanted)


_EVENTS = _Events(
    "guild scheduled event", "guild_scheduled_events", "scheduled-events", _FORM, _make, _tell,
    Action.EVENT_CREATE, Permission.MANAGE_EVENTS, created=200, most=(100, 30038), check=_check,
)  # fmt: skip


def _interested(api: Api, event: Json) -> list[Json]:
    return api.listed(int(event["guild_id"]), f"interested in {event['id']}")


def interest(api: Api, event: Json, user: Json, comes: bool) -> None:
    """Somebody is interested in an event, or no longer."""
    known = _interested(api, event)
    known[:] = [entry for entry in known if entry["user"]["id"] != user["id"]]
    if comes:
        entry = {"guild_scheduled_event_id": event["id"], "user_id": user["id"], "user": user}
        known.append({**entry, "response": 1})
    event["user_count"] = len(known)
    told = {"guild_scheduled_event_id": event["id"], "user_id": user["id"],
            "guild_id": event["guild_id"]}  # fmt: skip
    verb = "ADD" if comes else "REMOVE"
    api.tell(f"GUILD_SCHEDULED_EVENT_USER_{verb}", int(event["guild_id"]), told)


def users(api: Api, request: Request, guild: str, wanted: str) -> Response:
    known = _interested(api, _EVENTS.one(api, guild, wanted))
    limit, after = request.number("limit", 100, 1, 100), request.number("after", 0)
    ordered = sorted(known, key=lambda entry: int(entry["user_id"]))
    page = [entry for entry in ordered if int(entry["user_id"]) > after][:limit]
    if request.truth("with_member"):
        page = [
            {**entry, "member": api.world.member(int(guild), int(entry["user_id"]))}
            for entry in page
        ]
    return Response(200, page)


ROUTES = (
    *_EVENTS.routes(),
    Route("GET", "guilds/{guild}/scheduled-events/{event}/users", users),
)
