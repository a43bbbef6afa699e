"""One trace from the gateway's event to the request of its handler, on the whole path."""

import logging
import time
from collections.abc import Iterator
from typing import Any

import discord
import pytest
from discord.ext import commands
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from runtime import tracing
from runtime.settings import wants_traces
from tests.eventually import eventually
from tests.integration.hosting import hosting


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "active", tracing.Tracing(provider))
    yield exporter
    provider.shutdown()


def echo_bot() -> commands.Bot:
    intents = discord.Intents.default()
    intents.message_content = True
    bot = commands.Bot("!", intents=intents)

    @bot.command()
    async def echo(context: commands.Context[Any], *, text: str) -> None:
        await context.send(text)

    return bot


def chains(found: tuple[ReadableSpan, ...]) -> set[tuple[str, ...]]:
    """For each span the names from the first of its trace to its own."""
    by_id = {span.context.span_id: span for span in found if span.context}

    def to(span: ReadableSpan) -> tuple[str, ...]:
        before = by_id.get(span.parent.span_id) if span.parent else None
        return (*(to(before) if before else ()), span.name)

    return {to(span) for span in found}


async def test_a_trace_leads_from_the_event_to_the_request_it_caused(
    spans: InMemorySpanExporter,
) -> None:
    sent = "POST /channels/{channel_id}/messages"
    whole = ("store MESSAGE_CREATE", "handle MESSAGE_CREATE", sent, "execute")
    async with hosting(echo_bot()) as hosted:
        assert (await hosted.discord.user("ann").say("!echo hi"))["content"] == "hi"
        await eventually(lambda: whole in chains(spans.get_finished_spans()))


async def test_without_a_collector_messages_carry_no_context() -> None:
    async with hosting(echo_bot()) as hosted:
        headers: list[Any] = []

        async def hear(message: Any) -> None:
            headers.append(message.headers)

        subject = f"{hosted.topology.subjects.root}.event.>"
        heard = await hosted.bus.subscribe(subject, hear)
        assert (await hosted.discord.user("ann").say("!echo hi"))["content"] == "hi"
        await heard.stop()
    assert headers
    assert not any("traceparent" in each for each in headers)


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_SDK_DISABLED": "true"}, False),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_TRACES_EXPORTER": "none"}, False),
    ],
)  # fmt: skip
def test_the_variables_of_opentelemetry_decide(
    variables: dict[str, str], wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ENDPOINT", "TRACES_ENDPOINT"):
        monkeypatch.delenv(f"OTEL_EXPORTER_OTLP_{name}", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert wants_traces() is wanted


class Deaf(InMemorySpanExporter):
    """A collector that does not answer for a minute."""

    def shutdown(self) -> None:
        time.sleep(60)


def test_a_collector_that_is_away_does_not_hold_the_exit_for_long(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(Deaf()))
    monkeypatch.setattr(tracing, "GOODBYE", 0.1)
    began = time.monotonic()
    tracing.Tracing(provider).close()
    assert time.monotonic() - began < 30
