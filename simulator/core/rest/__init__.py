"""REST v10 as a function: a request and the state give a response, and events for the gateway."""

from dataclasses import replace

from simulator.core.rest import (
    account,
    applications,
    audit,
    authority,
    automod,
    bans,
    channels,
    commands,
    community,
    deletion,
    expressions,
    guilds,
    interactions,
    invites,
    members,
    messages,
    monetization,
    permissions,
    pins,
    polls,
    reactions,
    roles,
    scheduled_events,
    search,
    stages,
    templates,
    threads,
    voice,
    webhooks,
)
from simulator.core.rest.context import Api
from simulator.core.rest.limits import banned, too_many
from simulator.core.rest.route import UNAUTHORIZED, ApiError, Request, Response, Route, Table

_RESOURCES = (
    account, applications, audit, automod, bans, channels, commands, community, deletion,
    expressions, guilds, interactions, invites, members, messages, monetization, permissions,
    pins, polls, reactions, roles, scheduled_events, search, stages, templates, threads,
    voice, webhooks,
)  # fmt: skip
TABLE = Table(route for resource in _RESOURCES for route in resource.ROUTES)
_BY_TOKEN_IN_PATH = ("interactions/", "webhooks/")


def answer(api: Api, request: Request) -> Response:
    """Answer one request and count it. Never raises for what a client sent."""
    found = TABLE.find(request.method, request.path)
    label = "unlisted" if found is None else found[0].label
    try:
        response = _limited(api, request, found)
    except ApiError as error:
        response = error.response()
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        message = f"Invalid Form Body: {type(error).__name__}"
        response = ApiError(400, 50035, message).response()
    api.ledger.request(label, response.status)
    if request.authorization and request.path.startswith(_BY_TOKEN_IN_PATH):
        api.ledger.authorized_interaction_calls += 1
    return response


def _limited(api: Api, request: Request, found: tuple[Route, list[str]] | None) -> Response:
    """The answer, under rate limits when there are any.

    Callbacks of interactions have no bucket, and no open route counts among all requests.
    """
    limits = api.limits
    if limits is None or found is None:
        return _faulty(api, request, found)
    if limits.banned(request.now):
        return banned()
    route, values = found
    if request.path.startswith("interactions/"):
        return _answered(api, request, found)
    bucket = limits.bucket(route.label, values)
    response = limits.refuse(bucket, request.now, exempt=route.open)
    if response is None:
        response = _answered(api, request, found)
        response = replace(response, headers={**bucket.headers(request.now), **response.headers})
    limits.note(response, request.now)
    return response


def _answered(api: Api, request: Request, found: tuple[Route, list[str]]) -> Response:
    try:
        return _faulty(api, request, found)
    except ApiError as error:
        return error.response()


def _faulty(api: Api, request: Request, found: tuple[Route, list[str]] | None) -> Response:
    """The answer, or what an armed fault makes of it."""
    path = "/" + request.path
    limited = api.faults.take_route("rest_429", request.method, path)
    if limited is not None:
        return too_many(limited.seconds, limited.scope, request.now, limited.via)
    broken = api.faults.take_route("rest_status", request.method, path)
    if broken is not None:
        return ApiError(broken.status, 0, f"{broken.status}: on purpose").response()
    response = _plain(api, request, found)
    after = api.faults.take_route("effect_then_error", request.method, path)
    if after is not None:
        return ApiError(after.status, 0, f"{after.status}: after the effect").response()
    return response


def _plain(api: Api, request: Request, found: tuple[Route, list[str]] | None) -> Response:
    if found is None:
        api.ledger.miss(request.method, request.path)
        what = f"501: the fake Discord has no {request.method} /{request.path}"
        raise ApiError(501, 0, what)
    route, values = found
    if not route.open:
        _authorize(api, request)
        authority.demand(api, route.pattern, values, route.needs)
    return route.handler(api, request, *values)


def _authorize(api: Api, request: Request) -> None:
    scheme, _, token = (request.authorization or "").partition(" ")
    if scheme != "Bot" or not token or (api.token is not None and token != api.token):
        raise UNAUTHORIZED
