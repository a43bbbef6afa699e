"""When a demonstration counts as a success, and what it says."""

from typing import Any

import pytest
from rich.console import Console

from loadtests._progress import Snapshot, faults, rates_between, summary
from loadtests._screen import Screen, line, table


def ledger(**parts: dict[str, Any]) -> dict[str, Any]:
    book: dict[str, Any] = {
        "rate": 500, "offered_rate": 500.0, "achieved_rate": 499.9,
        "offered": 100, "emitted": 100, "dispatched": 104,
        "interactions": {
            "sent": 10, "answered": 10, "unanswered": 0, "late": 0,
            "latency_ms": {"p50": 7.2, "p99": 30.1, "max": 44.0},
        },
        "probes": {"sent": 5, "answered": 5, "lost": 0, "duplicated": 0},
        "pending": {"interactions": 0, "probes": 0},
    }  # fmt: skip
    for name, changes in parts.items():
        book[name] = {**book[name], **changes}
    return book


def snapshot(book: dict[str, Any] | None = None, **changes: Any) -> Snapshot:
    values = {"handled": {"worker-1": 60, "worker-2": 40}, "stored": 100, **changes}
    return Snapshot(20.0, book or ledger(), **values)


def test_everything_once_and_in_time_is_a_success() -> None:
    assert faults(snapshot()) == []


@pytest.mark.parametrize(
    ("part", "changes", "text"),
    [
        ("interactions", {"unanswered": 2}, "2 interactions were never answered"),
        ("interactions", {"late": 1}, "1 answers came after 3 s"),
        ("interactions", {"sent": 0}, "no interaction was sent"),
        ("probes", {"lost": 3}, "3 probes were never answered"),
        ("probes", {"duplicated": 1}, "1 probes were answered twice"),
        ("pending", {"probes": 4}, "4 probes were never answered"),
        ("pending", {"interactions": 1}, "1 interactions were never answered"),
    ],
)
def test_each_wrong_of_the_ledger_is_a_fault(part: str, changes: dict[str, int], text: str) -> None:
    assert faults(snapshot(ledger(**{part: changes}))) == [text]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"stored": 101}, "1 of 101 stored events were not handled"),
        ({"stored": 98}, "2 events were handled more than once"),
        ({"stored": 101, "dead": 1}, "1 events became dead letters"),
        ({"backlog": {"DISCORD_EVENTS": 3}}, "3 events were still waiting"),
    ],
)
def test_conservation_is_part_of_success(changes: dict[str, Any], text: str) -> None:
    assert faults(snapshot(**changes)) == [text]


def test_it_is_drained_when_nothing_is_under_way() -> None:
    assert snapshot().is_drained
    assert not snapshot(ledger(pending={"probes": 1})).is_drained
    assert not snapshot(backlog={"DISCORD_EVENTS": 1}).is_drained


def test_rates_are_differences_by_worker() -> None:
    earlier = Snapshot(10.0, ledger(), handled={"worker-1": 10})
    assert rates_between(earlier, 12.0, {"worker-1": 50, "worker-2": 8}) == {
        "worker-1": 20.0,
        "worker-2": 4.0,
    }


def test_the_summary_names_all_that_the_reader_looks_for() -> None:
    names = [name for name, _ in summary(snapshot())]
    assert {"dispatched", "handled", "replied", "lost", "duplicated", "late"} <= set(names)


def test_a_line_and_a_table_show_the_same_moment() -> None:
    console = Console(record=True, width=100)
    console.print(table(snapshot(), 20.0))
    assert "7 / 30 ms" in console.export_text()
    assert "p50=7ms p99=30ms" in line(snapshot())


def test_without_a_terminal_there_are_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with Screen(Console(force_terminal=False), 20.0) as screen:
        screen.show(snapshot())
        screen.finish(snapshot(), [])
    assert "OK: all events arrived once and in time" in capsys.readouterr().out
