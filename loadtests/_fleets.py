"""Which kind of fleet a command asked for."""

from collections.abc import Mapping

from loadtests._fleet import Fleet, Plan, ProcessFleet

PROCESS, DOCKER = "process", "docker"
KINDS = (PROCESS, DOCKER)
IMAGE = "multipod"


def make_fleet(kind: str, plan: Plan, environ: Mapping[str, str], image: str = IMAGE) -> Fleet:
    """A fleet that is not started yet.

    Raises:
        PartFailed: containers were asked for and no engine answers.
    """
    if kind == PROCESS:
        return ProcessFleet(plan, environ)
    from loadtests._docker_fleet import DockerFleet  # noqa: PLC0415 - the SDK, for who asks for it

    return DockerFleet(plan, image)
