"""compose.yaml keeps what the manifests keep."""

import json
import subprocess

import pytest

from runtime.settings import SETTINGS, Mode, Settings
from tests.unit.deploy.compose import COMPOSE, docker_compose, environment, services
from tests.unit.deploy.manifests import DEPLOY

OURS = ("gateway", "worker")
OURS_AND_DISCORD = (*OURS, "simulator")


@pytest.mark.parametrize("name", OURS)
def test_its_values_are_taken_by_the_settings(name: str) -> None:
    given = environment(name)
    assert given.keys() <= {setting.name for setting in SETTINGS}
    assert Settings.from_env(given).bot_mode is Mode(name)


def test_only_the_gateway_has_the_token() -> None:
    having = [name for name, each in services().items() if "TOKEN" in str(each)]
    assert having == ["gateway"]


def test_it_needs_no_discord_account() -> None:
    assert services()["simulator"]["profiles"] == ["sandbox"]
    assert environment("gateway")["DISCORD_API_URL"] == "http://simulator:8900/api"


@pytest.mark.parametrize("name", OURS_AND_DISCORD)
def test_our_containers_write_nothing_and_may_nothing(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("name", OURS)
def test_compose_waits_longer_than_a_process_takes_to_drain(name: str) -> None:
    grace = Settings.from_env(environment(name)).grace_period
    assert float(services()[name]["stop_grace_period"].removesuffix("s")) > grace + 10


def test_every_file_that_it_mounts_is_there() -> None:
    for service in services().values():
        for volume in service.get("volumes", ()):
            if volume.startswith("./"):
                assert (DEPLOY / volume.partition(":")[0]).exists(), volume


def test_ports_are_open_to_this_machine_only() -> None:
    for name, service in services().items():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())), name


def test_compose_itself_accepts_it_and_reads_what_the_tests_read() -> None:
    command = [*docker_compose(), "-f", str(COMPOSE), "--profile", "sandbox", "config"]
    done = subprocess.run(
        [*command, "--format", "json"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    read = json.loads(done.stdout)["services"]
    assert read.keys() == services().keys()
    for name in OURS:
        assert read[name]["environment"] == environment(name)
