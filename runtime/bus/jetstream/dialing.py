"""Reaching a NATS server: addresses, credentials, certificates."""

import asyncio
import re
import ssl
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from nats.aio.client import Client

from runtime.bus.jetstream.errors import TRANSPORT_ERRORS
from runtime.errors import StartError

CONNECT_TIMEOUT = 5.0
PENDING_BYTES = 8 << 20
USER_SEED = re.compile(r"SU[A-Z2-7]{56}")
"""The seed of a user's nkey: 2 bytes of kind, 32 of key, 2 of check sum, in base32 (nkeys)."""
CREDENTIALS = ("-----BEGIN NATS USER JWT-----", "-----BEGIN USER NKEY SEED-----")


@dataclass(frozen=True, slots=True)
class Address:
    """Where NATS is and who we are there.

    Attributes:
        url: servers, separated by commas; may hold a user and a password.
        creds: path of the file with the seed of our nkey, or of a credentials file, or empty.
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
        # nats-py tries again until our time is up, and keeps what it was refused with.
        reason = str(error) or str(client.last_error or "no answer")
        raise StartError(f"cannot reach NATS at {address} ({reason}): is it up?") from None


def _access(address: Address) -> dict[str, Any]:
    access: dict[str, Any] = {}
    if address.creds:
        access[_kind(address.creds)] = address.creds
    if address.ca:
        _read(address.ca)
        try:
            access["tls"] = ssl.create_default_context(cafile=address.ca)
        except ssl.SSLError:
            raise StartError(f"the file {address.ca} holds no certificate authority") from None
    return access


def _kind(path: str) -> str:
    """Which of nats-py's options takes this file. It reads the file again for each connection, so
    that a key may be exchanged; what is wrong with it is better said before the first one.

    Raises:
        StartError: it cannot be read, or is neither a seed nor credentials.
    """
    text = _read(path)
    if all(part in text for part in CREDENTIALS):
        return "user_credentials"
    if USER_SEED.fullmatch(text.strip()):
        return "nkeys_seed"
    raise StartError(f"the file {path} holds neither the seed of a NATS user nor credentials")


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except (OSError, ValueError):
        raise StartError(f"the file {path} for NATS cannot be read") from None
