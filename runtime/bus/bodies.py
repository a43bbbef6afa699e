"""Bodies that are larger than a message may be: a claim check.

A message that is too large is cut: its body goes into a bucket in parts, the message itself travels
with an empty body, ``Body-Key`` (where the parts are) and ``Body-Parts`` (how many). Whoever
receives it puts the body together again, byte for byte. Nothing is dropped and nothing re-encoded.
"""

import secrets
from collections.abc import Mapping
from dataclasses import replace

from runtime.bus.interface import KeyValue, Message
from runtime.errors import BodyRefused

PARTS = "Body-Parts"
KEY = "Body-Key"

# NATS Docs/Client Protocol: "NATS/1.0" and two line ends, then ": " and a line end per header.
_HEADER_BLOCK = 12
_HEADER_LINE = 4
_ENVELOPE = 256
"""Octets that the transport may add to a message or a value on its own."""


class Bodies:
    """The parts of large bodies in one bucket.

    Args:
        bucket: keeps the parts, for as long as it keeps anything.
        max_payload: octets of headers and body that one message may have.
    """

    def __init__(self, bucket: KeyValue, max_payload: int) -> None:
        self._bucket = bucket
        self._most = max(1, max_payload - _ENVELOPE)

    async def cut(self, message: Message) -> Message:
        """The message as it may travel; its parts are stored when this returns.

        Raises:
            BusUnavailable: they are not.
        """
        if fits(message, self._most):
            return message
        key, body = secrets.token_hex(16), message.body
        starts = range(0, len(body), self._most)
        for part, start in enumerate(starts):
            await self._bucket.put(f"{key}.{part}", body[start : start + self._most])
        headers = {**message.headers, KEY: key, PARTS: str(len(starts))}
        return replace(message, body=b"", headers=headers)

    async def whole(self, message: Message, limit: int | None = None) -> Message:
        """The message with its whole body and without the headers of the cut.

        Raises:
            BodyRefused: parts are missing, or the body may be larger than ``limit``.
            BusUnavailable: the broker does not answer.
        """
        if PARTS not in message.headers:
            return message
        key, count = _claim(message.headers)
        if limit is not None and (count - 1) * self._most > limit:
            raise BodyRefused(f"a body of {count} parts is above {limit} bytes")
        parts = []
        for part in range(count):
            entry = await self._bucket.get(f"{key}.{part}")
            if entry is None or entry.value is None:
                raise BodyRefused(f"part {part + 1} of {count} of a large body is gone")
            parts.append(entry.value)
        headers = {k: v for k, v in message.headers.items() if k not in {PARTS, KEY}}
        return replace(message, body=b"".join(parts), headers=headers)

    async def move(self, message: Message, to: "Bodies") -> Message:
        """The message as it may travel with its parts in another bucket; those here stay.

        A cut message whose parts are gone is returned as it is: its headers are worth keeping.

        Raises:
            BusUnavailable: the broker does not answer.
        """
        try:
            whole = await self.whole(message)
        except BodyRefused:
            return message
        return await to.cut(whole)

    async def drop(self, message: Message) -> None:
        """Remove the parts of a cut message that nobody will read again.

        Raises:
            BusUnavailable: the broker does not answer.
        """
        if PARTS in message.headers:
            key, count = _claim(message.headers)
            for part in range(count):
                await self._bucket.delete(f"{key}.{part}")


def fits(message: Message, most: int) -> bool:
    """Whether headers and body are ``most`` octets at most (headers are ASCII)."""
    size = len(message.body) + _HEADER_BLOCK
    if size + 1024 < most:  # the headers of an event are a few hundred octets
        return True
    headers = message.headers.items()
    return size + sum(len(name) + len(value) + _HEADER_LINE for name, value in headers) <= most


def _claim(headers: Mapping[str, str]) -> tuple[str, int]:
    key, parts = headers.get(KEY, ""), headers[PARTS]
    if not key.isalnum() or not key.isascii() or not parts.isdecimal() or not 0 < len(parts) < 7:
        raise BodyRefused(f"headers {KEY} and {PARTS} are not those of a large body")
    return key, int(parts)
