"""Reading what the parts say about themselves."""

from loadtests._metrics import Backlog, Metrics, read_backlogs

TEXT = """# TYPE multipod_worker_events_total counter
multipod_worker_events_total{traffic="event",outcome="handled"} 7.0
multipod_worker_events_total{traffic="interaction",outcome="handled"} 2.0
multipod_worker_events_total{traffic="event",outcome="dead"} 1.0
"""


def test_samples_are_summed_by_their_labels() -> None:
    metrics = Metrics(TEXT)
    assert metrics.total("multipod_worker_events_total") == 10
    assert metrics.total("multipod_worker_events_total", outcome="handled") == 9
    assert metrics.total("multipod_worker_events_total", traffic="event", outcome="dead") == 1


def test_what_is_not_there_is_zero() -> None:
    assert Metrics("").total("anything", traffic="event") == 0


def test_the_backlog_is_what_waits_and_what_is_out() -> None:
    consumers = [{"num_pending": 3, "num_ack_pending": 1}, {"num_pending": 0}]
    stream = {"name": "EVENTS", "state": {"messages": 4}, "consumer_detail": consumers}
    jsz = {"account_details": [{"stream_detail": [stream]}]}
    assert read_backlogs(jsz) == (Backlog("EVENTS", 3, 1, 4),)
    assert read_backlogs(jsz)[0].total == 4


def test_a_server_without_streams_has_no_backlog() -> None:
    assert read_backlogs({"streams": 0}) == ()
