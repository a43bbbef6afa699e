"""A container engine on this machine, through the Docker SDK."""

import socket
from contextlib import closing

import docker
from docker.errors import DockerException
from docker.utils import kwargs_from_env
from requests.exceptions import RequestException

USUAL = "unix:///var/run/docker.sock"
ANY = "1.24"
"""The client asks for the engine's own version; this only keeps it from asking by itself, which
would leave a connection open when there is no answer."""


class NoEngine(Exception):  # noqa: N818
    """No engine answers; the text says why."""


def connect(address: str = "") -> docker.DockerClient:
    """A client that speaks the engine's own version; whoever asks closes it.

    Args:
        address: such as ``unix:///run/docker.sock``; by default what DOCKER_HOST and its like say.

    Raises:
        NoEngine: nobody answers there.
    """
    options = {"base_url": address} if address else kwargs_from_env()
    try:
        _knock(options.get("base_url", USUAL))
        with closing(docker.DockerClient(version=ANY, **options)) as client:
            version = client.api.version(api_version=False)["ApiVersion"]
        return docker.DockerClient(version=version, **options)
    except (DockerException, RequestException, OSError) as wrong:
        raise NoEngine(str(wrong)) from None


def _knock(address: str) -> None:
    """Raise OSError when nobody listens: the SDK (7.1, ``transport/unixconn.py``) forgets to close
    a UNIX socket that it could not connect."""
    scheme, _, path = address.partition("://")
    if scheme == "unix":
        with socket.socket(socket.AF_UNIX) as knocking:
            knocking.settimeout(5.0)
            knocking.connect(path)
