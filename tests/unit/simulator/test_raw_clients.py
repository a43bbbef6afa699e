"""Clients on bare sockets: every wrong frame has its close code, and the next client is served."""

import json
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from simulator import FakeDiscord
from tests.eventually import eventually
from tests.unit.simulator.raw_socket import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    frame,
    tcp,
    upgrade,
    upgraded,
)


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    """A Discord that still serves when the test is over."""
    async with FakeDiscord(guilds=1, max_concurrency=16) as discord:
        yield discord
        async with upgraded(discord) as socket:
            assert (await socket.payload())["op"] == 10


def close(code: int, reason: bytes = b"") -> bytes:
    return frame(CLOSE, code.to_bytes(2, "big") + reason)


@pytest.mark.parametrize("code", [1000, 1001, 3000, 4000, 4200, 4999])
async def test_a_close_is_answered_with_its_own_code(fake: FakeDiscord, code: int) -> None:
    async with upgraded(fake) as socket:
        await socket.identify()
        await socket.write(close(code, b"bye"))
        assert await socket.closed() == code
        assert await socket.ended() == b""


async def test_a_close_without_a_code_is_answered_without_one(fake: FakeDiscord) -> None:
    async with upgraded(fake) as socket:
        await socket.write(frame(CLOSE, b""))
        assert await socket.closed() is None
        assert await socket.ended() == b""


async def test_what_waits_is_written_before_the_answer_to_a_close(fake: FakeDiscord) -> None:
    async with upgraded(fake) as socket:
        await socket.send(1)
        await socket.write(close(4000))
        assert [(await socket.payload())["op"] for _ in range(2)] == [10, 11]
        assert await socket.closed() == 4000


async def test_the_answer_to_the_servers_close_is_not_answered_again(fake: FakeDiscord) -> None:
    async with upgraded(fake) as socket:
        await socket.send(99)
        assert await socket.closed() == 4001
        await socket.write(close(4001))
        assert await socket.ended() == b""


async def test_who_does_not_answer_a_close_is_cut(fake: FakeDiscord) -> None:
    async with upgraded(fake) as socket:
        await socket.send(99)
        assert await socket.closed() == 4001
        with suppress(ConnectionError):  # cut off, which the system may call a reset
            assert await socket.ended() == b""


async def test_identify_may_come_with_the_upgrade_request(fake: FakeDiscord) -> None:
    d = {"token": "t", "properties": {}, "intents": 0}
    early = frame(TEXT, json.dumps({"op": 2, "d": d}).encode())
    async with upgraded(fake) as socket:
        await socket.write(early)
        assert (await socket.payload())["op"] == 10
        assert (await socket.payload())["t"] == "READY"


TOO_LONG = b'{"op":1,"d":"' + b"x" * 4096 + b'"}'
WRONG = [
    ("no JSON", frame(TEXT, b"nonsense"), 4002),
    ("half of JSON", frame(TEXT, b'{"op":1,"d":'), 4002),
    ("no object", frame(TEXT, b"[1]"), 4002),
    ("nothing", frame(TEXT, b""), 4002),
    ("no op", frame(TEXT, b"{}"), 4002),
    ("op is a text", frame(TEXT, b'{"op":"1"}'), 4002),
    ("op is a fraction", frame(TEXT, b'{"op":1.5}'), 4002),
    ("op is true", frame(TEXT, b'{"op":true}'), 4002),
    ("no UTF-8 in a text", frame(TEXT, b'{"op":1,"d":"\xff"}'), 4002),
    ("bytes that are no JSON", frame(BINARY, b"\x83l\x00\x00"), 4002),
    ("too long", frame(TEXT, TOO_LONG), 4002),
    ("far too long", frame(TEXT, b"x" * (2 << 20)), 4002),
    ("longer than anybody reads", b"\x81\xff" + (1 << 40).to_bytes(8, "big") + b"abcd", 4002),
    ("too long in parts", frame(TEXT, TOO_LONG[:9], final=False)
     + frame(CONTINUATION, TOO_LONG[9:]), 4002),
    ("nested very deeply", frame(TEXT, b'{"op":1,"d":' + b"[" * 2000 + b"]" * 2000 + b"}"), 4002),
    ("an unknown op", frame(TEXT, b'{"op":99}'), 4001),
    ("a negative op", frame(TEXT, b'{"op":-1}'), 4001),
    ("an op of servers", frame(TEXT, b'{"op":10,"d":{}}'), 4001),
    ("presence too early", frame(TEXT, b'{"op":3,"d":{"status":"online"}}'), 4003),
    ("members too early", frame(TEXT, b'{"op":8,"d":{}}'), 4003),
    ("a continuation of nothing", frame(CONTINUATION, b"x"), 1002),
    ("a reserved bit", b"\xc1" + frame(TEXT, b"{}")[1:], 1002),
    ("an unknown frame", b"\x83" + frame(TEXT, b"{}")[1:], 1002),
    ("a ping in parts", frame(PING, b"", final=False), 1002),
    ("a close code that may not be sent", close(1005), 1002),
]  # fmt: skip


