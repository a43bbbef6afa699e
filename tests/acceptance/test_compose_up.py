"""compose.yaml as it is, on a real engine whose networks nothing leaves, with stand-in images."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from docker.models.containers import Container

from tests.acceptance import stand_ins
from tests.acceptance.engine import (
    BASE,
    CACHE,
    ROOT,
    STAND_IN,
    Engine,
    build_image,
    find_base,
    start,
)
from tests.conftest import missing
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

    def of(self, service: str) -> list[Container]:
        """The containers of one service."""
        label = {"label": f"com.docker.compose.service={service}"}
        found: list[Container] = self._engine.containers.list(filters=label)
        return found

    def run(self, service: str, *command: str) -> str:
        """What a command prints in the first container of a service."""
        status, said = self.of(service)[0].exec_run(list(command))
        assert status == 0, said
        return str(said.decode())

    def ask(self, url: str) -> Any:
        """The JSON of an answer inside the project's network."""
        code = f"import urllib.request as u; print(u.urlopen({url!r}, timeout=10).read().decode())"
        return json.loads(self.run("gateway", "python", "-c", code))

    def ledger(self) -> dict[str, Any]:
        """What the fake Discord has seen."""
        found: dict[str, Any] = self.ask("http://simulator:8900/sim/ledger")
        return found

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
