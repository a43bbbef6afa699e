"""What the locustfiles take as an argument, and how they refuse."""

import argparse
from collections.abc import Callable
from pathlib import Path

import pytest

from loadtests import _locust


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (_locust.above_zero, "0.5", 0.5),
        (_locust.not_negative, "0", 0.0),
        (_locust.share, "1", 1.0),
        (_locust.count, "3", 3),
        (_locust.whole, "0", 0),
        (_locust.prefix, "my-bot", "my-bot"),
        (_locust.new_file, "", ""),
    ],
)
def test_a_good_argument_is_taken(kind: Callable[[str], object], text: str, value: object) -> None:
    assert kind(text) == value


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        (_locust.above_zero, "0", "must be above 0, not 0"),
        (_locust.above_zero, "much", "must be a number above 0, not much"),
        (_locust.above_zero, "inf", "must be a number above 0, not inf"),
        (_locust.not_negative, "-1", "must be 0 or more, not -1"),
        (_locust.share, "1.1", "must be between 0 and 1, not 1.1"),
        (_locust.share, "nan", "must be a number between 0 and 1, not nan"),
        (_locust.count, "0", "must be a whole number, 1 or more, not 0"),
        (_locust.whole, "-5", "must be a whole number, 0 or more, not -5"),
        (_locust.prefix, "a b", "SUBJECT_PREFIX must be one token"),
        (_locust.new_file, str(Path("/no/such/place/out.json")), "no directory /no/such/place"),
    ],
)
def test_a_wrong_argument_is_refused_in_words(
    kind: Callable[[str], object], text: str, why: str
) -> None:
    with pytest.raises(argparse.ArgumentTypeError) as refused:
        kind(text)
    assert why in str(refused.value)
