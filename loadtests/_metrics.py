"""What the parts say about themselves over HTTP: probes, metrics, the broker's backlog."""

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from prometheus_client.parser import text_string_to_metric_families

TIMEOUT = 2.0


class Unreachable(Exception):  # noqa: N818
    """No answer."""


def call(base: str, path: str, body: object = None, timeout: float = TIMEOUT) -> tuple[int, str]:
    """GET, or POST of ``body`` as JSON; the status and the text.

    Raises:
        Unreachable: no answer within ``timeout`` seconds.
    """
    try:
        parts = urlsplit(base)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)
    except ValueError as wrong:
        raise Unreachable(f"{base} is not a URL: {wrong}") from None
    try:
        if body is None:
            connection.request("GET", path)
        else:
            headers = {"Content-Type": "application/json"}
            connection.request("POST", path, json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except (OSError, http.client.HTTPException) as wrong:
        raise Unreachable(f"{base}{path}: {wrong}") from None
    finally:
        connection.close()


def call_json(base: str, path: str, body: object = None) -> Any:
    """The same for a JSON answer with status 200.

    Raises:
        Unreachable: no answer, or another status.
    """
    status, text = call(base, path, body)
    if status != 200:
        raise Unreachable(f"{base}{path} answers {status}")
    return json.loads(text)


class Metrics:
    """One scrape of a Prometheus endpoint."""

    def __init__(self, text: str) -> None:
        self._samples = [
            sample for family in text_string_to_metric_families(text) for sample in family.samples
        ]

    def total(self, name: str, **labels: str) -> float:
        """The sum of all samples of ``name`` that carry these labels; 0 when there is none."""
        wanted = labels.items()
        return sum(
            sample.value
            for sample in self._samples
            if sample.name == name and wanted <= sample.labels.items()
        )


def scrape(base: str) -> Metrics:
    """The metrics of one process.

    Raises:
        Unreachable: no answer.
    """
    return Metrics(call(base, "/metrics")[1])


@dataclass(frozen=True, slots=True)
class Backlog:
    """Messages of one stream that no worker has acknowledged: waiting, and handed out."""

    stream: str
    pending: int
    ack_pending: int
    stored: int
    """Messages in the stream; for a work queue the sum of the other two."""

    @property
    def total(self) -> int:
        """All that is still to be done."""
        return self.pending + self.ack_pending


def read_backlogs(jsz: dict[str, Any]) -> tuple[Backlog, ...]:
    """The backlog of each stream out of nats-server's ``/jsz?consumers=true``."""
    return tuple(
        _read_stream(stream)
        for account in jsz.get("account_details") or ()
        for stream in account.get("stream_detail") or ()
    )


def _read_stream(stream: dict[str, Any]) -> Backlog:
    consumers: list[dict[str, Any]] = stream.get("consumer_detail") or []
    return Backlog(
        stream=stream["name"],
        pending=sum(consumer.get("num_pending", 0) for consumer in consumers),
        ack_pending=sum(consumer.get("num_ack_pending", 0) for consumer in consumers),
        stored=stream.get("state", {}).get("messages", 0),
    )


def backlogs(monitoring_url: str) -> tuple[Backlog, ...]:
    """The same, asked of a server.

    Raises:
        Unreachable: no answer.
    """
    return read_backlogs(call_json(monitoring_url, "/jsz?consumers=true"))
