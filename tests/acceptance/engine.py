"""A container engine of the tests' own, and the images that it gets: ours and its stand-in base."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import docker
import pytest
from docker.errors import BuildError, ImageNotFound

from loadtests._child import Child
from loadtests._engine import NoEngine, connect
from tests.conftest import missing

ROOT = Path(__file__).parents[2]
CACHE = ROOT / "var" / "docker"
BASE = "python:3.13-slim"
STAND_IN = "multipod-stand-in"
IMAGE = "multipod-under-test"

Engine = docker.DockerClient

NO_NETWORK = ("--iptables=false", "--ip6tables=false", "--ip-forward=false", "--bridge=none")
"""Containers have the host's network or none, and this machine's rules stay as they are."""
OWN_MOUNTS = ("unshare", "--mount")
"""What the engine mounts ends with it, or its directory could not be removed."""
OWN_NETWORK = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$0" "$@"')
"""The engine and all its networks in a network namespace that nothing leaves."""


def find_or_start(running: ExitStack) -> Engine:
    """The engine that answers, else one of our own, which root can start."""
    try:
        found = connect()
    except NoEngine:
        found = start(running)
    running.callback(found.close)
    return found


def start(running: ExitStack, *, isolated: bool = False) -> Engine:
    """``dockerd`` with the host's network only, or with networks that end in a namespace of theirs.

    Images are kept for the next start, of either kind; only one can run at a time.
    """
    if os.geteuid() != 0:
        pytest.skip("only root can start a container engine of the tests' own")
    program = shutil.which("dockerd", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        missing("no container engine: apt-get install docker.io")
    CACHE.mkdir(parents=True, exist_ok=True)
    address = f"unix://{CACHE}/socket"
    places = (f"--data-root={CACHE}/data", f"--exec-root={CACHE}/run", f"--pidfile={CACHE}/pid")
    command = [program, "-H", address, *places]
    command = [*OWN_NETWORK, *command] if isolated else [*command, *NO_NETWORK]
    command = [*OWN_MOUNTS, *command]
    child = Child("dockerd", command, CACHE / "dockerd.log")
    child.start({"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"}, CACHE)
    running.callback(child.wait, 20.0)
    running.callback(child.send, signal.SIGTERM)
    deadline = time.monotonic() + 30
    while child.is_running and time.monotonic() < deadline:
        with suppress(NoEngine):
            return connect(address)
        time.sleep(0.1)
    pytest.skip(f"dockerd does not start here: {(CACHE / 'dockerd.log').read_text()[-300:]}")


def find_base(engine: Engine, directory: Path) -> str:
    """The base image when the engine has it, else a stand-in of Debian's packages."""
    for name in (os.environ.get("BASE", BASE), STAND_IN):
        with suppress(ImageNotFound):
            engine.images.get(name)
            return name
    tar = directory / "base.tar"
    command = [sys.executable, str(ROOT / "deploy" / "stand_in.py"), str(tar)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != 0:
        missing(f"neither {BASE} nor a stand-in for it: {done.stderr.strip()}")
    engine.api.import_image_from_file(str(tar), repository=STAND_IN, tag="latest")
    tar.unlink()
    return STAND_IN


def build_image(engine: Engine, base: str) -> str:
    """The image of this tree."""
    arguments = {"BASE": base}
    arguments |= {key: os.environ[key] for key in ("PIP_INDEX_URL",) if key in os.environ}
    return build(engine, IMAGE, ROOT, "deploy/Dockerfile", arguments)


def build(
    engine: Engine,
    tag: str,
    directory: Path,
    dockerfile: str = "Dockerfile",
    arguments: dict[str, str] | None = None,
) -> str:
    """Build and tag what a directory has; the tag. What went wrong is the test's failure."""
    try:
        engine.images.build(
            path=str(directory), tag=tag, dockerfile=dockerfile, buildargs=arguments,
            network_mode="host", rm=True, forcerm=True,
        )  # fmt: skip
    except BuildError as error:
        pytest.fail("".join(str(line.get("stream", line)) for line in error.build_log)[-2000:])
    return tag
