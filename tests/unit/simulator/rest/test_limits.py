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
        api.limits.note(too_many(1, "shared", NOW), NOW)
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


def test_a_webhooks_messages_have_a_bucket_and_do_not_count_among_all_requests() -> None:
    api = limited()
    path = f"channels/{api.world.guild_ids()[0] + 1}/webhooks"
    hook: Any = call(api, "POST", path, {"name": "n"}).body
    at = f"webhooks/{hook['id']}/{hook['token']}"
    answers = [call(api, "POST", at, {"content": "x"}) for _ in range(6)]
    assert statuses(answers) == [204] * 5 + [429]
    assert answers[0].headers["X-RateLimit-Limit"] == "5"
    other = [call(api, "GET", f"guilds/{n}") for n in range(49)]
    assert set(statuses(other)) == {404}


def test_users_are_no_major_parameter() -> None:
    api = limited()
    answers = [call(api, "GET", f"users/{n}") for n in range(6)]
    assert statuses(answers) == [404] * 5 + [429]
    assert len({answer.headers["X-RateLimit-Bucket"] for answer in answers}) == 1


def test_a_bucket_has_one_name_in_every_channel() -> None:
    api = limited()
    names = {say(api, channel).headers["X-RateLimit-Bucket"] for channel in (1, 2)}
    assert [len(name) for name in names] == [32]


def test_the_limit_of_all_requests_names_no_bucket() -> None:
    refused = too_many(0.4, "global", NOW)
    assert "X-RateLimit-Bucket" not in refused.headers
    assert (refused.headers["X-RateLimit-Global"], refused.headers["Retry-After"]) == ("true", "1")


def test_a_refusal_on_purpose_has_headers_that_agree() -> None:
    headers = too_many(2.5, "user", NOW).headers
    assert float(headers["X-RateLimit-Reset"]) == NOW + float(headers["X-RateLimit-Reset-After"])
    assert headers["X-RateLimit-Remaining"] == "0"


def test_a_ban_holds_for_interactions_too() -> None:
    api = limited()
    assert api.limits is not None
    for _ in range(10_000):
        api.limits.note(Response(401), NOW)
    assert call(api, "POST", "interactions/1/x/callback", {"type": 4}).status == 429
