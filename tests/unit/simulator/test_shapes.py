import pytest

from simulator.core.pace import Pace
from simulator.core.shapes import KINDS, parse
from simulator.errors import WrongValue


@pytest.mark.parametrize("text", ["", "ramp", "wave:1-2/3", "ramp:1-2/0", "ramp:-1-2/3"])
def test_what_is_no_shape_is_told_with_the_form(text: str) -> None:
    with pytest.raises(WrongValue, match="KIND:LOW-HIGH/SECONDS"):
        parse(text)


@pytest.mark.parametrize("kind", KINDS)
def test_a_shape_stays_between_its_rates_for_ever(kind: str) -> None:
    shape = parse(f"{kind}:10-100/5")
    assert all(10 <= shape.rate(piece) <= 100 for piece in range(1000))


@pytest.mark.parametrize(
    ("text", "seconds", "events"),
    [("step:10-100/5", 10, 550), ("ramp:0-100/10", 10, 500), ("ramp:0-2/10", 10, 10),
     ("spike:10-100/10", 20, 2 * (90 + 100)), ("diurnal:0-100/10", 20, 1000)],
)  # fmt: skip
def test_a_shape_offers_what_its_area_is(text: str, seconds: float, events: int) -> None:
    pace = Pace(0, seconds, parse(text))
    pace.start(1e9)
    assert pace.offered(1e9 + seconds + 5) == pytest.approx(events, abs=1)


def test_intended_times_of_a_shape_do_not_depend_on_when_somebody_looks() -> None:
    seldom, often = (Pace(0, 4, parse("ramp:5-50/2")) for _ in range(2))
    seldom.start(0)
    often.start(0)
    for turn in range(400):
        often.offered(turn / 100)
    assert seldom.offered(4) == often.offered(4)
    count = often.due(4)
    assert seldom.take(count) == often.take(count)


def test_a_rate_set_by_hand_ends_the_shape() -> None:
    pace = Pace(0, None, parse("ramp:0-100/10"))
    pace.start(0)
    pace.change(1, 5)
    assert pace.offered(15) == pytest.approx(125 + 10, abs=1)


def test_a_shape_may_begin_later() -> None:
    pace = Pace(10)
    pace.start(0)
    pace.follow(parse("step:0-100/1"), 2)
    assert pace.offered(4) == pytest.approx(20 + 100, abs=1)
