"""What the broker says when an event's deliveries are used up.

Such an event stays in its work queue, and nobody gets it any more. JetStream publishes an advisory
about it (NATS Docs/JetStream/Monitoring, ``io.nats.jetstream.advisory.v1.max_deliver``) on
``$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.<stream>.<consumer>``.
"""

import msgspec

from runtime.errors import MalformedEnvelope

_ROOT = "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES"
_TYPE = "io.nats.jetstream.advisory.v1.max_deliver"


class Exhausted(msgspec.Struct, frozen=True, tag=_TYPE, tag_field="type"):
    """A message that a consumer will not deliver again; ``stream_seq`` is its place."""

    stream: str
    consumer: str
    stream_seq: int
    deliveries: int

    @property
    def subject(self) -> str:
        """Where this is published."""
        return subject(self.stream, self.consumer)

    def encode(self) -> bytes:
        """The body of the advisory."""
        return msgspec.json.encode(self)


def subject(stream: str, consumer: str) -> str:
    """The subject of a stream's advisories; ``*`` stands for every consumer."""
    return f"{_ROOT}.{stream}.{consumer}"


_decode = msgspec.json.Decoder(Exhausted).decode


def read(body: bytes) -> Exhausted:
    """The advisory in a body.

    Raises:
        MalformedEnvelope: it is another one, or none.
    """
    try:
        return _decode(body)
    except msgspec.DecodeError as error:
        raise MalformedEnvelope(f"not an advisory of used up deliveries: {error}") from None
