"""Who the bot is and where its gateway is: users, applications, gateway."""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from simulator.core.rest.context import Api
from simulator.core.rest.route import Request, Response, Route, identifier, unknown
from simulator.core.world import APPLICATION_FLAGS, APPLICATION_ID, Json


def application(api: Api) -> Json:
    """The application object, as /oauth2/applications/@me and /applications/@me show it."""
    owner = api.world.user(0)
    return {
        "id": str(APPLICATION_ID), "name": "Multipod", "icon": None, "description": "",
        "type": None, "bot_public": True, "bot_require_code_grant": False, "verify_key": "0" * 64,
        "flags": APPLICATION_FLAGS, "flags_new": str(APPLICATION_FLAGS),
        "hook": True, "summary": "", "owner": owner, "eligible_oauth2_scopes": [],
        "team": None, "bot": api.world.bot, "approximate_guild_count": api.world.size,
        "approximate_user_install_count": 0, "approximate_user_authorization_count": 0,
        "redirect_uris": [], "interactions_endpoint_url": None, "tags": [],
        "role_connections_verification_url": None, "event_webhooks_url": None,
        "event_webhooks_status": 1, "event_webhooks_types": [],
        "integration_types_config": {"0": {}}, "explicit_content_filter": 0,
        "max_participants": None, "rpc_origins": [],
    }  # fmt: skip


def me(api: Api, request: Request) -> Response:
    return Response(200, {
        **api.world.bot, "mfa_enabled": True, "verified": True, "email": None, "locale": "en-US",
        "premium_type": 0, "bio": "",
    })  # fmt: skip


def change_me(api: Api, request: Request) -> Response:
    given = request.json()
    for key in {"username", "avatar", "banner"} & set(given):
        api.world.bot[key] = given[key]
    return me(api, request)


def user(api: Api, request: Request, user_id: str) -> Response:
    found = api.world.user_by_id(identifier(user_id, "user"))
    if found is None:
        raise unknown("user")
    return Response(200, found)


def my_guilds(api: Api, request: Request) -> Response:
    limit = int(request.query.get("limit", "200"))
    after = int(request.query.get("after", "0"))
    ids = [g for g in api.world.guild_ids() if g > after][:limit]
    return Response(200, [
        {"id": str(g), "name": (api.world.guild(g) or {})["name"], "icon": None, "banner": None,
         "owner": False, "permissions": str((1 << 53) - 1), "features": []}
        for g in ids
    ])  # fmt: skip


def open_direct(api: Api, request: Request) -> Response:
    given = str(request.json().get("recipient_id", ""))
    found = api.world.user_by_id(identifier(given, "recipient"))
    if found is None:
        raise unknown("user")
    return Response(200, api.world.direct_channel(found))


def this_application(api: Api, request: Request) -> Response:
    return Response(200, application(api))


def detectable(api: Api, request: Request) -> Response:
    """Games that Discord knows by their programs; Detritus asks. Undocumented."""
    return Response(200, [])


def authorization(api: Api, request: Request) -> Response:
    partial = {key: application(api)[key] for key in
               ("id", "name", "icon", "description", "hook", "bot_public", "bot_require_code_grant",
                "verify_key", "type", "flags", "summary")}  # fmt: skip
    return Response(200, {
        "application": partial, "scopes": ["bot", "applications.commands"],
        "expires": "2099-01-01T00:00:00+00:00", "user": api.world.bot,
    })  # fmt: skip


def gateway(api: Api, request: Request) -> Response:
    return Response(200, {"url": api.gateway_url})


def gateway_bot(api: Api, request: Request) -> Response:
    budget = api.hub.identifies
    return Response(
        200,
        {
            "url": api.gateway_url,
            "shards": api.shards,
            "session_start_limit": {
                "total": budget.total,
                "remaining": budget.remaining(request.now),
                "reset_after": budget.reset_after_ms(request.now),
                "max_concurrency": budget.concurrency,
            },
        },
    )


ROUTES = (
    Route("GET", "users/@me", me),
    Route("PATCH", "users/@me", change_me),
    Route("GET", "users/@me/guilds", my_guilds),
    Route("POST", "users/@me/channels", open_direct),
    Route("GET", "users/{user}", user),
    Route("GET", "oauth2/applications/@me", this_application),
    Route("GET", "oauth2/@me", authorization),
    Route("GET", "applications/@me", this_application),
    Route("GET", "applications/detectable", detectable, open=True),
    Route("GET", "gateway", gateway, open=True),
    Route("GET", "gateway/bot", gateway_bot),
)
