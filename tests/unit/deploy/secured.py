"""A nats-server with exactly the configuration of ``deploy/nats``, and clients of each user."""

import shutil
import ssl
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Self

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from loadtests._nats_server import NatsServer
from runtime.bus.jetstream import Address
from tests.unit.deploy.manifests import DEPLOY
from tests.unit.deploy.script import load

HOSTS = ("localhost",)


def load_credentials() -> ModuleType:
    """``deploy/nats/credentials.py``."""
    return load("nats/credentials.py")


class SecuredNats(NatsServer):
    """One server whose secrets are in ``secrets``; port and store are the only things changed."""

    def __init__(self, directory: Path, secrets: Path) -> None:
        self.secrets = secrets
        self._home = secrets / "server"
        for path in (DEPLOY / "nats").glob("*.conf"):
            shutil.copy(path, self._home)
        super().__init__(directory, config=self._home / "nats.conf")

    def _command(self) -> list[str]:
        return ["env", "-C", str(self._home), *super()._command()]

    def address_of(self, user: str) -> Address:
        """Where a user connects, and with what."""
        return Address(self.tls_url, str(self.seed_of(user)), str(self.authority))

    def settings_of(self, user: str) -> dict[str, str]:
        """The same as the runtime's settings."""
        at = self.address_of(user)
        return {"NATS_URL": at.url, "NATS_CREDS": at.creds, "NATS_CA": at.ca}

    @property
    def tls_url(self) -> str:
        """``NATS_URL`` of everybody."""
        return self.url.replace("nats:", "tls:", 1)

    def seed_of(self, user: str) -> Path:
        """``NATS_CREDS`` of a user."""
        return self.secrets / "clients" / f"{user}.nk"

    @property
    def authority(self) -> Path:
        """The certificate that clients have to trust."""
        return self.secrets / "clients" / "ca.crt"


class Person:
    """A connection of one user, who tries things and takes note of what is refused."""

    def __init__(self, server: SecuredNats, user: str, *, seed: str = "") -> None:
        self._url = server.tls_url
        self._seed = seed or server.seed_of(user).read_text()
        self._trust = ssl.create_default_context(cafile=str(server.authority))
        self._client = Client()
        self.refusals: list[str] = []

    async def __aenter__(self) -> Self:
        try:
            await self._client.connect(
                self._url,
                nkeys_seed_str=self._seed,
                tls=self._trust,
                error_cb=self._note,
                allow_reconnect=False,
            )
        except nats.errors.Error:
            await self._client.close()  # nats-py leaves the connection open when it is refused
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def _note(self, error: Exception) -> None:
        self.refusals.append(str(error))

    async def publish(self, subject: str, body: bytes = b"", reply: str = "") -> None:
        """Publish; the server has looked at it when ``wait_for_the_server`` returns."""
        await self._client.publish(subject, body, reply=reply)

    async def listen(self, subject: str) -> list[bytes]:
        """A list that grows by every body heard."""
        heard: list[bytes] = []

        async def hear(message: Msg) -> None:
            heard.append(message.data)

        await self._client.subscribe(subject, cb=hear)
        await self._client.flush(5)
        return heard

    async def wait_for_the_server(self) -> None:
        """Return when everything published before has had its effect, answers included.

        JetStream works through the requests to its API one after the other.
        """
        for _ in range(2):
            with suppress(nats.errors.NoRespondersError):
                await self._client.request("$JS.API.STREAM.INFO.DISCORD_EVENTS", timeout=5)
            await self._client.flush(5)
