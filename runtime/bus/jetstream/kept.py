"""Reading what a stream keeps, and taking it out, without a consumer."""

import nats.js.errors
from nats.js import JetStreamContext

from runtime.bus.interface import Kept, Message
from runtime.bus.jetstream.errors import TRANSPORT_ERRORS
from runtime.core.topology import Stream
from runtime.errors import BusUnavailable

NO_MESSAGE = 10037
"""What ``STREAM.MSG.GET`` answers when nothing matches."""
NOT_THERE = {10037, 10043, 10057}
"""What ``STREAM.MSG.DELETE`` answers when the sequence is not in the stream (10057: not yet)."""


async def find(js: JetStreamContext, stream: Stream, after: int, subject: str) -> Kept | None:
    """The oldest message behind ``after``.

    Raises:
        BusUnavailable: there is no such stream, or no answer.
    """
    try:
        found = await js.get_msg(stream.name, seq=after + 1, subject=subject, next=True)
    except nats.js.errors.NotFoundError as error:
        if error.err_code == NO_MESSAGE:
            return None
        raise BusUnavailable(f"stream {stream.name}: {error.description}") from None
    except TRANSPORT_ERRORS as error:
        raise BusUnavailable(f"stream {stream.name}: {error}") from error
    message = Message(found.subject or "", found.data or b"", found.headers or {})
    return Kept(found.seq or 0, message)


async def remove(js: JetStreamContext, stream: Stream, sequence: int) -> bool:
    """Delete one message.

    Raises:
        BusUnavailable: there is no such stream, or no answer.
    """
    try:
        return bool(await js.delete_msg(stream.name, sequence))
    except nats.js.errors.APIError as error:
        if error.err_code in NOT_THERE:
            return False
        raise BusUnavailable(f"stream {stream.name}: {error.description}") from None
    except TRANSPORT_ERRORS as error:
        raise BusUnavailable(f"stream {stream.name}: {error}") from error
