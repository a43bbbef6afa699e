"""Metrics and logs."""

import json
import logging

import prometheus_client
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.utils import floatToGoString

from runtime.telemetry import AGE_BUCKETS, Telemetry, configure_logging


def scrape(telemetry: Telemetry) -> dict[tuple[str, str], float]:
    text = prometheus_client.generate_latest(telemetry.registry).decode()
    return {
        (sample.name, sample.labels.get("le", sample.labels.get("traffic", ""))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@given(st.lists(st.floats(0, 1000)))
def test_a_histogram_counts_as_prometheus_clients_own(values: list[float]) -> None:
    ours, theirs = Telemetry(), prometheus_client.CollectorRegistry()
    histogram = ours.histogram("x", "text", buckets=AGE_BUCKETS)
    reference = prometheus_client.Histogram("y", "text", buckets=AGE_BUCKETS, registry=theirs)
    for value in values:
        histogram.observe(value)
        reference.observe(value)
    for bound in (*map(floatToGoString, AGE_BUCKETS), "+Inf"):
        expected = theirs.get_sample_value("y_bucket", {"le": bound})
        assert ours.registry.get_sample_value("multipod_x_bucket", {"le": bound}) == expected


def test_a_histogram_is_exposed_with_its_labels() -> None:
    telemetry = Telemetry()
    telemetry.histogram("x_seconds", "text", "traffic").labels("event").observe(0.3)
    sample = telemetry.registry.get_sample_value
    assert sample("multipod_x_seconds_count", {"traffic": "event"}) == 1
    assert sample("multipod_x_seconds_sum", {"traffic": "event"}) == 0.3
    assert sample("multipod_x_seconds_bucket", {"traffic": "event", "le": "0.2"}) == 0
    assert scrape(telemetry)


def test_json_logs_are_one_object_a_line() -> None:
    configure_logging("json")
    record = logging.LogRecord("name", logging.INFO, "file", 1, "said %s", ("it",), None)
    record.fields = {"shard": 3}
    entry = json.loads(logging.getLogger().handlers[0].format(record))
    assert (entry["message"], entry["level"], entry["shard"]) == ("said it", "info", 3)
    logging.basicConfig(handlers=[], force=True)
