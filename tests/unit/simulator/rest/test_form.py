"""Checks of values, and the tree of what is wrong with a body."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.core.rest import form
from simulator.core.rest.form import Form, Wrong, clearable, many, needed
from simulator.core.rest.route import ApiError

NAMED = Form(name=needed(form.text(1, 5)), size=form.integer(0, 9), topic=clearable(form.text()))


def codes(check: Any, value: Any) -> list[str]:
    with pytest.raises(Wrong) as error:
        check(value)
    return [item["code"] for item in error.value.errors["_errors"]]


def test_unknown_keys_and_null_are_dropped_unless_null_clears() -> None:
    assert NAMED.read({"name": "a", "x": 1, "size": None, "topic": None}) == {
        "name": "a", "topic": None,
    }  # fmt: skip


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ApiError) as error:
        NAMED.read({"size": 10})
    assert error.value.errors == {
        "name": {"_errors": [{"code": "BASE_TYPE_REQUIRED", "message": "This field is required"}]},
        "size": {"_errors": [{"code": "NUMBER_TYPE_MAX",
                              "message": "int value should be less than or equal to 9."}]},
    }  # fmt: skip


def test_a_change_need_not_name_what_a_new_one_must() -> None:
    assert NAMED.read({}, partial=True) == {}


def test_errors_of_lists_are_named_by_their_place() -> None:
    with pytest.raises(Wrong) as error:
        many(NAMED)([{"name": "a"}, {"name": ""}])
    assert set(error.value.errors) == {"1"}


@pytest.mark.parametrize(
    ("check", "value", "code"),
    [
        (form.text(1, 5), "x" * 6, "BASE_TYPE_BAD_LENGTH"),
        (form.text(0, 5), "x" * 6, "BASE_TYPE_MAX_LENGTH"),
        (form.text(2), "x", "BASE_TYPE_MIN_LENGTH"), (form.text(), 5, "STRING_TYPE_CONVERT"),
        (form.integer(1), 0, "NUMBER_TYPE_MIN"), (form.integer(), "x", "NUMBER_TYPE_COERCE"),
        (form.integer(), True, "NUMBER_TYPE_COERCE"), (form.integer(), 1.5, "NUMBER_TYPE_COERCE"),
        (form.number(0, 1), 2, "NUMBER_TYPE_MAX"), (form.flag, 1, "BOOLEAN_TYPE_CONVERT"),
        (form.snowflake, -1, "NUMBER_TYPE_COERCE"), (form.snowflake, "٣", "NUMBER_TYPE_COERCE"),
        (form.choice(1, 2), 3, "BASE_TYPE_CHOICES"), (form.choice(1), [], "BASE_TYPE_CHOICES"),
        (form.choice(1), True, "BASE_TYPE_CHOICES"), (form.choice("a"), 1, "BASE_TYPE_CHOICES"),
        (form.moment, "soon", "DATE_TIME_TYPE_PARSE"), (form.image, "x", "IMAGE_INVALID"),
        (many(form.flag), {}, "LIST_TYPE_CONVERT"), (many(form.flag, 1, 2), [],
                                                     "BASE_TYPE_BAD_LENGTH"),
        (NAMED, [], "DICT_TYPE_CONVERT"),
    ],
)  # fmt: skip
def test_a_wrong_value_has_discords_code(check: Any, value: Any, code: str) -> None:
    assert codes(check, value) == [code]


@pytest.mark.parametrize(
    ("check", "value", "kept"),
    [
        (form.integer(), "5", 5), (form.integer(), 5.0, 5), (form.flag, "true", True),
        (form.snowflake, 5, "5"), (form.bits, 8, "8"), (form.choice(1, 2), "2", 2),
        (form.moment, "2027-01-01T01:00:00+01:00", "2027-01-01T00:00:00.000000+00:00"),
    ],
)  # fmt: skip
def test_a_value_is_kept_in_one_form(check: Any, value: Any, kept: Any) -> None:
    assert check(value) == kept


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))  # fmt: skip
def test_no_value_breaks_a_check(value: Any) -> None:
    checks = (
        form.text(1, 2),
        form.integer(0, 5),
        form.number(0, 1),
        form.flag,
        form.snowflake,
        form.bits,
        form.choice(1, "a"),
        form.moment,
        form.image,
        many(NAMED),
        NAMED,
    )
    for check in checks:
        with contextlib.suppress(Wrong):
            check(value)
