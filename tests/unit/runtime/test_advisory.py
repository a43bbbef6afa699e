"""What the broker says of events that it will not deliver any more."""

import pytest

from runtime.core import advisory
from runtime.core.advisory import Exhausted
from runtime.errors import MalformedEnvelope

# As nats-server 2.15.1 publishes it.
SAID = b"""{"type":"io.nats.jetstream.advisory.v1.max_deliver","id":"KX4t","timestamp":"2026-11-23",
"stream":"DISCORD_EVENTS","consumer":"lane-07","stream_seq":3,"deliveries":8}"""


def test_the_servers_own_words_are_understood() -> None:
    assert advisory.read(SAID) == Exhausted("DISCORD_EVENTS", "lane-07", 3, 8)


def test_what_we_write_reads_the_same() -> None:
    told = Exhausted("DISCORD_EVENTS", "lane-07", 3, 8)
    assert advisory.read(told.encode()) == told
    assert told.subject.endswith(".MAX_DELIVERIES.DISCORD_EVENTS.lane-07")


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", SAID.replace(b"max_deliver", b"terminated")])
def test_anything_else_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedEnvelope):
        advisory.read(body)
