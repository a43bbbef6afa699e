"""What is held out differs in kind from what the model was fitted to."""

from notebooks.protocol import CALIBRATION, HANDLER, HELD_OUT, STEPS


def test_no_point_is_both_fitted_and_predicted() -> None:
    assert not set(CALIBRATION) & set(HELD_OUT)


def test_held_out_are_other_sizes_loads_and_kinds() -> None:
    assert {each.workers for each in CALIBRATION} == {1, 2, 4}
    assert {3, 6} <= {each.workers for each in HELD_OUT}
    assert any(each.kill for each in HELD_OUT)
    assert any(each.handler != HANDLER for each in HELD_OUT)


def test_every_fleet_of_the_steps_is_measured() -> None:
    measured = {(each.workers, each.rate) for each in HELD_OUT if each.handler == HANDLER}
    assert {(size, rate) for rate, sizes in STEPS.items() for size in sizes} <= measured
