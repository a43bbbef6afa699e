"""The image on a real engine: built, run without rights, killed and handed over under load.

Takes minutes, so ``make docker-test`` asks for it (``DOCKER_TEST=1``), and CI does.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from docker.models.containers import Container

from loadtests._docker_fleet import DockerFleet
from loadtests._fleet import LISTENING, Plan
from loadtests._metrics import Unreachable, call, call_json
from loadtests._nats_server import find_binary
from tests.acceptance.engine import (
    IMAGE,
    ROOT,
    Engine,
    build,
    build_image,
    find_base,
    find_or_start,
)
from tests.eventually import eventually
from tests.ports import free_port

UNPRIVILEGED = "10001:10001"

pytestmark = [
    pytest.mark.skipif(
        not os.environ.get("DOCKER_TEST") and os.environ.get("CI") != "true",
        reason="builds images and takes minutes: make docker-test",
    ),
    pytest.mark.timeout(420),
]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """The engine that answers, else one of our own, which root can start."""
    with ExitStack() as running:
        yield find_or_start(running)


@pytest.fixture(scope="module")
def image(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The image of this tree."""
    return build_image(engine, find_base(engine, tmp_path_factory.mktemp("base")))


@pytest.fixture(scope="module")
def nats_image(engine: Engine, image: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same with the nats-server of the Python environment."""
    directory = tmp_path_factory.mktemp("nats")
    shutil.copy(find_binary(), directory / "nats-server")
    (directory / "Dockerfile").write_text(f"FROM {image}\nCOPY nats-server /usr/local/bin/\n")
    return build(engine, f"{IMAGE}-nats", directory)


class Containers:
    """The whole path in containers on the host's network."""

    def __init__(self, engine: Engine, image: str, data: Path, running: ExitStack) -> None:
        self._engine = engine
        self._image = image
        self._data = data
        self._running = running
        self._ports: dict[str, int] = {}
        self.settings: dict[str, str] = {}

    def run(
        self, name: str, *command: str, entrypoint: str = "", image: str = "", **settings: str
    ) -> Container:
        """Start one, with no right that it does not need; it is removed at the end."""
        options: dict[str, Any] = {"entrypoint": entrypoint} if entrypoint else {}
        container = self._engine.containers.run(
            image or self._image, list(command), detach=True, network_mode="host",
            name=f"multipod-test-{os.getpid()}-{name}", environment={**self.settings, **settings},
            read_only=True, tmpfs={"/tmp": "size=16m"}, cap_drop=["ALL"],  # noqa: S108
            security_opt=["no-new-privileges"], volumes=[f"{self._data}:/data"], **options,
        )  # fmt: skip
        self._running.callback(container.remove, force=True)
        return container

    def part(self, name: str, mode: str, **settings: str) -> Container:
        """Start a gateway or worker with probes on a port of its own."""
        self._ports[name] = free_port()
        port = str(self._ports[name])
        return self.run(name, BOT_MODE=mode, HTTP_PORT=port, WORKER_NAME=name, **settings)

    def is_ready(self, name: str) -> bool:
        """Whether a part says so."""
        with suppress(Unreachable):
            return call(f"http://127.0.0.1:{self._ports[name]}", "/readyz")[0] == 200
        return False


def log_of(container: Container) -> str:
    """Everything that it has printed."""
    return container.logs().decode()


@pytest.fixture
async def discord(containers: Containers, nats_image: str) -> str:
    """NATS and the simulator; the simulator's URL."""
    started = {"entrypoint": "nats-server", "image": nats_image}
    nats = containers.run("nats", "-c", "/data/nats.conf", **started)
    await eventually(lambda: "Server is ready" in log_of(nats), 20.0)
    arguments = ("-m", "simulator", "--port", "0", "--rate", "0", "--probes", "0.2")
    simulator = containers.run("simulator", *arguments, entrypoint="python")
    await eventually(lambda: LISTENING.search(log_of(simulator)), 20.0)
    found = LISTENING.search(log_of(simulator))
    assert found is not None
    containers.settings["DISCORD_API_URL"] = f"{found[1]}/api"
    return found[1]


@pytest.fixture
def containers(engine: Engine, image: str, tmp_path: Path) -> Iterator[Containers]:
    """None running yet."""
    data = tmp_path / "data"
    data.mkdir(mode=0o777)
    data.chmod(0o777)
    port = free_port()
    (data / "nats.conf").write_text(
        f"listen: 127.0.0.1:{port}\njetstream {{ store_dir: /data, max_file_store: 100GB }}\n"
    )
    with ExitStack() as running:
        made = Containers(engine, image, data, running)
        made.settings = {
            "NATS_URL": f"nats://127.0.0.1:{port}",
            "DATABASE_URL": "sqlite:////data/frolf.db",
            "HTTP_HOST": "127.0.0.1",
        }
        yield made


def ledger(discord: str) -> dict[str, Any]:
    """What the simulator has seen."""
    found: dict[str, Any] = call_json(discord, "/sim/ledger")
    return found


async def start_all(containers: Containers) -> dict[str, Container]:
    """A gateway and two workers, ready."""
    parts = {"gateway": containers.part("gateway", "gateway", DISCORD_TOKEN="any")}
    parts |= {name: containers.part(name, "worker") for name in ("worker-1", "worker-2")}
    for name, container in parts.items():
        await eventually(lambda name=name: containers.is_ready(name), 40.0)
        assert container.attrs["Config"]["User"] == UNPRIVILEGED
    return parts


async def offer(discord: str, events: int, meanwhile: Callable[[], object]) -> None:
    """So many events more at 400 a second, with something done halfway; then all settles."""
    before = ledger(discord)["emitted"]
    call_json(discord, "/sim/rate", {"rate": 400})
    await eventually(lambda: ledger(discord)["emitted"] >= before + events / 2, 30.0)
    meanwhile()
    await eventually(lambda: ledger(discord)["emitted"] >= before + events, 60.0)
    call_json(discord, "/sim/rate", {"rate": 0})
    await eventually(lambda: not any(ledger(discord)["pending"].values()), 30.0)


async def test_nothing_is_lost_when_a_workers_container_is_killed(
    containers: Containers, discord: str
) -> None:
    parts = await start_all(containers)
    await offer(discord, 2000, lambda: parts["worker-1"].kill("SIGKILL"))
    seen = ledger(discord)
    assert seen["probes"]["sent"] > 100
    assert seen["probes"]["lost"] == 0
    assert seen["interactions"]["unanswered"] == 0
    await eventually(lambda: says_that_it_is_well(parts["gateway"]), 40.0)


def says_that_it_is_well(container: Container) -> bool:
    """Whether the image's own health check does."""
    container.reload()
    return bool(container.attrs["State"]["Health"]["Status"] == "healthy")


async def test_a_gateway_that_is_stopped_leaves_its_session_to_the_next(
    containers: Containers, discord: str
) -> None:
    parts = await start_all(containers)

    def replace() -> None:
        parts["gateway"].stop(timeout=45)
        assert parts["gateway"].wait()["StatusCode"] == 0, log_of(parts["gateway"])
        containers.part("next", "gateway", DISCORD_TOKEN="any")

    await offer(discord, 1000, replace)
    seen = ledger(discord)
    assert seen["sessions"]["identify"] == 1
    assert seen["sessions"]["resume"] == 1
    assert seen["probes"]["lost"] == 0


async def test_the_fleet_of_the_load_tests_starts_this_image(
    engine: Engine, image: str, tmp_path: Path
) -> None:
    asked = ("--rate", "100", "--probes", "0.2")
    plan = Plan(tmp_path / "fleet", workers=1, gateway=True, simulator=asked)
    with DockerFleet(plan, image, engine) as fleet:
        await eventually(lambda: ledger(fleet.simulator_url)["probes"]["answered"] > 20, 30.0)
        assert fleet.usage().keys() == {"nats", "simulator", "gateway", "worker-1"}
        call_json(fleet.simulator_url, "/sim/rate", {"rate": 0})
        await eventually(lambda: not any(ledger(fleet.simulator_url)["pending"].values()), 30.0)
        assert ledger(fleet.simulator_url)["probes"]["lost"] == 0


def test_the_image_writes_nothing_and_compiles_nothing(containers: Containers) -> None:
    tried = "exec 2>&1; id -u; touch /app/x /opt/multipod/x; command -v gcc cc pip"
    container = containers.run("shell", "-c", tried, entrypoint="sh")
    container.wait()
    said = log_of(container)
    assert said.splitlines()[0] == "10001"
    assert said.count("Read-only file system") == 2
    assert not any(line.startswith("/") for line in said.splitlines())


def test_a_bot_of_ones_own_takes_two_lines(
    engine: Engine, image: str, containers: Containers, tmp_path: Path
) -> None:
    (tmp_path / "bot.py").write_text((ROOT / "runtime" / "bots" / "probe.py").read_text())
    (tmp_path / "Dockerfile").write_text(f"FROM {image}\nCOPY bot.py .\n")
    engine.images.build(path=str(tmp_path), tag=f"{IMAGE}-own", rm=True)
    code = "from runtime.worker import bot_app; print(bot_app.load('bot:bot').target)"
    said = engine.containers.run(
        f"{IMAGE}-own", ["-c", code], entrypoint="python", network_mode="host", remove=True
    )
    assert b"ProbeBot" in said
