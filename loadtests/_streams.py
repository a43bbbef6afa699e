"""What the broker holds of a bot: asked over a connection, without nats-py."""

from typing import Any

from loadtests._connection import Connection
from loadtests._verdict import Streams
from runtime.core.topology import Stream, Topology

NOT_FOUND = 404


class NoStreams(Exception):  # noqa: N818
    """The server is there, the bot's streams are not."""


def read_streams(connection: Connection, topology: Topology, inbox: str) -> Streams:
    """Undone events and dead letters now.

    Raises:
        NoStreams: nobody made the streams.
        NatsUnreachable: the server does not answer, or has no JetStream.
    """
    pending = sum(
        _messages(connection, stream, inbox) for stream in (topology.events, topology.interactions)
    )
    return Streams(pending, _messages(connection, topology.dead, inbox))


def _messages(connection: Connection, stream: Stream, inbox: str) -> int:
    answer: dict[str, Any] = connection.request(f"$JS.API.STREAM.INFO.{stream.name}", inbox)
    if "error" in answer:
        raise NoStreams(
            f"no stream {stream.name} at {connection.shown} ({answer['error']['description']}): "
            "start a gateway or a worker first, and give its --subject-prefix"
        )
    return int(answer["state"]["messages"])
