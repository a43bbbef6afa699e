"""compose.yaml as data, and the program that runs it."""

import os
import re
import shutil
import subprocess
from typing import Any

import yaml

from tests.conftest import missing
from tests.unit.deploy.manifests import DEPLOY

COMPOSE = DEPLOY / "compose.yaml"
DEFAULT = re.compile(r"\$\{\w+:-([^}]*)\}")


def services() -> dict[str, Any]:
    """Every service, with the anchors put in place."""
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())["services"]
    return found


def environment(name: str) -> dict[str, str]:
    """A service's, as it is when the caller sets nothing."""
    return {key: DEFAULT.sub(r"\1", text) for key, text in services()[name]["environment"].items()}


def docker_compose() -> list[str]:
    """The command: the program that ``DOCKER_COMPOSE`` names, else the plugin of ``docker``."""
    named = os.environ.get("DOCKER_COMPOSE")
    if named:
        return [named]
    plugin = ["docker", "compose"]
    if not shutil.which("docker") or _fails([*plugin, "version"]):
        missing("no docker compose; DOCKER_COMPOSE=path names its program (CONTRIBUTING.md)")
    return plugin


def _fails(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, timeout=30, check=False).returncode != 0
