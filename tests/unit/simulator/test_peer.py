import json

import pytest

from simulator.core.faults import Fault
from simulator.core.intents import Intent
from simulator.core.replay import Bounds
from simulator.core.terms import Terms
from tests.unit.simulator.stage import NOW, Client, make_api


def names(payloads: list[dict[str, object]]) -> list[object]:
    return [payload["t"] or payload["op"] for payload in payloads]


def greeted(**more: object) -> Client:
    client = Client(make_api(**more))  # type: ignore[arg-type]
    client.read()
    return client


def ready() -> tuple[Client, str]:
    client = greeted()
    return client, client.identify()[0]["d"]["session_id"]


def test_the_server_speaks_first() -> None:
    [hello] = Client(make_api()).read()
    assert (hello["op"], hello["d"]["heartbeat_interval"], hello["s"]) == (10, 41250, None)


def test_identify_brings_ready_and_then_the_guilds() -> None:
    payloads = greeted().identify()
    assert names(payloads) == ["READY", "GUILD_CREATE", "GUILD_CREATE"]
    assert [payload["s"] for payload in payloads] == [1, 2, 3]
    assert all(guild["unavailable"] for guild in payloads[0]["d"]["guilds"])


def test_every_heartbeat_is_acknowledged_whatever_it_carries() -> None:
    client = greeted()
    assert [names(client.send(1, d)) for d in (None, 3, "x")] == [[11], [11], [11]]


@pytest.mark.parametrize("compress", ["zlib-stream", "zstd-stream"])
def test_compressed_connections_get_binary_frames_from_the_first_on(compress: str) -> None:
    client = Client(make_api(), compress)
    assert client.read()[0]["op"] == 10
    assert names(client.identify(compress=True))[0] == "READY"
    assert set(client.kinds) == {0x82}


def test_without_transport_compression_identify_may_ask_for_payload_compression() -> None:
    client = greeted()
    client.peer.receive(json.dumps({"op": 2, "d": {
        "token": "t", "properties": {}, "intents": 0, "compress": True}}), NOW)  # fmt: skip
    assert client.peer.pull(1 << 20, NOW)[0] == 0x82


@pytest.mark.parametrize(
    ("op", "d", "code"),
    [
        (3, {}, 4003), (8, {"guild_id": "1"}, 4003), (0, None, 4001), (7, None, 4001),
        (99, None, 4001), (2, None, 4002), (6, {}, 4002),
        (2, {"token": "", "properties": {}, "intents": 0}, 4004),
        (2, {"token": "t", "properties": {}, "intents": 0, "shard": [1, 1]}, 4010),
        (2, {"token": "t", "properties": {}, "intents": 0, "shard": [0, 0]}, 4010),
        (2, {"token": "t", "properties": {}, "intents": 1 << 40}, 4013),
    ],
)  # fmt: skip
def test_a_wrong_first_payload_has_its_close_code(op: int, d: object, code: int) -> None:
    client = greeted()
    client.send(op, d)
    assert client.close_code == code


@pytest.mark.parametrize("raw", ["nonsense", b"\xff\xfe", '{"op":1,"d":"' + "x" * 5000 + '"}'])
def test_what_cannot_be_read_or_is_too_long_closes_with_4002(raw: str | bytes) -> None:
    client = greeted()
    client.send_raw(raw)
    assert client.close_code == 4002


def test_a_second_identify_is_4005() -> None:
    client, _ = ready()
    client.identify()
    assert client.close_code == 4005


def test_an_unknown_version_is_4012() -> None:
    client = Client(make_api(), v="3")
    client.read()
    assert client.close_code == 4012


def test_intents_that_were_not_granted_are_4014() -> None:
    client = Client(make_api(), terms=Terms(allowed=int(Intent.GUILDS)))
    client.identify(int(Intent.MESSAGE_CONTENT))
    assert client.close_code == 4014


def test_too_many_guilds_for_a_shard_are_4011() -> None:
    client = greeted(guilds=2501)
    client.identify(0)
    assert client.close_code == 4011


def test_the_wrong_token_is_4004_when_one_is_demanded() -> None:
    client = Client(make_api(), terms=Terms(token="right"))
    client.identify()
    assert client.close_code == 4004


def test_the_121st_payload_in_a_minute_is_4008() -> None:
    client = greeted()
    for _ in range(120):
        client.send(1)
    assert client.close_code is None
    client.send(1)
    assert client.close_code == 4008


def test_a_minute_later_there_is_room_again() -> None:
    client = greeted()
    for _ in range(120):
        client.send(1)
    client.now += 61
    client.send(1)
    assert client.close_code is None


def test_a_token_is_the_same_with_and_without_bot_before_it() -> None:
    client = Client(make_api(), terms=Terms(token="t"))
    session = client.identify(token="Bot t")[1]["d"]["session_id"]
    client.peer.lost(None, NOW)
    assert names(client.another().resume(session, 3)) == ["RESUMED"]


def test_two_identifies_within_five_seconds_are_one_too_many() -> None:
    api = make_api(concurrency=1)
    first, second = Client(api), Client(api)
    first.read(), second.read()
    first.identify()
    assert names(second.identify()) == []
    second.now += 1.0
    assert names(second.read()) == [9]
    second.now += 4.1
    assert names(second.identify())[0] == "READY"


