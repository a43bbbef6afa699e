"""The envelope: headers out, headers in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.core.envelope import Envelope
from runtime.errors import MalformedEnvelope

EVENT = Envelope("abc:7", "MESSAGE_CREATE", 3, 1_785_000_000_000_000_000, b'{"id":"1"}')

texts = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1)


def test_the_headers_are_those_of_the_documentation() -> None:
    assert EVENT.headers() == {
        "Nats-Msg-Id": "abc:7",
        "Event-Type": "MESSAGE_CREATE",
        "Shard": "3",
        "Received-Ns": "1785000000000000000",
    }


@given(
    st.builds(
        Envelope,
        id=texts,
        event_type=texts,
        shard=st.integers(0, 1000),
        received_ns=st.integers(0, 2**63),
        body=st.binary(),
        traceparent=st.none() | texts,
        receipt_to=st.none() | texts,
    )
)
def test_what_was_published_is_what_is_read(envelope: Envelope) -> None:
    assert Envelope.parse(envelope.headers(), envelope.body) == envelope


def test_unknown_headers_are_ignored() -> None:
    headers = EVENT.headers() | {"Of-Tomorrow": "yes"}
    assert Envelope.parse(headers, EVENT.body) == EVENT


@pytest.mark.parametrize("name", ["Nats-Msg-Id", "Event-Type", "Shard", "Received-Ns"])
def test_a_missing_header_is_named(name: str) -> None:
    headers = EVENT.headers()
    del headers[name]
    with pytest.raises(MalformedEnvelope, match=name):
        Envelope.parse(headers, EVENT.body)


@pytest.mark.parametrize("name", ["Shard", "Received-Ns"])
def test_a_header_that_is_no_number_is_malformed(name: str) -> None:
    with pytest.raises(MalformedEnvelope, match="many"):
        Envelope.parse(EVENT.headers() | {name: "many"}, EVENT.body)
