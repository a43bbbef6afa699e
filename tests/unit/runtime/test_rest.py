"""Which requests of a worker are executed, and when the gateway stops asking Discord."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.core import rest
from runtime.core.rest import FormField, InvalidRequests, RestReply, RestRequest, RouteRefused


def request(path: str, method: str = "GET", **more: object) -> RestRequest:
    return msgspec.structs.replace(RestRequest(method, path, path, 30.0), **more)


@pytest.mark.parametrize(
    "path",
    [
        "/users/@me",
        "/channels/1/messages",
        "/channels/1/messages/2/reactions/%F0%9F%8E%89/@me",
        "/channels/1/messages/2/reactions/blob:99/@me",
        "/guilds/1/members/2",
        "/applications/1/guilds/2/commands",
        "/webhooks/1/aW50ZXJhY3Rpb246MTIz/messages/@original",
        "/invites/abc-DEF",
        "/stickers/1",
    ],
)
def test_what_discord_py_asks_for_is_let_through(path: str) -> None:
    rest.check_route(request(path))


@pytest.mark.parametrize(
    "path",
    [
        "/gateway/bot",
        "/oauth2/token",
        "/applications/@me/../../oauth2/token",
        "/channels/../oauth2/token",
        "/channels/%2e%2e/oauth2/token",
        "/channels/%2E%2E%2Foauth2%2Ftoken",
        "/channels/1\\..\\2",
        "/channels/1?x=/../..",
        "/channels/1#x",
        "/channels//1",
        "/channels/1\r\nHost: evil",
        "//evil.example/channels/1",
        "https://evil.example/channels/1",
        "@evil.example/channels/1",
        "",
    ],
)
def test_everything_else_is_refused(path: str) -> None:
    with pytest.raises(RouteRefused, match=r"allowed|may use"):
        rest.check_route(request(path))


def test_a_method_that_discord_does_not_have_is_refused() -> None:
    with pytest.raises(RouteRefused, match="'TRACE' is not allowed"):
        rest.check_route(request("/users/@me", "TRACE"))


def test_files_above_the_limit_are_refused_as_too_large() -> None:
    part = FormField("files[0]", bytes(rest.MAX_UPLOAD + 1), "big.bin")
    with pytest.raises(RouteRefused, match="bytes of files are above") as caught:
        rest.check_route(request("/channels/1/messages", "POST", form=[part]))
    assert caught.value.status == 413


@given(st.text(max_size=60))
def test_no_path_leaves_its_host_or_climbs(text: str) -> None:
    path = f"/channels/{text}"
    try:
        rest.check_route(request(path))
    except RouteRefused:
        return
    assert not {"", ".", ".."} & set(path.split("/")[1:])
    assert not set(path) & set("?#\\ \r\n\0")


def test_the_invalid_budget_is_spent_before_discord_bans_and_comes_back() -> None:
    budget = InvalidRequests(limit=3)
    for status in (401, 403, 404, 200, 429):
        budget.note(status, now=0.0)
    assert budget.is_spent(now=1.0)
    assert not budget.is_spent(now=rest.INVALID_WINDOW + 1.0)


def test_shared_rate_limits_do_not_count() -> None:
    budget = InvalidRequests(limit=1)
    budget.note(429, now=0.0, shared=True)
    assert budget.count(now=0.0) == 0


@pytest.mark.parametrize(
    ("asked", "granted"), [(5.0, 5.0), (1e9, rest.MAX_WAIT), (-1.0, 0.0), (float("nan"), 0.0)]
)
def test_a_worker_cannot_make_the_gateway_wait_for_ever(asked: float, granted: float) -> None:
    assert rest.patience(request("/users/@me", timeout=asked)) == granted


def test_a_request_and_a_reply_travel_unchanged() -> None:
    asked = request("/channels/1/messages", "POST", json={"a": [1, None]}, has_json=True)
    assert rest.decode_request(rest.encode(asked)) == asked
    reply = RestReply(404, "Not Found", b'{"code":10003}', is_json=True)
    assert rest.decode_reply(rest.encode(reply)) == reply


def test_tokens_in_the_path_are_told_apart_from_the_bots_own() -> None:
    assert rest.has_own_token(request("/webhooks/1/abc"))
    assert not rest.has_own_token(request("/channels/1"))
