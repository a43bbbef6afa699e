"""The scalability fit finds what was put in, and knows how far it may be asked."""

import numpy as np
import pytest

from notebooks.capacity import scalability
from notebooks.fitting import fit_scalability

N = [1, 1, 2, 2, 4, 4, 8, 8]


def rates(contention: float, coherence: float, noise: float = 0.01) -> list[float]:
    random = np.random.default_rng(4)
    return [scalability(n, 100, contention, coherence) * random.normal(1, noise) for n in N]


def test_it_finds_the_constants() -> None:
    fit = fit_scalability(N, rates(0.08, 0.002))
    assert fit.single.value == pytest.approx(100, rel=0.03)
    assert fit.contention.value == pytest.approx(0.08, abs=0.03)
    assert fit.single.low <= fit.single.value <= fit.single.high


def test_without_losses_coherence_may_be_zero() -> None:
    assert fit_scalability(N, rates(0, 0)).coherence.low == pytest.approx(0, abs=1e-4)


def test_a_prediction_has_an_interval_around_the_truth() -> None:
    predicted = fit_scalability(N, rates(0.05, 0.001)).predict(12)
    assert predicted.value == pytest.approx(scalability(12, 100, 0.05, 0.001), rel=0.06)
    assert predicted.low < predicted.high


def test_it_is_not_asked_too_far() -> None:
    with pytest.raises(ValueError, match="17 replicas are beyond 2 x 8 measured"):
        fit_scalability(N, rates(0, 0)).predict(17)


def test_two_sizes_do_not_make_a_law() -> None:
    with pytest.raises(ValueError, match="three or more different N"):
        fit_scalability([1, 2, 2], [100, 200, 200])
