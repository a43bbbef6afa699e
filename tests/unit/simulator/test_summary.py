from typing import Any

from simulator.core.ledger import Ledger
from simulator.core.pace import Pace
from simulator.core.summary import summary


def book() -> dict[str, Any]:
    return Ledger().as_json(Pace(0), 0.0, final=True)


def test_a_run_without_trouble_has_no_mark() -> None:
    assert not any(line.startswith("!") for line in summary(book()).splitlines())


def test_what_went_wrong_is_marked() -> None:
    given = book()
    given["probes"]["lost"] = 3
    marked = [line for line in summary(given).splitlines() if line.startswith("!")]
    assert marked == ["! probes         0 of 0 answered, 3 lost, 0 duplicated, 0 reordered, 0 late"]


def test_a_rate_that_was_not_kept_is_marked() -> None:
    given = {**book(), "emitted": 900, "offered": 1000, "achieved_rate": 90.0, "offered_rate": 100}
    assert summary(given).startswith("! events         900 of 1,000 offered, 90 of 100 a second")


def test_faults_are_listed_only_when_there_were_any() -> None:
    assert "faults" not in summary(book())
    assert "2 op7" in summary({**book(), "faults": {"op7": 2}})
