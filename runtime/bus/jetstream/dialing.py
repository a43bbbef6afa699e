"""Reaching a NATS server: addresses, credentials, certificates."""

import asyncio
import os
import ssl
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from nats.aio.client import Client

from runtime.bus.jetstream.errors import TRANSPORT_ERRORS
from runtime.errors import StartError

CONNECT_TIMEOUT = 5.0
PENDING_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class Address:
    """Where NATS is and who we are there.

    Attributes:
        url: servers, separated by commas; may hold a user and a password.
        creds: path of a credentials file, or empty.
        ca: path of the certificate authority of a server with TLS, or empty for the system's.
    """

    url: str
    creds: str = ""
    ca: str = ""

    def __str__(self) -> str:
        """The servers without user and password."""
        return ",".join(_without_user(server) for server in self.url.split(","))

    __repr__ = __str__


def _without_user(server: str) -> str:
    parts = urlsplit(server.strip())
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


async def dial(client: Client, address: Address, **options: Any) -> None:
    """Connect; from then on nats-py reconnects by itself, for ever.

    Raises:
        StartError: no server answers, or a file cannot be read; the text says which.
    """
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT):
            await client.connect(
                [server.strip() for server in address.url.split(",")],
                connect_timeout=2,
                reconnect_time_wait=1,
                max_reconnect_attempts=-1,
                ping_interval=5,
                max_outstanding_pings=2,
                pending_size=PENDING_BYTES,
                **_access(address),
                **options,
            )
    except (*TRANSPORT_ERRORS, ValueError) as error:
        with suppress(Exception):
            await client.close()
        reason = str(error) or "no answer"
        raise StartError(f"cannot reach NATS at {address} ({reason}): is it up?") from None


def _access(address: Address) -> dict[str, Any]:
    access: dict[str, Any] = {}
    for path in filter(None, (address.creds, address.ca)):
        if not os.access(path, os.R_OK):
            raise StartError(f"the file {path} for NATS cannot be read")
    if address.creds:
        access["user_credentials"] = address.creds
    if address.ca:
        access["tls"] = ssl.create_default_context(cafile=address.ca)
    return access
