"""Workers' REST requests: executed with the gateway's token, refused when hostile, in time."""

from collections.abc import AsyncIterator
from typing import Any

import discord
import msgspec
import pytest
from discord.http import Route

from loadtests._nats_server import NatsServer
from runtime.bus.interface import Message
from runtime.core import rest
from runtime.core.rest import FormField, RestReply, RestRequest
from runtime.worker.rest_client import RestClient
from simulator import FakeDiscord
from tests.integration.gateways import Stage, gateway

TOKEN = "the-right-one"


@pytest.fixture
async def stage(nats_server: NatsServer, subject_prefix: str) -> AsyncIterator[Stage]:
    """A gateway that is connected."""
    async with (
        FakeDiscord(guilds=1, token="any") as fake,
        gateway(fake, nats_server.url, subject_prefix) as running,
    ):
        await running.until(lambda: running.sessions("live") == 1)
        yield running


async def ask(stage: Stage, request: RestRequest | bytes) -> RestReply:
    """What a worker that keeps to no rule is answered."""
    body = request if isinstance(request, bytes) else rest.encode(request)
    answer = await stage.bus.request(Message(stage.topology.subjects.rest, body), 10)
    return rest.decode_reply(answer.body)


def get(path: str, **more: Any) -> RestRequest:
    return msgspec.structs.replace(RestRequest("GET", path, path, 5.0), **more)


def says(reply: RestReply) -> str:
    return str(msgspec.json.decode(reply.body)["message"])


def requests(stage: Stage) -> int:
    return int(stage.fake.ledger()["rest"]["requests"])


async def test_a_request_is_executed_with_the_token_that_the_worker_does_not_have(
    stage: Stage,
) -> None:
    client = RestClient(stage.bus, stage.topology.subjects.rest, "tester")
    assert (await client.request(Route("GET", "/users/@me")))["bot"] is True


async def test_errors_come_back_with_status_code_and_body(stage: Stage) -> None:
    client = RestClient(stage.bus, stage.topology.subjects.rest, "tester")
    with pytest.raises(discord.NotFound) as caught:
        await client.request(Route("GET", "/channels/{channel_id}", channel_id=1))
    assert caught.value.code == 10003
    assert caught.value.text == "Unknown Channel"


@pytest.mark.parametrize(
    ("path", "status"),
    [("/gateway/bot", 403), ("/channels/../oauth2/token", 403), ("/channels/%2e%2e/x", 403)],
)
async def test_a_route_outside_the_list_never_reaches_discord(
    stage: Stage, path: str, status: int
) -> None:
    before = requests(stage)
    reply = await ask(stage, get(path))
    assert reply.status == status
    assert "allowed" in says(reply) or "may use" in says(reply)
    assert requests(stage) == before


async def test_a_file_of_50_mb_is_refused_and_nothing_else_disturbed(stage: Stage) -> None:
    client = RestClient(stage.bus, stage.topology.subjects.rest, "tester")
    part = {"name": "files[0]", "value": bytes(50 << 20), "filename": "x"}
    route = Route("POST", "/channels/{channel_id}/messages", channel_id=1)
    with pytest.raises(discord.HTTPException, match="bytes of files are too much") as caught:
        await client.request(route, form=[part])
    assert caught.value.status == 413
    claim = Message(stage.topology.subjects.rest, b"", {"Body-Key": "abc", "Body-Parts": "60"})
    reply = rest.decode_reply((await stage.bus.request(claim, 10)).body)
    assert (reply.status, "60 parts" in says(reply)) == (413, True)
    assert (await ask(stage, get("/users/@me"))).status == 200


@pytest.mark.parametrize(
    "request_",
    [
        b"",
        b"\xff\xff",
        b"[1,2,3]",
        get("/users/@me", params={"a": {"b": object}.__class__.__name__, "c": {"d": 1}}),
        get("/channels/1/messages", method="POST", form=[FormField("x", b"\xff")]),
        get("/users/@me", timeout=float("nan")),
        get("/users/@me", reason="a\r\nb: c", channel_id="x", guild_id="²"),
    ],
)
async def test_nonsense_is_answered_and_the_next_request_is_served(
    stage: Stage, request_: RestRequest | bytes
) -> None:
    assert (await ask(stage, request_)).status in {200, 400, 504}
    assert (await ask(stage, get("/users/@me"))).status == 200


async def test_a_request_waits_no_longer_than_its_deadline(stage: Stage) -> None:
    stage.fake.faults.add("rest_delay", route="/users/@me", seconds=20.0, count=1)
    reply = await ask(stage, get("/users/@me", timeout=0.2))
    assert (reply.status, says(reply)) == (504, "no answer within 0 s")
    assert (await ask(stage, get("/users/@me"))).status == 200


async def test_a_deadline_in_the_global_rate_limit_does_not_hold_all_others(stage: Stage) -> None:
    stage.fake.faults.add("rest_429", route="/users/@me", seconds=30.0, scope="global", count=1)
    assert (await ask(stage, get("/users/@me", timeout=0.2))).status == 504
    assert (await ask(stage, get("/users/@me"))).status == 200


async def test_after_a_401_no_request_is_sent_any_more(stage: Stage) -> None:
    stage.fake.faults.add("rest_status", route="/users/@me", status=401, count=1)
    assert (await ask(stage, get("/users/@me"))).status == 401
    before = requests(stage)
    reply = await ask(stage, get("/users/@me"))
    assert (reply.status, says(reply)) == (401, "401: Discord refuses the gateway's token")
    assert requests(stage) == before


async def test_a_webhook_token_that_is_refused_is_the_workers_own_affair(stage: Stage) -> None:
    stage.fake.faults.add("rest_status", route="/webhooks/", status=401, count=1)
    assert (await ask(stage, get("/webhooks/1/wrong"))).status == 401
    assert (await ask(stage, get("/users/@me"))).status == 200


async def test_the_invalid_budget_stops_requests_before_discord_bans_the_address(
    nats_server: NatsServer, subject_prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.core.rest.InvalidRequests.__init__.__defaults__", (3,))
    async with (
        FakeDiscord(guilds=1) as fake,
        gateway(fake, nats_server.url, subject_prefix) as stage,
    ):
        await stage.until(lambda: stage.sessions("live") == 1)
        fake.faults.add("rest_status", route="/users/@me", status=403)
        statuses = [(await ask(stage, get("/users/@me"))).status for _ in range(5)]
        assert statuses == [403, 403, 403, 429, 429]
        assert stage.counter("gateway_rest_invalid") == 3