@pytest.mark.parametrize(("data", "code"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
async def test_a_wrong_frame_has_its_close_code(fake: FakeDiscord, data: bytes, code: int) -> None:
    async with upgraded(fake) as socket:
        await socket.write(data)
        assert await socket.closed() == code


WRONG_D: list[tuple[int, object, int]] = [
    (2, None, 4005), (6, {}, 4005), (3, None, 4002), (3, {"status": 1}, 4002),
    (3, {"status": "asleep"}, 4002), (4, None, 4002), (4, {"guild_id": "x"}, 4002),
    (4, {"guild_id": {}, "channel_id": []}, 4002), (8, None, 4002), (8, {"guild_id": True}, 4002),
    (8, {"guild_id": ["1", "2"]}, 4002), (31, None, 4002), (31, {"guild_ids": "1"}, 4002),
    (43, [], 4002), (43, {"guild_id": 1, "fields": None}, 4002),
]  # fmt: skip


@pytest.mark.parametrize(("op", "d", "code"), WRONG_D)
async def test_a_wrong_request_of_a_session_has_its_close_code(
    fake: FakeDiscord, op: int, d: object, code: int
) -> None:
    async with upgraded(fake) as socket:
        await socket.identify()
        await socket.send(op, d)
        assert await socket.closed() == code


WRONG_FIRST: list[tuple[int, object, int]] = [
    (2, [], 4002), (2, {"token": 1, "properties": {}, "intents": 0}, 4002),
    (2, {"token": "t", "intents": 0}, 4002), (2, {"token": "t", "properties": {}}, 4002),
    (2, {"token": "t", "properties": {}, "intents": "1"}, 4002),
    (2, {"token": "", "properties": {}, "intents": 0}, 4004),
    (2, {"token": "t", "properties": {}, "intents": 0, "shard": [2, 2]}, 4010),
    (2, {"token": "t", "properties": {}, "intents": 0, "shard": [0, 2**70]}, 4010),
    (2, {"token": "t", "properties": {}, "intents": 0, "shard": "0"}, 4010),
    (2, {"token": "t", "properties": {}, "intents": -1}, 4013),
    (2, {"token": "t", "properties": {}, "intents": 2**70}, 4013),
    (6, [], 4002), (6, {"token": "t", "session_id": 1, "seq": 1}, 4002),
]  # fmt: skip


@pytest.mark.parametrize(("op", "d", "code"), WRONG_FIRST)
async def test_a_wrong_first_request_has_its_close_code(
    fake: FakeDiscord, op: int, d: object, code: int
) -> None:
    async with upgraded(fake) as socket:
        await socket.send(op, d)
        assert await socket.closed() == code


@pytest.mark.parametrize("v", ["3", "5", "11", "x", "", "-10"])
async def test_an_unknown_version_is_greeted_and_closed(fake: FakeDiscord, v: str) -> None:
    async with upgraded(fake, f"/gateway?v={v}") as socket:
        assert await socket.closed() == 4012


@pytest.mark.parametrize(
    ("query", "v"), [("v=6", 6), ("v=8", 8), ("v=9", 9), ("v=10", 10), ("", 6)]
)
async def test_every_version_that_discord_serves_is_served(
    fake: FakeDiscord, query: str, v: int
) -> None:
    async with upgraded(fake, f"/gateway/?{query}") as socket:
        assert (await socket.identify())["d"]["v"] == v


async def test_more_than_120_sends_in_a_minute_are_4008(fake: FakeDiscord) -> None:
    async with upgraded(fake) as socket:
        await socket.write(frame(TEXT, b'{"op":1,"d":null}') * 121)
        assert await socket.closed() == 4008


async def test_parts_of_a_payload_are_put_together_and_pings_may_come_between(
    fake: FakeDiscord,
) -> None:
    async with upgraded(fake) as socket:
        await socket.payload()
        await socket.write(frame(TEXT, b'{"op":1,', final=False) + frame(PING, b"x"))
        assert await socket.frame() == (PONG, b"x")
        await socket.write(frame(CONTINUATION, b'"d":null}'))
        assert (await socket.payload())["op"] == 11


GARBAGE = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\x00" * 100, b"GET\r\n\r\n",
    b"GET /gateway HTTP/1.1\r\n" + b"X: " + b"y" * 20_000 + b"\r\n\r\n",
    b"GET /gateway HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    (b"GET /gateway HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n"
     b"Sec-WebSocket-Version: 7\r\nSec-WebSocket-Key: no\r\n\r\n"),
]  # fmt: skip


