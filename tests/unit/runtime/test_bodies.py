"""Large bodies are cut and put together again, byte for byte."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.bus.bodies import KEY, PARTS, Bodies, fits
from runtime.bus.interface import Message
from runtime.bus.memory.buckets import MemoryBucket
from runtime.core.topology import Bucket
from runtime.errors import BodyRefused

MAX = 1024


def bodies() -> Bodies:
    return Bodies(MemoryBucket(Bucket("bodies"), MAX), MAX)


async def test_a_body_that_fits_travels_as_it_is() -> None:
    message = Message("s", b"x" * 100, {"A": "b"})
    assert await bodies().cut(message) is message
    assert await bodies().whole(message) is message


NAMES = st.from_regex("[A-Z]{1,9}", fullmatch=True)
VALUES = st.from_regex("[a-z]{0,99}", fullmatch=True)


@given(st.binary(max_size=5 * MAX), st.dictionaries(NAMES, VALUES))
async def test_what_was_cut_is_put_together_byte_for_byte(
    body: bytes, headers: dict[str, str]
) -> None:
    carrier = bodies()
    message = Message("s", body, headers)
    cut = await carrier.cut(message)
    assert fits(replace(cut, headers={}), MAX)
    assert await carrier.whole(cut) == message


async def test_a_part_that_is_gone_is_said_so() -> None:
    carrier = bodies()
    cut = await carrier.cut(Message("s", b"x" * 3000))
    await carrier.drop(cut)
    with pytest.raises(BodyRefused, match="part 1 of 4 of a large body is gone"):
        await carrier.whole(cut)


async def test_a_body_above_the_limit_is_refused_before_it_is_fetched() -> None:
    carrier = bodies()
    claim = Message("s", b"", {KEY: "abc", PARTS: "999999"})
    with pytest.raises(BodyRefused, match="999999 parts is above 5000 bytes"):
        await carrier.whole(claim, limit=5000)


@pytest.mark.parametrize(
    "headers", [{PARTS: "2"}, {PARTS: "-1", KEY: "a"}, {PARTS: "2", KEY: "../x"}, {PARTS: ""}]
)
async def test_headers_that_nobody_of_ours_wrote_are_refused(headers: dict[str, str]) -> None:
    with pytest.raises(BodyRefused, match="are not those of a large body"):
        await bodies().whole(Message("s", b"", headers))
