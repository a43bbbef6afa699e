import pytest

from simulator.core.rest.route import (
    ApiError,
    Request,
    Response,
    Route,
    Table,
    identifier,
    invalid_form,
)
from tests.unit.simulator.stage import call, make_api


def handler() -> Response:
    return Response(204)


TABLE = Table([
    Route("GET", "users/{user}", handler), Route("GET", "users/@me", handler),
    Route("DELETE", "a/{b}/c/{d}", handler),
])  # fmt: skip


def test_a_literal_segment_wins_over_a_placeholder() -> None:
    found = TABLE.find("GET", "users/@me")
    assert found is not None
    assert (found[0].pattern, found[1]) == ("users/@me", [])


def test_placeholders_are_handed_over_in_order() -> None:
    found = TABLE.find("DELETE", "/a/1/c/2/")
    assert found is not None
    assert found[1] == ["1", "2"]


@pytest.mark.parametrize(("method", "path"), [("POST", "users/@me"), ("GET", "users"), ("GET", "")])
def test_what_is_not_listed_is_not_found(method: str, path: str) -> None:
    assert TABLE.find(method, path) is None


@pytest.mark.parametrize("text", ["", "x", "-1", "1" * 30, "1e5"])
def test_an_id_that_is_none_is_a_form_error(text: str) -> None:
    with pytest.raises(ApiError) as error:
        identifier(text, "user")
    assert error.value.code == 50035


def test_a_form_error_nests_below_the_fields_name() -> None:
    body = invalid_form("options.0.name", "C", "m").response().body
    assert isinstance(body, dict)
    assert body["errors"]["options"]["0"]["name"]["_errors"] == [{"code": "C", "message": "m"}]


@pytest.mark.parametrize(
    ("given", "truth"), [("1", True), ("true", True), ("True", True), ("0", False)]
)
def test_clients_write_booleans_in_several_ways(given: str, truth: bool) -> None:
    assert Request("GET", "", 0.0, {"wait": given}).truth("wait") is truth


def test_an_unlisted_route_is_501_and_counted() -> None:
    api = make_api()
    response = call(api, "GET", "lobbies/1")
    assert response.status == 501
    assert response.body == {"message": "501: the fake Discord has no GET /lobbies/1", "code": 0}
    assert api.ledger.unlisted == 1
    assert sum(api.ledger.unlisted_routes.values()) == 1
