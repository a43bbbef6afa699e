"""Publishing with headers, as the bytes that NATS reads.

The client's own ``publish`` checks subjects and encodes headers piece by piece, which for a small
event costs more than everything else on its way into a stream. Ours come from ``core.routing`` and
``core.envelope``. Source: NATS Docs/Client Protocol, HPUB.
"""

from collections.abc import Mapping

import nats.errors
from nats.aio.client import Client


async def publish(
    client: Client, subject: str, reply: str, headers: Mapping[str, str], body: bytes
) -> None:
    """Hand one message to the client's buffer.

    Raises:
        nats.errors.Error: the connection is closed, its buffer is full, the message is too large.
    """
    if not client.is_connected:
        await client.publish(subject, body, reply=reply, headers=dict(headers))
        return
    block = header_block(headers)
    size = len(block) + len(body)
    if size > client.max_payload:
        raise nats.errors.MaxPayloadError
    command = b"HPUB %b %b %d %d\r\n%b%b\r\n" % (
        subject.encode(), reply.encode(), len(block), size, block, body,
    )  # fmt: skip
    client.stats["out_msgs"] += 1
    client.stats["out_bytes"] += size
    # What follows is the end of the client's own publish.
    await client._send_command(command)  # noqa: SLF001
    flushes = client._flush_queue  # noqa: SLF001
    if flushes is not None and flushes.empty():
        await client._flush_pending()  # noqa: SLF001


def header_block(headers: Mapping[str, str]) -> bytes:
    """The headers as NATS reads them; a line end in a value becomes a space."""
    lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    if lines.count("\n") != len(headers) or lines.count("\r") != len(headers):
        clean = {name: " ".join(value.splitlines()) for name, value in headers.items()}
        lines = "".join([f"{name}: {value}\r\n" for name, value in clean.items()])
    return f"NATS/1.0\r\n{lines}\r\n".encode()