def test_when_the_daily_budget_is_gone_the_token_is_refused_and_every_session_ends() -> None:
    api = make_api()
    api.hub.identifies.total = 1
    first, second = Client(api), Client(api)
    first.identify()
    second.identify()
    assert first.read() == []
    assert (first.close_code, second.close_code, api.hub.sessions) == (4000, 4004, {})


def test_nothing_follows_a_close_frame() -> None:
    api = make_api(concurrency=1)
    first, second = Client(api), Client(api)
    first.identify()
    second.read(), second.identify()
    second.send(99)
    second.now += 2
    second.peer.reconnect()
    second.peer.garble()
    assert (second.read(), second.close_code) == ([], 4001)


def test_a_silent_client_is_closed_and_may_resume() -> None:
    client, session = ready()
    client.peer.check(NOW + 100)
    client.read()
    assert client.close_code == 4000
    client.peer.lost(None, NOW + 100)
    assert session in client.peer.hub.sessions


def test_what_is_missed_is_replayed_with_its_numbers_and_then_resumed() -> None:
    client, session = ready()
    client.peer.lost(None, NOW)
    for number in range(3):
        client.peer.hub.publish("TYPING_START", 0, {"n": number})
    again = client.another()
    payloads = again.resume(session, 2)
    assert names(payloads) == ["GUILD_CREATE", *["TYPING_START"] * 3, "RESUMED"]
    assert [payload["s"] for payload in payloads] == [3, 4, 5, 6, 7]


@pytest.mark.parametrize("code", [None, 3000, 4000, 4200])
def test_a_lost_socket_keeps_the_session(code: int | None) -> None:
    client, session = ready()
    client.peer.lost(code, NOW)
    assert names(client.another().resume(session, 3)) == ["RESUMED"]


@pytest.mark.parametrize("code", [1000, 1001])
def test_a_goodbye_ends_the_session(code: int) -> None:
    client, session = ready()
    client.peer.lost(code, NOW)
    assert client.another().resume(session, 3)[0]["d"] is False


@pytest.mark.parametrize("seq", [99, -1, None])
def test_a_sequence_that_never_was_is_an_invalid_session(seq: int | None) -> None:
    client, session = ready()
    client.peer.lost(None, NOW)
    assert names(client.another().resume(session, seq)) == [9]
    assert session not in client.peer.hub.sessions


def test_more_missed_than_is_kept_is_an_invalid_session_never_a_silent_gap() -> None:
    client = greeted(bounds=Bounds(events=5))
    session = client.identify()[0]["d"]["session_id"]
    client.peer.lost(None, NOW)
    for _ in range(9):
        client.peer.hub.publish("TYPING_START", 0, {})
    assert names(client.another().resume(session, 3)) == [9]


def test_a_session_that_nobody_resumes_expires() -> None:
    client, session = ready()
    client.peer.lost(None, NOW)
    client.peer.hub.expire(NOW + 181)
    assert names(client.another().resume(session, 3)) == [9]


def test_op_9_true_leaves_the_session_for_a_resume_on_the_same_socket() -> None:
    client, session = ready()
    client.peer.invalidate(resumable=True, now=NOW)
    assert client.read()[0]["d"] is True
    assert names(client.resume(session, 3)) == ["RESUMED"]


def test_a_resume_takes_a_session_over_from_a_socket_that_still_seems_alive() -> None:
    client, session = ready()
    again = client.another()
    assert names(again.resume(session, 3)) == ["RESUMED"]
    client.peer.hub.publish("TYPING_START", 0, {})
    assert names(again.read()) == ["TYPING_START"]
    assert client.read() == []
    client.peer.lost(1000, NOW)
    assert session in client.peer.hub.sessions


def test_no_ack_swallows_acknowledgements_and_silent_stops_dispatches() -> None:
    client, _ = ready()
    client.peer.hub.faults.add(Fault("no_ack", silent=True, seconds=60), NOW)
    assert client.send(1) == []
    client.peer.hub.publish("TYPING_START", 0, {})
    assert client.read() == []


def test_a_stall_is_over_for_who_resumes_on_another_socket() -> None:
    client, session = ready()
    assert client.peer.session is not None
    client.peer.session.stalled_until = NOW + 60
    client.peer.hub.publish("TYPING_START", 0, {})
    assert client.read() == []
    assert names(client.another().resume(session, 3)) == ["TYPING_START", "RESUMED"]


@pytest.mark.parametrize("code", [4007, 4009])
def test_a_resume_can_be_made_to_close(code: int) -> None:
    client, session = ready()
    client.peer.lost(None, NOW)
    client.peer.hub.faults.add(Fault("refuse_resume", code=code), NOW)
    again = client.another()
    again.resume(session, 3)
    assert again.close_code == code


def test_a_client_that_reads_too_slowly_is_told_once_and_may_identify_again() -> None:
    client = Client(make_api(bounds=Bounds(events=5)), "zlib-stream")
    client.identify()
    for _ in range(9):
        client.api.hub.publish("TYPING_START", 0, {})
    assert names(client.read()) == [9]
    client.now += 6
    assert names(client.identify())[0] == "READY"


def test_a_bad_resume_of_a_live_session_ends_it_for_its_socket_too() -> None:
    client, session = ready()
    assert names(client.another().resume(session, 99)) == [9]
    client.read()
    assert client.close_code == 4000
    client.send(1)
    client.peer.lost(4000, NOW)
