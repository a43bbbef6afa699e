"""Application commands, global and per guild. Source: Discord Docs/Application Commands."""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

import re
from typing import Any

from simulator.core.commands import GLOBAL, GROUP, SUB_COMMAND
from simulator.core.rest.context import Api
from simulator.core.rest.route import (
    ApiError,
    Request,
    Response,
    Route,
    identifier,
    invalid_form,
    unknown,
)
from simulator.core.world import APPLICATION_ID, Json

_NAME = re.compile(r"[-_'\w]{1,32}")
_MAX = {1: 100, 2: 15, 3: 15, 4: 1}
_CHAT_INPUT = 1


def _scope(api: Api, application: str, guild: str | None) -> int:
    if identifier(application, "application") != APPLICATION_ID:
        raise ApiError(403, 20012, "You are not authorized to perform this action")
    if guild is None:
        return GLOBAL
    guild_id = identifier(guild, "guild")
    if not api.world.shows(guild_id):
        raise ApiError(403, 50001, "Missing Access")
    return guild_id


def _checked(given: Any, where: str) -> Json:
    """The command object, checked. Raises ApiError 50035 naming the field."""
    if not isinstance(given, dict):
        raise invalid_form(where + "_", "DICT_TYPE_CONVERT", "Only dictionaries may be used here.")
    name, kind = given.get("name"), given.get("type") or _CHAT_INPUT
    if not isinstance(name, str):
        raise invalid_form(where + "name", "BASE_TYPE_REQUIRED", "This field is required")
    proper = kind != _CHAT_INPUT or (_NAME.fullmatch(name) and name == name.lower())
    if not proper or not 1 <= len(name) <= 32:
        message = "Command name is invalid"
        raise invalid_form(where + "name", "APPLICATION_COMMAND_INVALID_NAME", message)
    if kind == _CHAT_INPUT and not given.get("description"):
        raise invalid_form(where + "description", "BASE_TYPE_REQUIRED", "This field is required")
    _check_options(given.get("options"), where + "options")
    return {**given, "type": kind}


def _check_options(options: Any, where: str) -> None:
    if not options:
        return
    if not isinstance(options, list) or len(options) > 25:
        raise invalid_form(where, "BASE_TYPE_BAD_LENGTH", "Must be between 0 and 25 in length.")
    for index, option in enumerate(options):
        if not isinstance(option, dict) or not isinstance(option.get("type"), int):
            raise invalid_form(f"{where}.{index}.type", "BASE_TYPE_REQUIRED",
                               "This field is required")  # fmt: skip
        if option["type"] in {SUB_COMMAND, GROUP}:
            _check_options(option.get("options"), f"{where}.{index}.options")


def _stored(api: Api, given: Json, scope: int, now: float, known: Json | None) -> Json:
    command: Json = {
        "id": str(api.ids.next(now)), "application_id": str(APPLICATION_ID),
        "version": str(api.ids.next(now)), "default_member_permissions": None,
        "dm_permission": True, "nsfw": False, "name_localizations": None,
        "description_localizations": None, "description": "", "contexts": None,
        "integration_types": [0], **given,
    }  # fmt: skip
    if scope != GLOBAL:
        command["guild_id"] = str(scope)
    if known is not None:
        command["id"] = known["id"]
    return command


def _count(api: Api) -> None:
    api.ledger.commands_registered = len(api.commands)


def listed(api: Api, request: Request, application: str, guild: str | None = None) -> Response:
    return Response(200, api.commands.all(_scope(api, application, guild)))


def one(api: Api, request: Request, application: str, *where: str) -> Response:
    *guild, command_id = where
    scope = _scope(api, application, guild[0] if guild else None)
    command = api.commands.get(scope, command_id)
    if command is None:
        raise unknown("application command")
    return Response(200, command)


def overwrite(api: Api, request: Request, application: str, guild: str | None = None) -> Response:
    scope = _scope(api, application, guild)
    if not isinstance(request.body, list):
        raise invalid_form("_", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    given = [_checked(item, f"{index}.") for index, item in enumerate(request.body)]
    for kind, most in _MAX.items():
        if sum(item["type"] == kind for item in given) > most:
            raise ApiError(400, 30032, f"Maximum number of application commands reached ({most}).")
    kept = [
        _stored(api, item, scope, request.now,
                api.commands.named(scope, item["name"], item["type"]))
        for item in given
    ]  # fmt: skip
    api.commands.replace(scope, kept)
    _count(api)
    return Response(200, kept)


def create(api: Api, request: Request, application: str, guild: str | None = None) -> Response:
    scope = _scope(api, application, guild)
    given = _checked(request.body, "")
    known = api.commands.named(scope, given["name"], given["type"])
    command = _stored(api, given, scope, request.now, known)
    api.commands.put(scope, command)
    _count(api)
    return Response(201 if known is None else 200, command)


def change(api: Api, request: Request, application: str, *where: str) -> Response:
    known = one(api, request, application, *where).body
    scope = _scope(api, application, where[0] if len(where) == 2 else None)
    if not isinstance(known, dict):
        raise unknown("application command")
    given = _checked({**known, **request.json()}, "")
    command = {**given, "id": known["id"], "version": str(api.ids.next(request.now))}
    api.commands.put(scope, command)
    return Response(200, command)


def delete(api: Api, request: Request, application: str, *where: str) -> Response:
    one(api, request, application, *where)
    scope = _scope(api, application, where[0] if len(where) == 2 else None)
    api.commands.remove(scope, where[-1])
    _count(api)
    return Response(204)


_AT = ("applications/{application}/commands", "applications/{application}/guilds/{guild}/commands")
ROUTES = tuple(
    route
    for at in _AT
    for route in (
        Route("GET", at, listed),
        Route("PUT", at, overwrite),
        Route("POST", at, create),
        Route("GET", at + "/{command}", one),
        Route("PATCH", at + "/{command}", change),
        Route("DELETE", at + "/{command}", delete),
    )
)
