"""Frames are cut out of what was read, wherever the reads end. See ``bus.jetstream.direct``."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nats.errors import ProtocolError

from runtime.bus.jetstream.direct import DirectClient, parse_headers

HEADERS = b"NATS/1.0\r\nEvent-Type: MESSAGE_CREATE\r\nShard: 0\r\n\r\n"

Taken = tuple[bytes, bytes, bytes, bytes]


def frame(sid: int, subject: bytes, reply: bytes, headers: bytes, body: bytes) -> bytes:
    """A message as a server sends it."""
    between = b" %b" % reply if reply else b""
    size = len(headers) + len(body)
    if headers:
        line = b"HMSG %b %d%b %d %d" % (subject, sid, between, len(headers), size)
    else:
        line = b"MSG %b %d%b %d" % (subject, sid, between, size)
    return b"%b\r\n%b%b\r\n" % (line, headers, body)


async def read(*parts: bytes) -> list[Taken]:
    """What a client hands over that reads these parts."""
    client = DirectClient()
    taken: list[Taken] = []
    client._takers[7] = lambda *what: taken.append(what)
    for part in parts:
        await client._ps.parse(part)
    return taken


MESSAGES = st.tuples(
    st.sampled_from([b"a.b", b"$JS.x"]),
    st.sampled_from([b"", b"$JS.ACK.s.c.1.2.3.4.5"]),
    st.sampled_from([b"", HEADERS]),
    st.binary(max_size=40),
)


@given(st.lists(MESSAGES, max_size=6), st.lists(st.integers(1, 60), max_size=30))
def test_messages_are_the_same_wherever_the_reads_end(
    messages: list[Taken], sizes: list[int]
) -> None:
    stream = b"+OK\r\n".join([frame(7, *message) for message in messages])
    parts = []
    for size in sizes:
        parts.append(stream[:size])
        stream = stream[size:]
    assert asyncio.run(read(*parts, stream)) == messages


async def test_messages_of_other_subscriptions_are_nobodys_here() -> None:
    stream = frame(3, b"a", b"", HEADERS, b"other") + frame(7, b"a", b"", b"", b"ours")
    assert await read(stream) == [(b"a", b"", b"", b"ours")]


@pytest.mark.parametrize(
    "stream", [b"MSG a\r\n", b"MSG a 7 x\r\n", b"HMSG a 7 5\r\n", b"nonsense\r\n", b"x" * 5000]
)
async def test_what_no_server_says_is_refused(stream: bytes) -> None:
    with pytest.raises(ProtocolError):
        await read(stream)


async def test_a_new_connection_begins_with_a_new_frame() -> None:
    client = DirectClient()
    taken: list[Taken] = []
    client._takers[7] = lambda *what: taken.append(what)
    await client._ps.parse(frame(7, b"a", b"", b"", b"half")[:-4])
    client._ps.reset()
    await client._ps.parse(frame(7, b"a", b"", b"", b"whole"))
    assert taken == [(b"a", b"", b"", b"whole")]


async def test_a_function_that_fails_does_not_end_the_reading() -> None:
    client = DirectClient()
    taken: list[bytes] = []

    def take(_subject: bytes, _reply: bytes, _headers: bytes, body: bytes) -> None:
        taken.append(body)
        raise ValueError(body)

    client._takers[7] = take
    frames = [frame(7, b"a", b"", b"", body) for body in (b"1", b"2")]
    await client._ps.parse(b"".join(frames))
    assert taken == [b"1", b"2"]


@pytest.mark.parametrize(
    ("block", "headers"),
    [
        (b"", {}),
        (HEADERS, {"Event-Type": "MESSAGE_CREATE", "Shard": "0"}),
        (b"NATS/1.0\r\nA: b: c\r\nEmpty:\r\n\r\n", {"A": "b: c", "Empty": ""}),
        (b"NATS/1.0 100\r\n\r\n", {"Status": "100", "Description": ""}),
        (
            b"NATS/1.0 408 Request Timeout\r\nNats-Pending-Messages: 1\r\n\r\n",
            {"Status": "408", "Description": "Request Timeout", "Nats-Pending-Messages": "1"},
        ),
    ],
)
def test_headers_are_read_when_somebody_asks(block: bytes, headers: dict[str, str]) -> None:
    assert parse_headers(block) == headers
