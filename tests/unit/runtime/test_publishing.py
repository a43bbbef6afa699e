"""Headers on the wire: one line each, whatever is in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.bus.jetstream.publishing import header_block

NAMES = st.from_regex(r"[A-Za-z][A-Za-z-]{0,20}", fullmatch=True)


def read(block: bytes) -> dict[str, str]:
    """As NATS Docs/Client Protocol says."""
    version, *lines = block.decode().split("\r\n")
    assert (version, lines[-2:]) == ("NATS/1.0", ["", ""])
    return dict(line.split(": ", 1) for line in lines[:-2])


@given(st.dictionaries(NAMES, st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]))))
def test_what_is_written_is_what_is_read(headers: dict[str, str]) -> None:
    assert read(header_block(headers)) == headers


@given(st.dictionaries(NAMES, st.text(max_size=40)))
def test_no_value_adds_a_line(headers: dict[str, str]) -> None:
    assert set(read(header_block(headers))) == set(headers)


@pytest.mark.parametrize("value", ["a\r\nNats-Msg-Id: other", "a\nNats-Msg-Id: other", "a\rb"])
def test_a_line_end_becomes_a_space(value: str) -> None:
    parsed = read(header_block({"Error": value, "Tries": "1"}))
    assert set(parsed) == {"Error", "Tries"}
    assert parsed["Error"].startswith("a ")
