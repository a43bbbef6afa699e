"""Patterns of the broker inside the process."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.bus.memory.subjects import Routes, matches

tokens = st.lists(st.sampled_from("abc"), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("pattern", "subject", "reached"),
    [
        ("a.b", "a.b", True),
        ("a.b", "a.b.c", False),
        ("a.*", "a.b", True),
        ("a.*", "a", False),
        ("a.*.c", "a.b.c", True),
        ("a.>", "a.b.c", True),
        ("a.>", "a", False),
        (">", "a", True),
        ("*.>", "a.b", True),
        ("a.>", "b.c", False),
    ],
)
def test_a_pattern_means_what_nats_says(pattern: str, subject: str, reached: bool) -> None:
    assert matches(pattern, subject) is reached


@given(tokens)
def test_a_subject_without_wildcards_means_itself(subject: list[str]) -> None:
    assert matches(".".join(subject), ".".join(subject))


@given(tokens, st.data())
def test_a_star_stands_for_any_one_token(subject: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(subject) - 1))
    pattern = [*subject[:at], "*", *subject[at + 1 :]]
    assert matches(".".join(pattern), ".".join(subject))


def test_receivers_are_found_in_the_order_in_which_they_came() -> None:
    routes = Routes[str]()
    routes.add("a.*", "first")
    routes.add("a.>", "second")
    assert routes.of("a.b") == ("first", "second")
    assert routes.of("a.b.c") == ("second",)


def test_a_remembered_look_up_sees_receivers_that_come_and_go() -> None:
    routes = Routes[str]()
    assert routes.of("a") == ()
    routes.add("a", "here")
    assert routes.of("a") == ("here",)
    routes.remove("here")
    assert routes.of("a") == ()
    routes.remove("here")
