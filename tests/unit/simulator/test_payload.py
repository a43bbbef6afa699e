import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.core.payload import decode, identity, resumption
from simulator.core.session import Close, Refused

IDENTIFY = {"token": "t", "intents": 1, "properties": {}}


def code_of(read: object, given: object) -> int:
    with pytest.raises(Refused) as refusal:
        read(given)  # type: ignore[operator]
    return refusal.value.code


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with contextlib.suppress(Refused):
        assert isinstance(decode(raw)["op"], int)


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"{}", b'{"op":"1"}', b'{"op":null}', b"\xff"])
def test_what_is_no_payload_is_refused(raw: bytes) -> None:
    assert code_of(decode, raw) == Close.DECODE_ERROR


def test_an_identify_without_shard_is_the_only_shard() -> None:
    assert identity(IDENTIFY).shard == (0, 1)


@pytest.mark.parametrize("shard", [[0], [0, 1, 2], ["0", 1], "0/1", {}])
def test_a_shard_that_is_no_pair_is_refused(shard: object) -> None:
    assert code_of(identity, {**IDENTIFY, "shard": shard}) == Close.INVALID_SHARD


@pytest.mark.parametrize("d", [None, 1, [], {}, {"token": "t"}, {**IDENTIFY, "intents": "1"}])
def test_an_incomplete_identify_is_refused(d: object) -> None:
    assert code_of(identity, d) == Close.DECODE_ERROR


def test_a_resume_may_lack_its_sequence() -> None:
    assert resumption({"token": "t", "session_id": "s", "seq": None}) == ("t", "s", -1)


@pytest.mark.parametrize("d", [None, {}, {"token": "t", "session_id": "s", "seq": "1"}])
def test_an_incomplete_resume_is_refused(d: object) -> None:
    assert code_of(resumption, d) == Close.DECODE_ERROR
