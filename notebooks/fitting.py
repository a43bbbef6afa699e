"""Fits the Universal Scalability Law to measured ceilings, with intervals. No I/O."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from notebooks.capacity import scalability

Floats = npt.NDArray[np.float64]
TRUSTED = 2.0
"""A fit is not asked for more than this times the largest N that was measured."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with the bounds of its 90 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Fit:
    """The law's three constants, see ``capacity.scalability``, and what it was fitted to."""

    single: Interval
    contention: Interval
    coherence: Interval
    largest: int
    draws: Floats
    """One row of constants for each resampling."""

    def predict(self, replicas: int) -> Interval:
        """Events/s of N replicas.

        Raises:
            ValueError: N is further out than the fit can be trusted.
        """
        if replicas > TRUSTED * self.largest:
            raise ValueError(
                f"{replicas} replicas are beyond {TRUSTED:g} x {self.largest} measured"
            )
        constants = (self.single.value, self.contention.value, self.coherence.value)
        drawn = [scalability(replicas, *row) for row in self.draws.tolist()]
        low, high = np.percentile(drawn, [5, 95])
        return Interval(scalability(replicas, *constants), float(low), float(high))


def fit_scalability(
    replicas: npt.ArrayLike, rates: npt.ArrayLike, resamples: int = 200, seed: int = 1
) -> Fit:
    """Least squares with contention and coherence not below 0; intervals by case resampling.

    Args:
        replicas: N of each run.
        rates: events/s of each run at its ceiling.
        resamples: how many times the runs are drawn again.
        seed: of the drawing.

    Raises:
        ValueError: fewer than three different N.
    """
    n, x = np.asarray(replicas, dtype=np.float64), np.asarray(rates, dtype=np.float64)
    if len(np.unique(n)) < 3:
        raise ValueError("three constants need ceilings at three or more different N")
    random = np.random.default_rng(seed)
    draws: list[Floats] = []
    while len(draws) < resamples:
        chosen = random.integers(0, len(n), len(n))
        if len(np.unique(n[chosen])) >= 3:
            draws.append(_fit(n[chosen], x[chosen]))
    rows = np.array(draws)
    low, high = np.percentile(rows, [5, 95], axis=0)
    values = _fit(n, x)
    single, contention, coherence = (
        Interval(float(value), float(least), float(most))
        for value, least, most in zip(values, low, high, strict=True)
    )
    return Fit(single, contention, coherence, int(n.max()), rows)


def _law(n: Floats, single: float, contention: float, coherence: float) -> Floats:
    """``capacity.scalability`` for arrays."""
    return single * n / (1 + contention * (n - 1) + coherence * n * (n - 1))


def _fit(n: Floats, x: Floats) -> Floats:
    first = float(np.median(x / n))
    bounds = ([0.0, 0.0, 0.0], [np.inf, 1.0, 1.0])
    begin = [first, 0.01, 0.0001]

    def miss(constants: Floats) -> Floats:
        """Relative: a run at N = 8 is as good as one at N = 1."""
        return np.asarray(_law(n, *constants) / x - 1)

    found = least_squares(miss, begin, bounds=bounds, x_scale=begin)
    return np.asarray(found.x, dtype=np.float64)
