import dataclasses
from typing import Any

from simulator.core.rest.context import Api
from simulator.core.rest.limits import Limits, too_many
from simulator.core.rest.route import Response
from tests.unit.simulator.stage import NOW, call, make_api


def limited() -> Api:
    return dataclasses.replace(make_api(), limits=Limits())


def say(api: Api, channel: int = 1, now: float = NOW) -> Response:
    path = f"channels/{api.world.guild_ids()[0] + channel}/messages"
    return call(api, "POST", path, {"content": "x"}, now)


def statuses(responses: list[Response]) -> list[int]:
    return [response.status for response in responses]


def test_without_limits_nothing_is_limited_and_no_header_says_so() -> None:
    api = make_api()
    answers = [say(api) for _ in range(60)]
    assert set(statuses(answers)) == {200}
    assert answers[0].headers == {}


def test_a_channel_takes_five_messages_in_five_seconds() -> None:
    api = limited()
    assert statuses([say(api) for _ in range(6)]) == [200] * 5 + [429]
    assert say(api, now=NOW + 5.1).status == 200


def test_channels_have_buckets_of_their_own() -> None:
    api = limited()
    assert statuses([say(api, channel) for channel in (1, 2) for _ in range(5)]) == [200] * 10


def test_headers_agree_with_each_other() -> None:
    api = limited()
    first, second = say(api), say(api, now=NOW + 1)
    assert [r.headers["X-RateLimit-Remaining"] for r in (first, second)] == ["4", "3"]
    assert second.headers["X-RateLimit-Reset-After"] == "4.000"
    assert float(second.headers["X-RateLimit-Reset"]) == NOW + 5


def test_a_429_says_how_long_and_whose_limit_it_is() -> None:
    api = limited()
    refused: Any = [say(api) for _ in range(6)][-1]
    assert refused.body["retry_after"] == 5.0
    assert refused.headers["X-RateLimit-Scope"] == "user"
    assert refused.headers["Via"] == "1.1 google"


def test_fifty_requests_a_second_are_all_there_are() -> None:
    api = limited()
    guilds = [f"guilds/{n}" for n in range(60)]
    answers = [call(api, "GET", path) for path in guilds]
    assert statuses(answers) == [404] * 50 + [429] * 10
    assert answers[-1].headers["X-RateLimit-Scope"] == "global"


def test_interaction_calls_are_exempt_and_carry_no_bucket() -> None:
    api = limited()
    answers = [call(api, "POST", "interactions/1/x/callback", {"type": 4}) for _ in range(60)]
    assert set(statuses(answers)) == {404}
    assert "X-RateLimit-Bucket" not in answers[0].headers


def test_a_shared_limit_is_no_invalid_request() -> None:
    api = limited()
    assert api.limits is not None
    for _ in range(10_000):
        api.limits.note(too_many(1, "shared"), NOW)
    assert call(api, "GET", "users/@me").status == 200


def test_ten_thousand_invalid_requests_are_a_ban() -> None:
    api = limited()
    assert api.limits is not None
    for _ in range(10_000):
        api.limits.note(Response(401), NOW)
    refused = call(api, "GET", "users/@me")
    assert (refused.status, "Via" in refused.headers) == (429, False)
    assert str(refused.body).startswith("<!doctype html>")
    assert call(api, "GET", "users/@me", now=NOW + 601).status == 200