@pytest.mark.parametrize("data", GARBAGE, ids=range(len(GARBAGE)))
async def test_a_handshake_that_is_none_is_refused(fake: FakeDiscord, data: bytes) -> None:
    async with tcp(fake) as socket:
        await socket.write(data)
        status = (await socket.reader.read(12)).split(b" ")[-1]
        assert status.startswith(b"4")


async def test_encodings_other_than_json_are_refused_with_a_reason(fake: FakeDiscord) -> None:
    async with tcp(fake) as socket:
        await socket.write(b"GET /gateway?v=10&encoding=etf HTTP/1.1\r\nHost: x\r\n"
                           b"Connection: close\r\n\r\n")  # fmt: skip
        answer = await socket.ended()
    assert answer.startswith(b"HTTP/1.1 501")
    assert b"only encoding=json is simulated" in answer


async def test_clients_that_say_nothing_or_leave_at_once_hold_nobody_up(fake: FakeDiscord) -> None:
    async with tcp(fake), tcp(fake) as half, upgraded(fake) as gone:
        await half.write(b"GET /gateway HTTP/1.1\r\nHost:")
        gone.writer.transport.abort()
        async with upgraded(fake) as socket:
            assert (await socket.identify())["t"] == "READY"


async def test_who_leaves_without_a_word_may_resume(fake: FakeDiscord) -> None:
    async with upgraded(fake) as socket:
        ready = await socket.identify()
        socket.writer.transport.abort()
    await eventually(lambda: fake.ledger()["sessions"]["live"] == 0)
    async with upgraded(fake) as again:
        d = {"token": "t", "session_id": ready["d"]["session_id"], "seq": ready["s"]}
        await again.payload()
        await again.send(6, d)
        assert (await again.payload())["t"] == "RESUMED"


async def test_hello_does_not_come_in_one_piece_with_the_upgrade(fake: FakeDiscord) -> None:
    async with tcp(fake) as socket:
        await socket.write(upgrade("/gateway?v=10"))
        assert (await socket.reader.read(1 << 16)).endswith(b"\r\n\r\n")
        assert (await socket.payload())["op"] == 10
