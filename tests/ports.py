"""Ports for whoever has to be told one before it listens."""

import random
import socket

BELOW_EPHEMERAL = range(20_000, 32_000)
"""No outgoing connection gets one of these by chance between our look and its use."""


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens now."""
    for port in random.sample(BELOW_EPHEMERAL, 100):
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
    raise AssertionError("a hundred ports are in use")
