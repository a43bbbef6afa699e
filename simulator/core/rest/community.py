"""What a guild shows to newcomers and outsiders: welcome screen, onboarding, widget, vanity link,
integrations. Source: Discord Docs/Guild.
"""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from simulator.core.rest import audit, guilds
from simulator.core.rest.authority import Permission
from simulator.core.rest.context import Api
from simulator.core.rest.form import (
    Form,
    choice,
    clearable,
    flag,
    integer,
    many,
    needed,
    snowflake,
    text,
)
from simulator.core.rest.route import ApiError, Request, Response, Route, identifier, unknown
from simulator.core.world import APPLICATION_ID, Json

_SCREEN = Form(
    enabled=flag, description=clearable(text(0, 140)),
    welcome_channels=many(
        Form(channel_id=needed(snowflake), description=needed(text(1, 50)),
             emoji_id=clearable(snowflake), emoji_name=clearable(text(0, 100))), 0, 5,
    ),
)  # fmt: skip
_WIDGET = Form(enabled=flag, channel_id=clearable(snowflake))
_OPTION = Form(
    id=clearable(snowflake), channel_ids=many(snowflake, 0, 50), role_ids=many(snowflake, 0, 50),
    title=needed(text(1, 50)), description=clearable(text(0, 100)), emoji_id=clearable(snowflake),
    emoji_name=clearable(text(0, 100)), emoji_animated=flag,
)  # fmt: skip
_PROMPT = Form(
    id=needed(snowflake), type=choice(0, 1), title=needed(text(1, 100)),
    options=needed(many(_OPTION, 1, 50)), single_select=flag, required=flag, in_onboarding=flag,
)  # fmt: skip
_ONBOARDING = Form(
    prompts=many(_PROMPT, 0, 15), default_channel_ids=many(snowflake, 0, 500), enabled=flag,
    mode=choice(0, 1),
)  # fmt: skip
_VANITY = Form(code=clearable(text(2, 32)))
_MFA = Form(level=needed(integer(0, 1)))


def _one(api: Api, guild: str, key: str, nothing: Json) -> Json:
    """The only thing of its kind in a guild, made on first use."""
    guild_id = identifier(guild, "guild")
    api.guild(guild_id)
    kept = api.listed(guild_id, key)
    if not kept:
        kept.append(nothing)
    return kept[0]


def _screen(api: Api, guild: str) -> Json:
    return _one(api, guild, "welcome", {"enabled": False, "description": None,
                                        "welcome_channels": []})  # fmt: skip


def _shown(screen: Json) -> Json:
    return {key: screen[key] for key in ("description", "welcome_channels")}


def screen(api: Api, request: Request, guild: str) -> Response:
    found = _screen(api, guild)
    if not found["enabled"] and not found["welcome_channels"]:
        raise unknown("guild welcome screen")
    return Response(200, _shown(found))


def change_screen(api: Api, request: Request, guild: str) -> Response:
    found, given = _screen(api, guild), _SCREEN.read(request.json())
    for channel in given.get("welcome_channels", ()):
        channel.setdefault("emoji_id", None)
        channel.setdefault("emoji_name", None)
    found.update(given)
    return Response(200, _shown(found))


def _newcomers(api: Api, guild: str) -> Json:
    nothing = {"guild_id": guild, "prompts": [], "default_channel_ids": [], "enabled": False,
               "mode": 0}  # fmt: skip
    return _one(api, guild, "onboarding", nothing)


def onboarding(api: Api, request: Request, guild: str) -> Response:
    return Response(200, _newcomers(api, guild))


def change_onboarding(api: Api, request: Request, guild: str) -> Response:
    found, given = _newcomers(api, guild), _ONBOARDING.read(request.json())
    for prompt in given.get("prompts", ()):
        usual = {"type": 0, "single_select": False, "required": False, "in_onboarding": False}
        prompt.update({**usual, **prompt})
        prompt["options"] = [_option(api, request, option) for option in prompt["options"]]
    found.update(given)
    audit.note(api, request, int(guild), audit.Action.ONBOARDING_UPDATE, guild)
    return Response(200, found)


def _option(api: Api, request: Request, given: Json) -> Json:
    ident = given.get("id") or str(api.ids.next(request.now))
    emoji = {"id": given.get("emoji_id"), "name": given.get("emoji_name"),
             "animated": given.get("emoji_animated", False)}  # fmt: skip
    return {"id": ident, "title": given["title"], "description": given.get("description") or "",
            "emoji": emoji, "role_ids": given.get("role_ids", []),
            "channel_ids": given.get("channel_ids", [])}  # fmt: skip


