"""What every test may ask for: a nats-server of the suite's own, and subjects of its own on it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

import hypothesis
import pytest

from loadtests._nats_server import NatsServer, NatsServerMissing

DEBIAN_NATS_SERVER = Path("/usr/sbin/nats-server")

# Each test has streams of its own, and JetStream reserves the whole size of each: 2.8 GiB a test.
NATS_CONFIG = "jetstream { max_file_store: 100TB }\n"


# An example's duration says how busy the machine is, and by default is an error above 0.2 s.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    """Warnings are errors, but for those of libraries that cannot do otherwise yet."""
    config.addinivalue_line(
        "filterwarnings",
        "ignore:'audioop' is deprecated:DeprecationWarning",  # discord.py
    )


def missing(what: str) -> NoReturn:
    """A service is not there: on a laptop the test is skipped, in CI it fails."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


def run_nats_server(directory: Path) -> Iterator[NatsServer]:
    """A nats-server that lives until the iterator is closed."""
    config = directory / "nats.conf"
    config.write_text(NATS_CONFIG)
    try:
        with NatsServer(directory, config=config) as server:
            yield server
            server.kill()  # writing out the streams of all tests would take it a while
    except NatsServerMissing as error:
        missing(str(error))


@pytest.fixture(scope="session")
def nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """The nats-server of the environment (or ``NATS_SERVER_BIN``), one for the whole run."""
    yield from run_nats_server(tmp_path_factory.mktemp("nats"))


@pytest.fixture(scope="session")
def debian_nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """Debian's nats-server 2.9.10, the oldest that is supported."""
    if not os.access(DEBIAN_NATS_SERVER, os.X_OK):
        missing(f"no {DEBIAN_NATS_SERVER}: apt-get install nats-server")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NATS_SERVER_BIN", str(DEBIAN_NATS_SERVER))
        running = run_nats_server(tmp_path_factory.mktemp("nats-2.9"))
        server = next(running)
    yield server
    server.kill()


@pytest.fixture
def no_patience_with_nats(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is not there, or refuses, is asked for two seconds instead of five."""
    monkeypatch.setattr("runtime.bus.jetstream.dialing.CONNECT_TIMEOUT", 2.0)


@pytest.fixture
def subject_prefix() -> str:
    """A fresh ``SUBJECT_PREFIX``: no test sees another's streams."""
    return f"t{uuid4().hex[:10]}"
