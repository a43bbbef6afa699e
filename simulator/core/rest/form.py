"""Bodies and queries, checked as Discord checks them: everything that is wrong comes in one tree.

A check takes a value and returns it as it is kept, or raises Wrong. Keys that a form does not name
are dropped, and so is null where nothing can be cleared by it. Source of shapes and codes: Discord
Docs/Reference "Error Messages", and what bots see: `{"embeds": {"0": {"title": {"_errors": …}}}}`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from simulator.core.rest.route import ApiError
from simulator.core.world import Json

Check = Callable[[Any], Any]
_LARGEST = (1 << 64) - 1
_SHOWN = 100  # characters of a wrong value that are repeated


class Wrong(Exception):  # noqa: N818 - what is wrong with a value, not a fault of this program
    """`errors` is the value's part of the tree."""

    def __init__(self, errors: Json) -> None:
        super().__init__(str(errors))
        self.errors = errors


def wrong(code: str, message: str) -> Wrong:
    """One complaint about one value."""
    return Wrong({"_errors": [{"code": code, "message": message}]})


def invalid(errors: Json) -> ApiError:
    """400 with the whole tree."""
    return ApiError(400, 50035, "Invalid Form Body", errors)


def length(value: Any, low: int, high: int | None) -> None:
    """Raises Wrong when a text or list is too short or too long."""
    if high is None:
        if len(value) < low:
            raise wrong("BASE_TYPE_MIN_LENGTH", f"Must be {low} or more in length.")
    elif low and not low <= len(value) <= high:
        raise wrong("BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
    elif len(value) > high:
        raise wrong("BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.")


def text(low: int = 0, high: int | None = None) -> Check:
    """A string of `low` to `high` characters."""

    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise wrong("STRING_TYPE_CONVERT", f'Could not interpret "{_brief(value)}" as string.')
        length(value, low, high)
        return value

    return check


def integer(low: int | None = None, high: int | None = None) -> Check:
    """A whole number, also as digits in a string."""

    def check(value: Any) -> int:
        number = _whole(value)
        if number is None:
            raise wrong("NUMBER_TYPE_COERCE", f'Value "{_brief(value)}" is not int.')
        if low is not None and number < low:
            message = f"int value should be greater than or equal to {low}."
            raise wrong("NUMBER_TYPE_MIN", message)
        if high is not None and number > high:
            raise wrong("NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.")
        return number

    return check


def _whole(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str):
        digits = value.removeprefix("-")
        return int(value) if digits.isascii() and digits.isdecimal() and len(value) < 21 else None
    return value if isinstance(value, int) else None


def number(low: float, high: float) -> Check:
    """A number with decimals."""

    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise wrong("NUMBER_TYPE_COERCE", f'Value "{_brief(value)}" is not float.')
        if not low <= value <= high:
            code = "NUMBER_TYPE_MIN" if value < low else "NUMBER_TYPE_MAX"
            raise wrong(code, f"float value should be between {low:g} and {high:g}.")
        return float(value)

    return check


def flag(value: Any) -> bool:
    """True or false; forms send them as text."""
    if value in ("true", "True", "false", "False"):
        return bool(value in ("true", "True"))
    if not isinstance(value, bool):
        raise wrong("BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
    return value


def snowflake(value: Any) -> str:
    """An id, as a number or as digits; kept as text."""
    found = _whole(value)
    if found is None or not 0 <= found <= _LARGEST:
        raise wrong("NUMBER_TYPE_COERCE", f'Value "{_brief(value)}" is not snowflake.')
    return str(found)


def bits(value: Any) -> str:
    """A permission set, as a number or as digits; kept as text."""
    found = _whole(value)
    if found is None or not 0 <= found <= _LARGEST:
        raise wrong("NUMBER_TYPE_COERCE", f'Value "{_brief(value)}" is not int.')
    return str(found)


def choice(*values: Any) -> Check:
    """One of these values; digits in a string count as a number."""

    def check(value: Any) -> Any:
        given = _whole(value) if isinstance(values[0], int) else value
        if given is None or given not in values:
            listed = ", ".join(repr(v) for v in values)
            raise wrong("BASE_TYPE_CHOICES", f"Value must be one of {{{listed}}}.")
        return given

    return check


def moment(value: Any) -> str:
    """A date and time in ISO 8601; kept in UTC with microseconds."""
    try:
        read = datetime.fromisoformat(value)
        local = read if read.tzinfo else read.replace(tzinfo=UTC)
        return local.astimezone(UTC).isoformat(timespec="microseconds")
    except (TypeError, ValueError, OverflowError):
        message = f"Could not parse {_brief(value)}. Should be ISO8601."
        raise wrong("DATE_TIME_TYPE_PARSE", message) from None


def image(value: Any) -> str:
    """A data URI of an image; kept as the hash that Discord would show."""
    if not isinstance(value, str) or not value.startswith("data:image/") or ";base64," not in value:
        raise wrong("IMAGE_INVALID", "Invalid image data")
    return f"{crc32(value.encode()):032x}"


def anything(value: Any) -> Any:
    """Whatever it is."""
    return value


def many(check: Check, low: int = 0, high: int | None = None) -> Check:
    """A list of values that all pass `check`."""

    def all_of(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise wrong("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        length(value, low, high)
        kept, errors = [], {}
        for index, item in enumerate(value):
            try:
                kept.append(check(item))
            except Wrong as error:
                errors[str(index)] = error.errors
        if errors:
            raise Wrong(errors)
        return kept

    return all_of


@dataclass(frozen=True, slots=True)
class Field:
    """What a form says of one key beside its check."""

    check: Check
    required: bool = False
    nullable: bool = False


def needed(check: Check) -> Field:
    """The key must be there."""
    return Field(check, required=True)


def clearable(check: Check) -> Field:
    """Null is a value of its own: it takes away what was there."""
    return Field(check, nullable=True)


class Form:
    """The keys of one object. A form is itself a check."""

    def __init__(self, **fields: Check | Field) -> None:
        self._fields = {k: f if isinstance(f, Field) else Field(f) for k, f in fields.items()}

    def __call__(self, value: Any, partial: bool = False) -> Json:
        """The keys that were given, each as it is kept. Raises Wrong."""
        if not isinstance(value, dict):
            raise wrong("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        kept, errors = {}, {}
        for key, field in self._fields.items():
            given = value.get(key)
            try:
                if given is not None:
                    kept[key] = field.check(given)
                elif key in value and field.nullable:
                    kept[key] = None
                elif field.required and not partial:
                    raise wrong("BASE_TYPE_REQUIRED", "This field is required")
            except Wrong as error:
                errors[key] = error.errors
        if errors:
            raise Wrong(errors)
        return kept

    def read(self, body: Any, partial: bool = False) -> Json:
        """The same for a whole body; none is an empty one. Raises ApiError 50035."""
        try:
            return self({} if body is None else body, partial)
        except Wrong as error:
            raise invalid(error.errors) from None

    def extended(self, **fields: Check | Field) -> "Form":
        """This form with more keys."""
        return Form(**{**self._fields, **fields})


def read(check: Check, body: Any) -> Any:
    """A body that is no object. Raises ApiError 50035."""
    try:
        return check(body)
    except Wrong as error:
        raise invalid(error.errors) from None


def _brief(value: Any) -> str:
    return str(value)[:_SHOWN]