def widget(api: Api, request: Request, guild: str) -> Response:
    found = api.guild(identifier(guild, "guild"))
    shown = {"enabled": found["widget_enabled"], "channel_id": found["widget_channel_id"]}
    return Response(200, shown)


def change_widget(api: Api, request: Request, guild: str) -> Response:
    found, given = api.guild(identifier(guild, "guild")), _WIDGET.read(request.json())
    found["widget_enabled"] = given.get("enabled", found["widget_enabled"])
    found["widget_channel_id"] = given.get("channel_id", found["widget_channel_id"])
    api.tell("GUILD_UPDATE", int(guild), guilds.shown(found))
    return widget(api, request, guild)


def public_widget(api: Api, request: Request, guild: str) -> Response:
    found = api.guild(identifier(guild, "guild"))
    if not found["widget_enabled"]:
        raise ApiError(403, 50004, "Widget Disabled")
    channels = [
        {key: channel[key] for key in ("id", "name", "position")}
        for channel in found["channels"] if channel["type"] == 2
    ]  # fmt: skip
    return Response(200, {"id": guild, "name": found["name"], "instant_invite": None,
                          "channels": channels, "members": [], "presence_count": 1})  # fmt: skip


def vanity(api: Api, request: Request, guild: str) -> Response:
    found = api.guild(identifier(guild, "guild"))
    return Response(200, {"code": found["vanity_url_code"], "uses": 0})


def change_vanity(api: Api, request: Request, guild: str) -> Response:
    found, given = api.guild(identifier(guild, "guild")), _VANITY.read(request.json())
    if "VANITY_URL" not in found["features"]:
        raise ApiError(403, 50001, "Missing Access")
    found["vanity_url_code"] = given.get("code")
    api.tell("GUILD_UPDATE", int(guild), guilds.shown(found))
    return vanity(api, request, guild)


def change_mfa(api: Api, request: Request, guild: str) -> Response:
    found = api.guild(identifier(guild, "guild"))
    found["mfa_level"] = _MFA.read(request.json())["level"]
    api.tell("GUILD_UPDATE", int(guild), guilds.shown(found))
    return Response(200, {"level": found["mfa_level"]})


def _integrations(api: Api, guild: str) -> list[Json]:
    """The bot's own, until it is taken away."""
    bot = api.world.bot
    application = {
        "id": str(APPLICATION_ID), "name": "Multipod", "icon": None, "description": "",
        "type": None, "bot": bot, "summary": "",
    }  # fmt: skip
    own = {
        "type": "discord", "name": "Multipod", "id": str(APPLICATION_ID + 1), "enabled": True,
        "account": {"id": bot["id"], "name": bot["username"]}, "user": api.world.user(0),
        "application": application, "scopes": ["applications.commands", "bot"],
    }  # fmt: skip
    found: list[Json] = _one(api, guild, "integrations", {"all": [own]})["all"]
    return found


def integrations(api: Api, request: Request, guild: str) -> Response:
    return Response(200, _integrations(api, guild))


def remove_integration(api: Api, request: Request, guild: str, integration: str) -> Response:
    ident, kept = str(identifier(integration, "integration")), _integrations(api, guild)
    found = next((item for item in kept if item["id"] == ident), None)
    if found is None:
        raise unknown("integration")
    kept.remove(found)
    told = {"id": ident, "guild_id": guild, "application_id": str(APPLICATION_ID)}
    api.tell("INTEGRATION_DELETE", int(guild), told)
    api.tell("GUILD_INTEGRATIONS_UPDATE", int(guild), {"guild_id": guild})
    audit.note(api, request, int(guild), audit.Action.INTEGRATION_DELETE, ident)
    return Response(204)


_AT, _NEEDS = "guilds/{guild}", Permission.MANAGE_GUILD
ROUTES = (
    Route("GET", _AT + "/welcome-screen", screen),
    Route("PATCH", _AT + "/welcome-screen", change_screen, needs=_NEEDS),
    Route("GET", _AT + "/onboarding", onboarding),
    Route("PUT", _AT + "/onboarding", change_onboarding, needs=_NEEDS),
    Route("GET", _AT + "/widget", widget, needs=_NEEDS),
    Route("PATCH", _AT + "/widget", change_widget, needs=_NEEDS),
    Route("GET", _AT + "/widget.json", public_widget),
    Route("GET", _AT + "/vanity-url", vanity, needs=_NEEDS),
    Route("PATCH", _AT + "/vanity-url", change_vanity, needs=_NEEDS),
    Route("POST", _AT + "/mfa", change_mfa),
    Route("GET", _AT + "/integrations", integrations, needs=_NEEDS),
    Route("DELETE", _AT + "/integrations/{integration}", remove_integration, needs=_NEEDS),
)
