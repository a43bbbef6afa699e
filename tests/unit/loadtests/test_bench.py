"""What a benchmark reports of what it measured."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from loadtests._bench import summarise, table
from loadtests._bench_feeder import GUILDS, guild, message
from loadtests._bench_row import Bench, Measured, Row


def measure(_: Bench, __: Mapping[str, str]) -> Iterator[Measured]:
    yield from (Measured("a", 1.0, 2.0), Measured("a", 3.0, 2.0), Measured("a", 1.2, 2.0))
    yield Measured("b", 30.0)


def row(bar: float, stretch: float | None) -> Row:
    return Row("name", "meaning", "µs", bar, stretch, measure)


def test_a_line_has_the_median_and_both_ends_of_the_ratios() -> None:
    line, alone = summarise(row(1.0, 0.5), measure(Bench(Path()), {}))
    assert (line.ours, line.theirs, line.turns) == (1.2, 2.0, 3)
    assert (line.lowest, line.ratio, line.highest) == (0.5, 0.6, 1.5)
    assert (alone.ratio, alone.theirs) == (30.0, None)


@pytest.mark.parametrize(
    ("bar", "stretch", "verdict"),
    [(1.0, 0.5, "ok"), (1.0, 0.6, "stretch"), (0.5, None, "MISSED"), (0.6, None, "ok")],
)
def test_the_median_is_judged(bar: float, stretch: float | None, verdict: str) -> None:
    line, _ = summarise(row(bar, stretch), measure(Bench(Path()), {}))
    assert line.verdict == verdict
    assert f"| {verdict} |" in table([line])


@pytest.mark.parametrize(
    ("bar", "stretch", "verdict"),
    [(0.6, 0.8, "ok"), (0.5, 0.6, "stretch"), (0.7, None, "MISSED"), (None, None, "-")],
)
def test_more_may_be_better(bar: float | None, stretch: float | None, verdict: str) -> None:
    more = Row("name", "meaning", "1/s", bar, stretch, measure, more=True)
    line, _ = summarise(more, measure(Bench(Path()), {}))
    assert line.verdict == verdict


def test_the_feeder_renders_events_that_clients_can_read() -> None:
    read = json.loads(message(7))
    assert int(read["guild_id"]) in range(1_000, 1_000 + GUILDS)
    known = json.loads(guild(int(read["guild_id"])))
    assert read["channel_id"] in {channel["id"] for channel in known["channels"]}
    assert 700 < len(message(7)) < 1300
