"""The NATS protocol of the load generator, without sockets."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests import _wire
from loadtests._wire import Arrived, BrokenStream, Info, Parser, Ping, Pong, Refused

TALK = (
    b'INFO {"server_id":"x","max_payload":99}\r\nPING\r\n'
    b"MSG inbox.1 1 5\r\nhello\r\n"
    b"HMSG inbox.2 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n"
    b"MSG inbox.3 1 reply.to 4\r\n\r\n\r\n\r\n+OK\r\nPONG\r\n-ERR 'Slow Consumer'\r\n"
)
FRAMES = [
    Info(max_payload=99),
    Ping(),
    Arrived(b"inbox.1", b"hello"),
    Arrived(b"inbox.2", b"", 503),
    Arrived(b"inbox.3", b"\r\n\r\n"),
    Pong(),
    Refused("Slow Consumer"),
]


def test_a_servers_talk_becomes_frames() -> None:
    assert Parser().feed(TALK) == FRAMES


@given(st.lists(st.integers(0, len(TALK)), max_size=12))
def test_frames_do_not_depend_on_how_the_bytes_were_cut(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(TALK)]
    parser = Parser()
    pieces = (TALK[start:end] for start, end in itertools.pairwise(edges))
    assert [frame for piece in pieces for frame in parser.feed(piece)] == FRAMES


def test_a_message_with_headers_carries_both_lengths() -> None:
    headers = _wire.header_block({"A": "b"})
    assert headers == b"NATS/1.0\r\nA: b\r\n\r\n"
    sent = _wire.publish(b"to", b"reply", headers, b"body")
    assert sent == b"HPUB to reply 18 22\r\nNATS/1.0\r\nA: b\r\n\r\nbody\r\n"


def test_a_message_without_headers_is_a_plain_pub() -> None:
    assert _wire.publish(b"to", b"", b"", b"body") == b"PUB to  4\r\nbody\r\n"


def test_a_server_that_wants_tls_says_so() -> None:
    assert Parser().feed(b'INFO {"tls_required":true}\r\n') == [Info(tls_required=True)]


def test_credentials_travel_in_the_first_line() -> None:
    assert b'"user": "a"' in _wire.connect("name", {"user": "a", "pass": "b"})


@pytest.mark.parametrize(
    "noise", [b"HTTP/1.1 400 Bad Request\r\n", b"MSG inbox 1 many\r\n", b"INFO no\r\n"]
)
def test_what_is_not_the_protocol_is_refused(noise: bytes) -> None:
    with pytest.raises(BrokenStream):
        Parser().feed(noise)
