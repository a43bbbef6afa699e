"""SKUs, test entitlements and subscriptions of the application.

Source: Discord Docs/Monetization. The application sells one subscription for guilds.
"""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from simulator.core.rest.context import Api
from simulator.core.rest.form import Form, choice, needed, snowflake
from simulator.core.rest.route import ApiError, Request, Response, Route, identifier, unknown
from simulator.core.world import APPLICATION_ID, Json

SKU_ID = str(APPLICATION_ID + 2)
_KEY = "entitlements"
_FORM = Form(sku_id=needed(snowflake), owner_id=needed(snowflake), owner_type=needed(choice(1, 2)))
_OF_GUILD = 1


def _own(application: str) -> None:
    if identifier(application, "application") != APPLICATION_ID:
        raise ApiError(403, 20012, "You are not authorized to perform this action")


def skus(api: Api, request: Request, application: str) -> Response:
    _own(application)
    return Response(200, [{
        "id": SKU_ID, "type": 5, "application_id": application, "name": "Multipod Plus",
        "slug": "multipod-plus", "flags": 1 << 7, "access_type": 1, "features": [],
        "release_date": None, "premium": False, "dependent_sku_id": None,
        "manifest_labels": None, "show_age_gate": False,
    }])  # fmt: skip


def _find(api: Api, application: str, wanted: str) -> Json:
    _own(application)
    ident = str(identifier(wanted, "entitlement"))
    for found in api.listed(0, _KEY):
        if found["id"] == ident:
            return found
    raise unknown("entitlement")


def listed(api: Api, request: Request, application: str) -> Response:
    _own(application)
    limit = request.number("limit", 100, 1, 100)
    before, after = request.number("before", 1 << 64), request.number("after", 0)
    skus_, query = request.query.get("sku_ids", ""), request.query
    found = [
        item for item in api.listed(0, _KEY)
        if after < int(item["id"]) < before
        and not (request.truth("exclude_deleted") and item["deleted"])
        and query.get("user_id") in {None, item["user_id"]}
        and query.get("guild_id") in {None, item.get("guild_id")}
        and (not skus_ or item["sku_id"] in skus_.split(","))
    ]  # fmt: skip
    return Response(200, found[:limit])


def create(api: Api, request: Request, application: str) -> Response:
    _own(application)
    given = _FORM.read(request.json())
    if given["sku_id"] != SKU_ID:
        raise unknown("SKU")
    of_guild = given["owner_type"] == _OF_GUILD
    made: Json = {
        "id": str(api.ids.next(request.now)), "sku_id": SKU_ID, "application_id": application,
        "user_id": api.world.user(0)["id"] if of_guild else given["owner_id"], "type": 8,
        "deleted": False,
        "starts_at": None, "ends_at": None, "consumed": False,
    }  # fmt: skip
    if of_guild:
        api.guild(int(given["owner_id"]))
        made["guild_id"] = given["owner_id"]
    api.listed(0, _KEY).append(made)
    api.hub.publish("ENTITLEMENT_CREATE", None, made)
    return Response(200, made)


def get(api: Api, request: Request, application: str, wanted: str) -> Response:
    return Response(200, _find(api, application, wanted))


def consume(api: Api, request: Request, application: str, wanted: str) -> Response:
    found = _find(api, application, wanted)
    found["consumed"] = True
    api.hub.publish("ENTITLEMENT_UPDATE", None, found)
    return Response(204)


def delete(api: Api, request: Request, application: str, wanted: str) -> Response:
    found = _find(api, application, wanted)
    api.listed(0, _KEY).remove(found)
    found["deleted"] = True
    api.hub.publish("ENTITLEMENT_DELETE", None, found)
    return Response(204)


def subscriptions(api: Api, request: Request, sku: str) -> Response:
    if str(identifier(sku, "sku")) != SKU_ID:
        raise unknown("SKU")
    return Response(200, [])


def subscription(api: Api, request: Request, sku: str, wanted: str) -> Response:
    subscriptions(api, request, sku)
    identifier(wanted, "subscription")
    raise unknown("subscription")


_AT = "applications/{application}/entitlements"
ROUTES = (
    Route("GET", "applications/{application}/skus", skus),
    Route("GET", _AT, listed),
    Route("POST", _AT, create),
    Route("GET", _AT + "/{entitlement}", get),
    Route("POST", _AT + "/{entitlement}/consume", consume),
    Route("DELETE", _AT + "/{entitlement}", delete),
    Route("GET", "skus/{sku}/subscriptions", subscriptions),
    Route("GET", "skus/{sku}/subscriptions/{subscription}", subscription),
)
