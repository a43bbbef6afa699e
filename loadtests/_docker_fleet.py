"""The same fleet as containers of one image, through the Docker SDK.

The containers share the network of the host, where the broker listens on 127.0.0.1: an engine on
this machine, on Linux. They get no right that they do not need.
"""

import os
import re
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import docker
from docker.errors import APIError, DockerException, NotFound
from docker.models.containers import Container
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ReadTimeout

from loadtests._engine import NoEngine, connect
from loadtests._fleet_base import Fleet, Plan
from loadtests._part import Part, PartFailed, Usage

UNSAFE = re.compile(r"[^a-zA-Z0-9_.-]")


def _connect() -> docker.DockerClient:
    """The engine that DOCKER_HOST and its like name, else the one of this machine."""
    try:
        return connect()
    except NoEngine as wrong:
        raise PartFailed(f"no container engine answers: {wrong}") from None


class ContainerPart(Part):
    """One container; it is removed when it has ended and somebody waited for that."""

    def __init__(self, name: str, container: Container) -> None:
        self.name = name
        self._container = container
        self._said = ""
        self._status: int | None = None

    @property
    def where(self) -> str:
        """Where its output can be read while it exists."""
        return f"docker logs {self._container.name}"

    @property
    def is_running(self) -> bool:
        """Asks the engine."""
        if self._status is None:
            self._look()
        return self._status is None

    @property
    def status(self) -> int | None:
        """The exit status; 137 for one that was killed."""
        return self._status

    def _look(self) -> None:
        try:
            self._container.reload()
        except NotFound:
            self._status = -1
            return
        state = self._container.attrs["State"]
        if state["Status"] in ("exited", "dead"):
            self._status = int(state["ExitCode"])

    def usage(self) -> Usage | None:
        """As its control group counts it."""
        if not self.is_running:
            return None
        try:
            stats: Any = self._container.stats(stream=False, one_shot=True)
            nanoseconds = stats["cpu_stats"]["cpu_usage"]["total_usage"]
            return Usage(nanoseconds / 1e9, int(stats["memory_stats"].get("usage", 0)))
        except (APIError, KeyError):  # it ended meanwhile
            return None

    def send(self, number: signal.Signals) -> None:
        """Signal its first process."""
        try:
            self._container.kill(signal=int(number))
        except APIError:
            self._look()

    def wait(self, timeout: float) -> bool:
        """Wait for its end, and remove it."""
        try:
            if self._status is None:
                self._status = int(self._container.wait(timeout=max(0.1, timeout))["StatusCode"])
        except (ReadTimeout, NoConnection):
            return False
        except NotFound:
            self._status = -1
        self.text()
        self.remove()
        return True

    def text(self) -> str:
        """Both of its output streams; after its removal what was seen last."""
        with suppress(APIError):
            self._said = self._container.logs().decode(errors="replace")
        return self._said

    def remove(self) -> None:
        """Whatever state it is in."""
        with suppress(APIError):
            self._container.remove(force=True)


class DockerFleet(Fleet):
    """The fleet as containers of ``image``.

    Args:
        plan: what it consists of.
        image: built from ``deploy/Dockerfile``; ``python -m runtime`` runs in it.
        client: of an engine on this machine; without one, the engine that the environment names.

    Raises:
        PartFailed: no engine answers.
    """

    def __init__(self, plan: Plan, image: str, client: docker.DockerClient | None = None) -> None:
        super().__init__(plan)
        self._image = image
        self._own = client is None
        self._client = client or _connect()

    def _begin(self, name: str, arguments: Sequence[str], settings: Mapping[str, str]) -> Part:
        data = self.plan.directory.resolve() / "data"
        data.mkdir(parents=True, exist_ok=True)
        data.chmod(0o777)  # the image's user is none of this machine's
        unique = UNSAFE.sub("-", f"multipod-{os.getpid()}-{id(self):x}-{name}")
        try:
            container = self._client.containers.run(
                self._image, list(arguments), entrypoint="python", detach=True,
                name=unique, network_mode="host", read_only=True,
                environment={**settings, "HTTP_HOST": "127.0.0.1"},
                tmpfs={"/tmp": "size=16m"},  # noqa: S108 - the container's own
                volumes=[f"{data}:/data"], cap_drop=["ALL"],
                security_opt=["no-new-privileges"],
            )  # fmt: skip
        except DockerException as wrong:
            raise PartFailed(
                f"{name} cannot be started from the image {self._image}: {wrong}"
            ) from None
        return ContainerPart(name, container)

    def _database_url(self) -> str:
        return "sqlite:////data/bot.db"

    def stop(self) -> None:
        """End and remove everything; disconnect from the engine if nobody else gave it."""
        try:
            super().stop()
        finally:
            if self._own:
                self._client.close()
