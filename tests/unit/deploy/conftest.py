"""The secured nats-server, one for all tests of a module and each supported version."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from loadtests._nats_server import NatsServerMissing
from tests.conftest import DEBIAN_NATS_SERVER, missing
from tests.unit.deploy.secured import HOSTS, SecuredNats, load_credentials


@pytest.fixture(
    scope="module", params=["", pytest.param("2.9", marks=pytest.mark.debian_nats)], ids=str
)
def secured(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SecuredNats]:
    """A running server with the accounts of ``deploy/nats`` and fresh secrets."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param:
            if not os.access(DEBIAN_NATS_SERVER, os.X_OK):
                missing(f"no {DEBIAN_NATS_SERVER}: apt-get install nats-server")
            patch.setenv("NATS_SERVER_BIN", str(DEBIAN_NATS_SERVER))
        yield from run_secured(tmp_path_factory.mktemp("secured"))


def run_secured(directory: Path) -> Iterator[SecuredNats]:
    """A server that lives until the iterator is closed."""
    load_credentials().make(directory / "secrets", HOSTS)
    try:
        with SecuredNats(directory, directory / "secrets") as server:
            yield server
    except NatsServerMissing as error:
        missing(str(error))
