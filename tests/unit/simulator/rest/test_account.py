import dataclasses

import pytest

from simulator.core.rest import answer
from simulator.core.rest.route import Request
from tests.unit.simulator.stage import NOW, body_of, call, make_api


@pytest.mark.parametrize("authorization", [None, "", "t", "Bot ", "Bearer t"])
def test_without_a_bot_token_it_is_401(authorization: str | None) -> None:
    response = answer(make_api(), Request("GET", "users/@me", NOW, authorization=authorization))
    assert response.status == 401
    assert response.body == {"message": "401: Unauthorized", "code": 0}


def test_with_a_demanded_token_any_other_is_401() -> None:
    api = dataclasses.replace(make_api(), token="right")
    assert call(api, "GET", "users/@me").status == 401


def test_the_bot_is_told_who_it_is() -> None:
    me = body_of(call(make_api(), "GET", "users/@me"))
    assert (me["username"], me["bot"]) == ("multipod", True)


@pytest.mark.parametrize("path", ["oauth2/applications/@me", "applications/@me"])
def test_the_application_has_the_bots_id(path: str) -> None:
    api = make_api()
    assert body_of(call(api, "GET", path))["id"] == api.world.bot["id"]


def test_gateway_bot_says_what_is_left_of_the_identify_budget() -> None:
    api = make_api()
    api.hub.identifies.take(0, NOW)
    limit = body_of(call(api, "GET", "gateway/bot"))["session_start_limit"]
    assert (limit["total"], limit["remaining"], limit["max_concurrency"]) == (1000, 999, 16)


def test_a_direct_channel_is_opened_once_per_person() -> None:
    api = make_api()
    ann = api.world.person("ann")["id"]
    made = [body_of(call(api, "POST", "users/@me/channels", {"recipient_id": ann})) for _ in "ab"]
    assert made[0] == made[1]
    assert made[0]["recipients"][0]["username"] == "ann"


def test_an_unknown_user_is_10013() -> None:
    body = call(make_api(), "GET", "users/1").body
    assert isinstance(body, dict)
    assert body["code"] == 10013
