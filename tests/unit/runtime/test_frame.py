"""Frames: op, type and sequence are read once, ``d`` stays the bytes that came."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.core import frame
from runtime.core.frame import Frame
from runtime.errors import MalformedFrame

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON, st.integers(1, 1 << 53), st.text(min_size=1), st.permutations(["op", "s", "t", "d"]))
def test_a_dispatch_keeps_its_d_byte_for_byte(d: object, s: int, t: str, order: list[str]) -> None:
    values = {"op": 0, "s": s, "t": t, "d": d}
    read = frame.parse(json.dumps({key: values[key] for key in order}).encode())
    assert (read.op, read.s, read.t) == (0, s, t)
    assert bytes(read.d) == json.dumps(d).encode()


@given(st.binary(max_size=200))
def test_no_bytes_do_worse_than_be_refused(payload: bytes) -> None:
    with suppress(MalformedFrame):
        assert isinstance(frame.parse(payload), Frame)


@given(JSON)
def test_no_json_does_worse_than_be_refused(value: object) -> None:
    try:
        read = frame.parse(json.dumps(value))
    except MalformedFrame:
        return
    assert isinstance(read.op, int)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b'{"op":"0"}',
        b'{"op":0,"d":{}}',
        b'{"op":0,"t":"X","s":null,"d":{}}',
        b'{"op":0,"t":null,"s":1,"d":{}}',
        b'{"op":0,"t":"","s":1}',
        b'{"op":0,"t":"X","s":"1"}',
        b'{"op":0,"t":"X","s":1,"d":',
        b'{"op":10}\xff',
        b"[" * 100_000,
    ],
)
def test_what_is_no_gateway_payload_is_refused(payload: bytes) -> None:
    with pytest.raises(MalformedFrame):
        frame.parse(payload)


def test_an_op_that_nobody_knows_is_a_frame_like_any_other() -> None:
    assert frame.parse(b'{"op":77,"d":[1],"new":true}').op == 77


@pytest.mark.parametrize(
    "d", ["null", "{}", '{"heartbeat_interval":0}', '{"heartbeat_interval":-1}']
)
def test_a_hello_without_an_interval_is_refused(d: str) -> None:
    with pytest.raises(MalformedFrame, match="HELLO"):
        frame.hello(frame.parse(f'{{"op":10,"d":{d}}}'))


def test_another_op_where_hello_is_due_is_refused() -> None:
    with pytest.raises(MalformedFrame, match="op 11 where HELLO is due"):
        frame.hello(frame.parse(b'{"op":11}'))


def test_ready_names_the_session_and_where_to_resume_it() -> None:
    d = '{"session_id":"s","resume_gateway_url":"ws://x","user":{}}'
    ready = frame.ready(frame.parse(f'{{"op":0,"t":"READY","s":1,"d":{d}}}'))
    assert (ready.session_id, ready.resume_gateway_url) == ("s", "ws://x")


@pytest.mark.parametrize("d", ["null", '{"session_id":"s"}', '{"session_id":1}'])
def test_a_ready_without_a_session_is_refused(d: str) -> None:
    with pytest.raises(MalformedFrame, match="READY"):
        frame.ready(frame.parse(f'{{"op":0,"t":"READY","s":1,"d":{d}}}'))
