"""Spans of OpenTelemetry, for who installed it and named a collector; nothing otherwise.

One trace leads from the gateway that stores an event over the handlers to the requests they make.
Between processes its context is the header ``traceparent`` (W3C Trace Context) of NATS messages.
"""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from runtime.core.envelope import TRACEPARENT

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

log = logging.getLogger(__name__)

GOODBYE = 2.0
"""Seconds that a collector has to take the last spans before the process ends without it."""


class Tracing:
    """The tracer of this process. ``headers`` are those of a message, where a context travels."""

    def __init__(self, provider: "TracerProvider") -> None:
        from opentelemetry import trace  # noqa: PLC0415 - an extra
        from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415 - the same
            TraceContextTextMapPropagator,
        )

        self._provider = provider
        self._tracer = provider.get_tracer("multipod")
        self._context = TraceContextTextMapPropagator()
        self._kinds = trace.SpanKind

    def sending(self, name: str, headers: dict[str, str], **attributes: Any) -> "Span":
        """A span that the caller ends, of a message that is on its way; ``headers`` get it."""
        from opentelemetry import trace  # noqa: PLC0415 - an extra

        kind = self._kinds.PRODUCER
        span = self._tracer.start_span(name, kind=kind, attributes=attributes)
        self._context.inject(headers, trace.set_span_in_context(span))
        return span

    @contextmanager
    def asking(self, name: str, headers: dict[str, str]) -> Iterator["Span"]:
        """Around a request and its reply; ``headers`` get the context."""
        with self._tracer.start_as_current_span(name, kind=self._kinds.CLIENT) as span:
            self._context.inject(headers)
            yield span

    @contextmanager
    def taking(self, name: str, parent: str | None, **attributes: Any) -> Iterator["Span"]:
        """Around the handling of a message whose ``traceparent`` was ``parent``."""
        kind, context = self._kinds.CONSUMER, self._extract(parent)
        with self._tracer.start_as_current_span(
            name, context=context, kind=kind, attributes=attributes
        ) as span:
            yield span

    def _extract(self, parent: str | None) -> "Context | None":
        return self._context.extract({TRACEPARENT: parent}) if parent else None

    def close(self) -> None:
        """Send what is left, for a moment only: a collector may be away."""
        closing = threading.Thread(target=self._provider.shutdown, daemon=True)
        closing.start()
        closing.join(GOODBYE)


active: Tracing | None = None
"""What makes spans in this process; None makes none."""


def parent_of(headers: Mapping[str, str]) -> str | None:
    """The context that came with a message."""
    return headers.get(TRACEPARENT)


@contextmanager
def exported(service: str, *, wanted: bool) -> Iterator[None]:
    """Make spans and send them over OTLP for as long as this lasts, if that is ``wanted``.

    Where to, how many and under which name say OpenTelemetry's own variables; ``service`` is the
    name without them.
    """
    global active  # noqa: PLW0603 - as OpenTelemetry itself has it: one provider per process
    active = _open(service) if wanted else None
    try:
        yield
    finally:
        if active is not None:
            active.close()
        active = None


def _open(service: str) -> Tracing | None:
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError:
        log.warning("no traces: a collector is named, but multipod[otel] is not installed")
        return None
    named = Resource({"service.name": service}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=named, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return Tracing(provider)
