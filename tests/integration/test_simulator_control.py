"""The control API, and HTTP as clients need it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from simulator import FakeDiscord
from simulator.core.storms import Storm
from simulator.errors import CannotStart, NoReply, WrongValue
from tests.eventually import eventually

AUTH = {"Authorization": "Bot t"}
IDENTIFY = {"op": 2, "d": {"token": "t", "properties": {}, "intents": 53608447}}


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(guilds=1, grace=0, max_concurrency=16) as discord:
        yield discord


@pytest.fixture
async def http(fake: FakeDiscord) -> AsyncIterator[aiohttp.ClientSession]:
    base = fake.url.removesuffix("/api")
    async with aiohttp.ClientSession(base, headers=AUTH) as session:
        yield session


async def post(http: aiohttp.ClientSession, path: str, body: Any = None) -> tuple[int, Any]:
    async with http.post(path, json=body) as response:
        return response.status, await response.json()


async def connect(http: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
    socket = await http.ws_connect("/gateway?v=10&encoding=json")
    await socket.send_json(IDENTIFY)
    return socket


async def test_the_rate_changes_while_running(
    fake: FakeDiscord, http: aiohttp.ClientSession
) -> None:
    async with await connect(http):
        await post(http, "/sim/rate", {"rate": 300})
        await eventually(lambda: fake.ledger()["emitted"] > 20)
        assert await post(http, "/sim/rate", {"rate": 0}) == (200, {"rate": 0.0})
        await eventually(lambda: fake.ledger()["emitted"] == fake.ledger()["offered"])
        assert fake.pace.next_at() is None


@pytest.mark.parametrize("wrong", [{}, {"rate": "5"}, {"rate": -1}, {"rate": True}, []])
async def test_a_wrong_rate_is_told(http: aiohttp.ClientSession, wrong: Any) -> None:
    status, body = await post(http, "/sim/rate", wrong)
    assert status == 400
    assert set(body) == {"error"}


async def test_faults_are_armed_listed_and_disarmed(http: aiohttp.ClientSession) -> None:
    status, armed = await post(http, "/sim/faults", [{"kind": "close", "code": 4000}])
    assert (status, armed[0]["code"]) == (200, 4000)
    assert (await post(http, "/sim/faults", {"kind": "no"}))[0] == 400
    async with http.delete("/sim/faults") as response:
        assert await response.json() == []


async def test_a_user_without_a_bot_gets_an_answer_too(http: aiohttp.ClientSession) -> None:
    status, body = await post(http, "/sim/users/ann/commands", {"command": "ping"})
    assert (status, body["error"]) == (400, "no command 'ping' is registered; there are: none")


async def test_a_message_that_nobody_answers_is_504(http: aiohttp.ClientSession) -> None:
    status, body = await post(http, "/sim/users/ann/messages", {"content": "hi", "wait": 0.05})
    assert (status, body["error"]) == (504, "the bot showed nothing for 'hi' in 0.05 s")


async def test_a_message_need_not_be_waited_for(http: aiohttp.ClientSession) -> None:
    status, message = await post(http, "/sim/users/ann/messages", {"content": "hi", "wait": 0})
    assert (status, message["author"]["username"]) == (200, "ann")
    async with http.get("/sim/messages", params={"channel_id": message["channel_id"]}) as response:
        assert [m["content"] for m in await response.json()] == ["hi"]


async def test_a_reset_counts_from_zero_and_may_drop_sessions(
    fake: FakeDiscord, http: aiohttp.ClientSession
) -> None:
    async with await connect(http):
        await eventually(lambda: fake.ledger()["sessions"]["live"] == 1)
        await post(http, "/sim/reset")
        assert fake.ledger()["sessions"]["identify"] == 0
        assert fake.ledger()["sessions"]["live"] == 1
        await post(http, "/sim/reset?sessions=1")
        assert fake.ledger()["sessions"]["live"] == 0


async def test_json_is_served_as_exactly_application_json(http: aiohttp.ClientSession) -> None:
    async with http.get("/api/v10/users/@me") as response:
        assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("via", [True, False])
async def test_a_429_carries_via_unless_told_otherwise(
    fake: FakeDiscord, http: aiohttp.ClientSession, via: bool
) -> None:
    fake.faults.add("rest_429", scope="global", seconds=0.5, via=via, count=1)
    async with http.get("/api/v10/users/@me") as response:
        assert (response.status, "Via" in response.headers) == (429, via)
        assert (await response.json())["retry_after"] == 0.5


async def test_an_effect_can_happen_and_the_answer_be_an_error(
    fake: FakeDiscord, http: aiohttp.ClientSession
) -> None:
    fake.faults.add("effect_then_error", method="POST", route="/channels", count=1)
    channel = fake.api.world.guild_ids()[0] + 1
    path = f"/api/v10/channels/{channel}/messages"
    assert (await post(http, path, {"content": "x"}))[0] == 500
    assert len(fake.api.history.newest_first(channel)) == 1


@pytest.mark.parametrize(("kind", "kept"), [("rest_reset", 0), ("effect_then_reset", 1)])
async def test_the_connection_of_a_call_can_break_before_or_after_its_effect(
    fake: FakeDiscord, http: aiohttp.ClientSession, kind: str, kept: int
) -> None:
    fake.faults.add(kind, method="POST", route="/channels", count=1)
    channel = fake.api.world.guild_ids()[0] + 1
    path = f"/api/v10/channels/{channel}/messages"
    with pytest.raises(aiohttp.ClientConnectionError):
        await post(http, path, {"content": "x"})
    assert len(fake.api.history.newest_first(channel)) == kept
    assert (await post(http, path, {"content": "y"}))[0] == 200


async def test_the_ledger_can_be_read_as_a_table(http: aiohttp.ClientSession) -> None:
    async with http.get("/sim/report") as response:
        assert "interactions" in await response.text()


async def test_an_attachment_can_be_fetched(fake: FakeDiscord, http: aiohttp.ClientSession) -> None:
    form = aiohttp.FormData()
    form.add_field("files[0]", b"12345", filename="card.txt", content_type="text/plain")
    channel = fake.api.world.guild_ids()[0] + 1
    async with http.post(f"/api/v10/channels/{channel}/messages", data=form) as response:
        url = (await response.json())["attachments"][0]["url"]
    async with http.get(url) as response:
        assert (await response.read(), response.content_type) == (b"12345", "text/plain")
    async with http.get("/attachments/5/x") as response:
        assert response.status == 404


async def test_files_come_as_multipart(fake: FakeDiscord, http: aiohttp.ClientSession) -> None:
    form = aiohttp.FormData()
    form.add_field("payload_json", '{"content": "see"}', content_type="application/json")
    form.add_field("files[0]", b"12345", filename="card.txt")
    channel = fake.api.world.guild_ids()[0] + 1
    async with http.post(f"/api/v10/channels/{channel}/messages", data=form) as response:
        message = await response.json()
    assert (message["content"], message["attachments"][0]["size"]) == ("see", 5)


@pytest.mark.parametrize("multipart", [False, True])
@pytest.mark.parametrize("fields", [{"payload_json": '{"content": "see"}'}, {"content": "see"}])
async def test_a_message_may_come_as_either_form(
    fake: FakeDiscord, http: aiohttp.ClientSession, fields: dict[str, str], multipart: bool
) -> None:
    form = aiohttp.FormData(fields, default_to_multipart=multipart)
    path = f"/api/v10/channels/{fake.api.world.guild_ids()[0] + 1}/messages"
    async with http.post(path, data=form) as response:
        assert (await response.json())["content"] == "see"


async def test_nonsense_in_a_body_is_400(http: aiohttp.ClientSession) -> None:
    async with http.post("/api/v10/channels/1/messages", data=b"{") as response:
        assert (response.status, (await response.json())["code"]) == (400, 50109)


async def test_escaped_paths_are_decoded(http: aiohttp.ClientSession) -> None:
    async with http.get("/api/v10/users/%40me") as response:
        assert response.status == 200


@pytest.mark.parametrize("path", ["/gateway", "/gateway/", "/gateway/resume", "/"])
async def test_any_path_of_the_gateway_greets(http: aiohttp.ClientSession, path: str) -> None:
    async with http.ws_connect(path + "?v=10&encoding=json") as socket:
        assert (await socket.receive_json())["op"] == 10


async def test_an_upgrade_is_refused_as_often_as_told(
    fake: FakeDiscord, http: aiohttp.ClientSession
) -> None:
    fake.faults.add("refuse_upgrade", count=1)
    with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
        await http.ws_connect("/gateway")
    async with http.ws_connect("/gateway") as socket:
        assert not socket.closed


async def test_a_dead_resume_url_leaves_the_gateway_alive(
    fake: FakeDiscord, http: aiohttp.ClientSession
) -> None:
    fake.faults.add("dead_resume_url")
    with pytest.raises(aiohttp.ClientError):
        await http.ws_connect("/gateway/resume")
    async with http.ws_connect("/gateway") as socket:
        assert (await socket.receive_json())["op"] == 10


async def test_a_client_that_vanishes_leaves_a_session_to_resume(
    fake: FakeDiscord, http: aiohttp.ClientSession
) -> None:
    socket = await connect(http)
    await eventually(lambda: fake.ledger()["sessions"]["live"] == 1)
    transport = socket.get_extra_info("socket")
    assert transport is not None
    socket._response.connection.transport.abort()  # type: ignore[union-attr]
    await eventually(lambda: fake.ledger()["sessions"]["live"] == 0)
    assert len(fake.api.hub.sessions) == 1


async def test_a_silent_client_is_closed() -> None:
    async with FakeDiscord(guilds=1, heartbeat=0.05) as fake, aiohttp.ClientSession() as http:
        async with http.ws_connect(fake.gateway_url) as socket:
            async with asyncio.timeout(5):
                async for _ in socket:
                    pass
            assert socket.close_code == 4000
        assert fake.ledger()["heartbeats"]["missed"] == 1


async def test_two_on_one_port_cannot_start(fake: FakeDiscord) -> None:
    with pytest.raises(CannotStart, match="address already in use"):
        async with FakeDiscord(port=fake.port):
            pass


async def test_acting_without_a_bot_is_told(fake: FakeDiscord) -> None:
    with pytest.raises(WrongValue, match="no command 'x'"):
        await fake.user("ann").slash("x")
    with pytest.raises(NoReply):
        await fake.user("ann").say("hi", wait=0.01)


async def test_a_storm_breaks_out_on_request_and_is_counted(
    fake: FakeDiscord, http: aiohttp.ClientSession
) -> None:
    async with await connect(http):
        await eventually(lambda: fake.ledger()["sessions"]["live"] == 1)
        answer = await post(http, "/sim/storms", {"kind": "raid", "events": 50, "seconds": 0.1})
        assert answer == (200, {"kind": "raid", "events": 101})
        await eventually(lambda: fake.ledger()["storms"] == {"raid": 101})
        assert fake.ledger()["emitted"] == 0
    assert (await post(http, "/sim/storms", {"kind": "hail"}))[0] == 400


async def test_a_resume_burst_brings_the_whole_gap_at_once(
    fake: FakeDiscord, http: aiohttp.ClientSession
) -> None:
    socket = await connect(http)
    await eventually(lambda: fake.ledger()["sessions"]["live"] == 1)
    await post(http, "/sim/storms", {"kind": "resume_burst"})
    await eventually(lambda: fake.ledger()["sessions"]["live"] == 0)
    for _ in range(2):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect("/gateway")
    await socket.close()


async def test_a_rate_may_follow_a_shape(fake: FakeDiscord, http: aiohttp.ClientSession) -> None:
    async with await connect(http):
        status, shape = await post(http, "/sim/shape", {"shape": "step:0-300/0.2"})
        assert (status, shape["high"]) == (200, 300)
        await eventually(lambda: fake.ledger()["emitted"] > 20)
        assert fake.ledger()["rate"] == 300
    assert (await post(http, "/sim/shape", {"shape": "up"}))[0] == 400


async def test_a_planned_storm_that_cannot_be_does_not_end_the_run() -> None:
    storms = ((0.0, Storm("flash_crowd")),)
    async with (
        FakeDiscord(guilds=1, grace=0, storms=storms) as fake,
        aiohttp.ClientSession() as http,
        http.ws_connect(fake.gateway_url) as socket,
    ):
        await socket.send_json(IDENTIFY)
        await eventually(lambda: fake.ledger()["storms"] == {"flash_crowd impossible": 1})


@pytest.mark.parametrize("base", ["/api", "/api/v6", "/api/v7", "/api/v8", "/api/v9", "/api/v10"])
async def test_every_version_of_the_api_that_discord_serves_is_served(
    http: aiohttp.ClientSession, base: str
) -> None:
    async with http.get(base + "/users/@me") as response:
        assert response.status == 200


@pytest.mark.parametrize("version", ["v5", "v11", "v0"])
async def test_another_version_of_the_api_is_refused(
    http: aiohttp.ClientSession, version: str
) -> None:
    async with http.get(f"/api/{version}/users/@me") as response:
        assert (response.status, (await response.json())["code"]) == (400, 50041)


async def test_a_body_that_is_nested_too_deeply_is_no_json(http: aiohttp.ClientSession) -> None:
    async with http.post("/api/v10/channels/1/messages", data=b"[" * 100_000) as response:
        assert response.status == 400
