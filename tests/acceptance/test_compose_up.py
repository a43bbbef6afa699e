"""compose.yaml as it is, on a real engine whose networks nothing leaves, with stand-in images."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import quote

import pytest
from docker.models.containers import Container

from tests.acceptance import stand_ins
from tests.acceptance.engine import (
    CACHE,
    Engine,
    build_image,
    find_base,
    start,
)
from tests.eventually import eventually
from tests.unit.deploy.compose import COMPOSE, docker_compose, services

pytestmark = [
    pytest.mark.skipif(
        not os.environ.get("DOCKER_TEST") and os.environ.get("CI") != "true",
        reason="builds images and takes minutes: make docker-test",
    ),
    pytest.mark.timeout(420),
]

WORKERS = 4
RATE = 200
BUILDERS = {
    "nats": stand_ins.build_nats,
    "database": stand_ins.build_database,
    "prometheus": stand_ins.build_prometheus,
    "grafana": stand_ins.build_grafana,
}


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Everything that compose.yaml names, in the store of the engine that is started next."""
    directory = tmp_path_factory.mktemp("images")
    with ExitStack() as running:
        engine = start(running)
        running.callback(engine.close)
        base = find_base(engine, directory)
        image = engine.images.get(build_image(engine, base))
        image.tag(services()["gateway"]["image"])
        for name, build in BUILDERS.items():
            build(engine, base, services()[name]["image"], directory / name)


@pytest.fixture(scope="module")
def engine(images: None) -> Iterator[Engine]:
    """An engine with networks of its own."""
    with ExitStack() as running:
        found = start(running, isolated=True)
        running.callback(found.close)
        yield found


class Project:
    """What runs from compose.yaml, with no file or variable added."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(CACHE),
            "DOCKER_HOST": f"unix://{CACHE}/socket",
        }

    def compose(self, *arguments: str) -> str:
        """What ``docker compose`` prints."""
        command = [*docker_compose(), "-f", str(COMPOSE), "--profile", "sandbox", *arguments]
        done = subprocess.run(
            command, env=self._environ, capture_output=True, text=True, timeout=200, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def up(self) -> None:
        """Start what is not running, and wait until all are well."""
        scale = ("--scale", f"worker={WORKERS}")
        self.compose("up", "--detach", "--wait", "--pull", "never", "--no-build", *scale)

    def of(self, service: str, *, stopped: bool = False) -> list[Container]:
        """The containers of one service that run, or all."""
        label: dict[str, str | list[str] | bool] = {
            "label": f"com.docker.compose.service={service}"
        }
        return self._engine.containers.list(all=stopped, filters=label)

    def run(self, service: str, *command: str) -> str:
        """What a command prints in the first container of a service."""
        status, said = self.of(service)[0].exec_run(list(command))
        assert status == 0, said
        assert isinstance(said, bytes)
        return said.decode()

    def ask(self, url: str, body: bytes | None = None) -> Any:
        """The JSON of an answer inside the project's network; POST when there is a body."""
        asked = f"u.Request({url!r}, {body!r}, {{'Content-Type': 'application/json'}})"
        code = f"import urllib.request as u; print(u.urlopen({asked}, timeout=10).read().decode())"
        return json.loads(self.run("simulator", "python", "-c", code))

    def ledger(self) -> dict[str, Any]:
        """What the fake Discord has seen."""
        found: dict[str, Any] = self.ask("http://simulator:8900/sim/ledger")
        return found

    def offer(self, rate: int) -> None:
        """So many events a second from now on."""
        self.ask("http://simulator:8900/sim/rate", b'{"rate": %d}' % rate)

    async def settle(self) -> None:
        """No more events, and everything that is under way has arrived."""
        self.offer(0)
        await eventually(lambda: not any(self.ledger()["pending"].values()), 60.0)

    def query(self, question: str) -> float:
        """What Prometheus answers; 0 for nothing."""
        url = f"http://prometheus:9090/api/v1/query?query={quote(question)}"
        found = self.ask(url)["data"]["result"]
        return float(found[0]["value"][1]) if found else 0.0


@pytest.fixture(scope="module")
def project(engine: Engine) -> Iterator[Project]:
    """Everything up and well."""
    made = Project(engine)
    try:
        made.up()
        yield made
    finally:
        made.compose("down", "--volumes", "--timeout", "30")
    assert not engine.containers.list(all=True)


def test_every_service_runs_and_is_well(project: Project) -> None:
    for name, service in services().items():
        running = project.of(name)
        assert len(running) == (WORKERS if name == "worker" else 1), name
        checked = "healthcheck" in service or service["image"] == "multipod"
        healthy = [each.attrs["State"].get("Health", {}).get("Status") for each in running]
        assert set(healthy) == ({"healthy"} if checked else {None}), name


async def test_events_and_commands_flow_and_nothing_is_lost(project: Project) -> None:
    await eventually(lambda: project.ledger()["probes"]["answered"] > 40, 60.0)
    await project.settle()
    seen = project.ledger()
    project.offer(RATE)
    assert seen["probes"]["lost"] == 0
    assert seen["interactions"]["answered"] > 10
    counted = project.run(
        "database", "psql", "-U", "frolf", "-tAc", "select count(*) from frolf_rounds"
    )
    assert int(counted) > 0


async def test_prometheus_sees_every_part_and_nothing_to_be_alarmed_about(project: Project) -> None:
    await eventually(lambda: project.query("sum(up)") == WORKERS + 1, 60.0)
    await eventually(lambda: project.query("sum(rate(multipod_worker_events_total[1m]))"), 60.0)
    assert project.query("multipod_gateway_shards_live") == 1
    assert project.query('count(ALERTS{alertstate="firing"})') == 0


def test_grafana_is_given_the_dashboard(project: Project) -> None:
    given = project.run("grafana", "ls", "/etc/grafana/provisioning/dashboards")
    assert "multipod.json" in given


async def test_a_gateway_that_compose_replaces_resumes(project: Project) -> None:
    project.compose("stop", "gateway")
    assert project.of("gateway", stopped=True)[0].attrs["State"]["ExitCode"] == 0
    project.up()
    await eventually(lambda: project.ledger()["sessions"]["resume"] == 1, 60.0)
    await project.settle()
    assert project.ledger()["sessions"]["identify"] == 1
    assert project.ledger()["probes"]["lost"] == 0
