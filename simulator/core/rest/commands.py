"""Application commands, global and per guild. Source: Discord Docs/Application Commands."""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

import re
from typing import Any

from simulator.core.commands import GLOBAL
from simulator.core.rest.context import Api
from simulator.core.rest.form import (
    Form,
    Wrong,
    anything,
    bits,
    choice,
    clearable,
    flag,
    integer,
    many,
    needed,
    number,
    read,
    snowflake,
    text,
    wrong,
)
from simulator.core.rest.route import (
    ApiError,
    Request,
    Response,
    Route,
    identifier,
    unknown,
)
from simulator.core.world import APPLICATION_ID, Json

_NAME = re.compile(r"[-_'\w]{1,32}")
_MAX = {1: 100, 2: 15, 3: 15, 4: 1}
_CHAT_INPUT = 1
_LOCAL = clearable(anything)


def _name(value: Any) -> str:
    given: str = text(1, 32)(value)
    if not _NAME.fullmatch(given) or given != given.lower():
        raise wrong("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    return given


def _value(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise wrong("BASE_TYPE_BAD_TYPE", "A choice's value is a string or a number")
    return text(0, 100)(value) if isinstance(value, str) else value


_CHOICE = Form(name=needed(text(1, 100)), name_localizations=_LOCAL, value=needed(_value))
_NUMBER = clearable(number(-(2.0**53), 2.0**53))


def _exact(value: Any) -> Any:
    """A bound of numbers, as it came: 5 stays 5."""
    _NUMBER.check(value)
    return value


def _option(value: Any) -> Json:
    """One option; those of sub-commands and groups nest, two deep at most."""
    return _OPTION(value)


_OPTION = Form(
    type=needed(choice(*range(1, 12))), name=needed(_name), description=needed(text(1, 100)),
    required=flag, autocomplete=flag, choices=clearable(many(_CHOICE, 0, 25)),
    channel_types=clearable(many(integer(0, 16))), min_value=clearable(_exact),
    max_value=clearable(_exact), min_length=clearable(integer(0, 6000)),
    max_length=clearable(integer(1, 6000)), options=clearable(many(_option, 0, 25)),
    name_localizations=_LOCAL, description_localizations=_LOCAL,
)  # fmt: skip
_COMMAND = Form(
    type=clearable(choice(*_MAX)), name_localizations=_LOCAL, description_localizations=_LOCAL,
    options=clearable(many(_option, 0, 25)), default_member_permissions=clearable(bits),
    dm_permission=clearable(flag), nsfw=clearable(flag), contexts=clearable(many(choice(0, 1, 2))),
    integration_types=clearable(many(choice(0, 1))), default_permission=clearable(flag),
    handler=clearable(integer(1, 3)), id=snowflake,
)  # fmt: skip
_SLASH = _COMMAND.extended(name=needed(_name), description=needed(text(1, 100)))
_MENU = _COMMAND.extended(name=needed(text(1, 32)), description=clearable(text(0, 0)))
_ENTRY = _COMMAND.extended(name=needed(text(1, 32)), description=clearable(text(0, 100)))
_NULLABLE = frozenset({"default_member_permissions", "contexts"})
_BY_KIND = {1: _SLASH, 2: _MENU, 3: _MENU, 4: _ENTRY}


def _scope(api: Api, application: str, guild: str | None) -> int:
    if identifier(application, "application") != APPLICATION_ID:
        raise ApiError(403, 20012, "You are not authorized to perform this action")
    if guild is None:
        return GLOBAL
    guild_id = identifier(guild, "guild")
    if not api.world.shows(guild_id):
        raise ApiError(403, 50001, "Missing Access")
    return guild_id


def _checked(given: Any) -> Json:
    """The command object, checked. Raises Wrong."""
    kind = _CHAT_INPUT
    if isinstance(given, dict) and given.get("type") is not None:
        kind = Form(type=choice(*_MAX))(given)["type"]
    kept = _BY_KIND[kind](given)
    options = kept.get("options") or []
    _check_options(options)
    if kind != _CHAT_INPUT and options:
        message = "Context menu commands cannot have options"
        raise Wrong({"options": wrong("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message).errors})
    kept.pop("id", None)
    return {**{k: v for k, v in kept.items() if v is not None or k in _NULLABLE}, "type": kind}


def _check_options(options: list[Json], at: tuple[str, ...] = ("options",)) -> None:
    """Names differ, and what is required comes first. Raises Wrong."""
    names: set[str] = set()
    optional = False
    for index, option in enumerate(options):
        if option["name"] in names:
            raise _nested((*at, str(index), "name"), "APPLICATION_COMMAND_OPTIONS_NAME_INVALID",
                          "Option names must be unique")  # fmt: skip
        if option.get("required") and optional:
            message = "Required options must be placed before non-required options"
            code = "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"
            raise _nested((*at, str(index)), code, message)
        names.add(option["name"])
        optional = optional or not option.get("required")
        _check_options(option.get("options") or [], (*at, str(index), "options"))


def _nested(at: tuple[str, ...], code: str, message: str) -> Wrong:
    errors = wrong(code, message).errors
    for part in reversed(at):
        errors = {part: errors}
    return Wrong(errors)


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
    given = read(many(_checked), request.body)
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
    given = read(_checked, request.body)
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
    given = read(_checked, {**known, **request.json()})
    command = {**known, **given, "version": str(api.ids.next(request.now))}
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
