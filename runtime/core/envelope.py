"""The envelope of one event on the bus: Discord's ``d`` untouched, everything else in headers.

Headers (unknown ones are ignored, so that an older worker can read a newer gateway):

``Nats-Msg-Id``
    ``<session_id>:<seq>``; what the broker refuses duplicates by.
``Event-Type``
    the dispatch type, such as ``MESSAGE_CREATE``.
``Shard``
    the shard that received it, decimal.
``Received-Ns``
    wall clock of the gateway at receipt, nanoseconds since 1970.
``traceparent``
    W3C trace context, when the event is sampled.
``Receipt-To``
    load tests only: the subject that completion times are published to.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from runtime.errors import MalformedEnvelope

MSG_ID = "Nats-Msg-Id"
EVENT_TYPE = "Event-Type"
SHARD = "Shard"
RECEIVED_NS = "Received-Ns"
TRACEPARENT = "traceparent"
RECEIPT_TO = "Receipt-To"


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event as the gateway received it."""

    id: str
    event_type: str
    shard: int
    received_ns: int
    body: bytes
    traceparent: str | None = None
    receipt_to: str | None = None

    def headers(self) -> dict[str, str]:
        """The headers to publish with."""
        headers = {
            MSG_ID: self.id,
            EVENT_TYPE: self.event_type,
            SHARD: str(self.shard),
            RECEIVED_NS: str(self.received_ns),
        }
        if self.traceparent is not None:
            headers[TRACEPARENT] = self.traceparent
        if self.receipt_to is not None:
            headers[RECEIPT_TO] = self.receipt_to
        return headers

    @classmethod
    def parse(cls, headers: Mapping[str, str], body: bytes) -> "Envelope":
        """The envelope of a bus message.

        Raises:
            MalformedEnvelope: a header is missing or not a number where one is due.
        """
        try:
            return cls(
                id=headers[MSG_ID],
                event_type=headers[EVENT_TYPE],
                shard=int(headers[SHARD]),
                received_ns=int(headers[RECEIVED_NS]),
                body=body,
                traceparent=headers.get(TRACEPARENT),
                receipt_to=headers.get(RECEIPT_TO),
            )
        except KeyError as missing:
            raise MalformedEnvelope(f"header {missing.args[0]} is missing") from None
        except ValueError as wrong:
            raise MalformedEnvelope(f"header is not a number: {wrong}") from None
