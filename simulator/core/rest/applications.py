"""The application itself, its role connections, and where its gateway is.

Source: Discord Docs/Application, Application Role Connection Metadata, Gateway and OAuth2.
"""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from simulator.core.rest.context import Api
from simulator.core.rest.form import (
    Form,
    anything,
    choice,
    clearable,
    image,
    integer,
    many,
    needed,
    read,
    text,
)
from simulator.core.rest.route import ApiError, Request, Response, Route, identifier
from simulator.core.world import APPLICATION_FLAGS, APPLICATION_ID, Json

_EDIT = "application"
_URL = clearable(text(0, 512))
_CHANGES = Form(
    description=clearable(text(0, 400)), icon=clearable(image), cover_image=clearable(image),
    interactions_endpoint_url=_URL, role_connections_verification_url=_URL, custom_install_url=_URL,
    event_webhooks_url=_URL, event_webhooks_status=choice(1, 2, 3), flags=integer(0),
    event_webhooks_types=many(text(1, 100)), tags=many(text(1, 20), 0, 5),
    install_params=clearable(Form(scopes=needed(many(text(1))), permissions=needed(text(1)))),
    integration_types_config=clearable(anything),
)  # fmt: skip
_METADATA = many(
    Form(type=needed(choice(*range(1, 9))), key=needed(text(1, 50)), name=needed(text(1, 100)),
         description=needed(text(1, 200)), name_localizations=clearable(anything),
         description_localizations=clearable(anything)), 0, 5,
)  # fmt: skip


def _application(api: Api) -> Json:
    """The application object, as it was last edited."""
    edits = api.listed(0, _EDIT)
    return {
        "id": str(APPLICATION_ID), "name": "Multipod", "icon": None, "description": "",
        "type": None, "bot_public": True, "bot_require_code_grant": False, "verify_key": "0" * 64,
        "flags": APPLICATION_FLAGS, "flags_new": str(APPLICATION_FLAGS),
        "hook": True, "summary": "", "owner": api.world.user(0), "eligible_oauth2_scopes": [],
        "team": None, "bot": api.world.bot, "approximate_guild_count": api.world.size,
        "approximate_user_install_count": 0, "approximate_user_authorization_count": 0,
        "redirect_uris": [], "interactions_endpoint_url": None, "tags": [],
        "role_connections_verification_url": None, "event_webhooks_url": None,
        "event_webhooks_status": 1, "event_webhooks_types": [],
        "integration_types_config": {"0": {}}, "explicit_content_filter": 0,
        "max_participants": None, "rpc_origins": [], **(edits[0] if edits else {}),
    }  # fmt: skip


def _own(application: str) -> None:
    if application != "@me" and identifier(application, "application") != APPLICATION_ID:
        raise ApiError(403, 20012, "You are not authorized to perform this action")


def get(api: Api, request: Request, application: str = "@me") -> Response:
    _own(application)
    return Response(200, _application(api))


def change(api: Api, request: Request, application: str = "@me") -> Response:
    _own(application)
    given = _CHANGES.read(request.json())
    given["description"] = given.get("description", _application(api)["description"]) or ""
    given.pop("flags", None)  # Discord grants them
    if given.get("integration_types_config", 0) is None:
        del given["integration_types_config"]
    edits = api.listed(0, _EDIT)
    edits[:] = [{**(edits[0] if edits else {}), **given}]
    return get(api, request)


def authorization(api: Api, request: Request) -> Response:
    whole = _application(api)
    partial = {key: whole[key] for key in
               ("id", "name", "icon", "description", "hook", "bot_public", "bot_require_code_grant",
                "verify_key", "type", "flags", "flags_new", "summary")}  # fmt: skip
    return Response(200, {
        "application": partial, "scopes": ["bot", "applications.commands"],
        "expires": "2099-01-01T00:00:00+00:00", "user": api.world.bot,
    })  # fmt: skip


def metadata(api: Api, request: Request, application: str) -> Response:
    _own(application)
    return Response(200, api.listed(0, "role connections"))


def put_metadata(api: Api, request: Request, application: str) -> Response:
    _own(application)
    kept = api.listed(0, "role connections")
    kept[:] = read(_METADATA, request.body)
    return Response(200, kept)


def gateway(api: Api, request: Request) -> Response:
    return Response(200, {"url": api.gateway_url})


def gateway_bot(api: Api, request: Request) -> Response:
    budget = api.hub.identifies
    limit = {
        "total": budget.total, "remaining": budget.remaining(request.now),
        "reset_after": budget.reset_after_ms(request.now), "max_concurrency": budget.concurrency,
    }  # fmt: skip
    told = {"url": api.gateway_url, "shards": api.shards, "session_start_limit": limit}
    return Response(200, told)


_ROLES = "applications/{application}/role-connections/metadata"
ROUTES = (
    Route("GET", "oauth2/applications/@me", get),
    Route("GET", "oauth2/@me", authorization),
    Route("GET", "applications/@me", get),
    Route("PATCH", "applications/@me", change),
    Route("GET", "applications/{application}", get),
    Route("PATCH", "applications/{application}", change),
    Route("GET", _ROLES, metadata),
    Route("PUT", _ROLES, put_metadata),
    Route("GET", "gateway", gateway, open=True),
    Route("GET", "gateway/bot", gateway_bot),
)
