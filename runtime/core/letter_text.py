"""How dead letters read: a line, a page, a JSON object. Text in, text out."""

import json
from datetime import UTC, datetime

from runtime.core.letter import Letter

_ROW = "{:>9}  {:<20}  {:<11}  {:<24}  {:<20}  {:<14}  {:>5}  {}"
_MAX_ERROR = 80


def heading() -> str:
    """The line above ``as_row``'s."""
    return _ROW.format("SEQUENCE", "DIED", "CLASS", "TYPE", "GUILD", "REASON", "TRIES", "ERROR")


def as_row(sequence: int, letter: Letter) -> str:
    """One line, its error cut."""
    error = letter.error if len(letter.error) <= _MAX_ERROR else letter.error[:_MAX_ERROR] + "…"
    return _ROW.format(
        sequence, _when(letter), _class_of(letter), letter.event_type, letter.guild,
        letter.reason, letter.tries, error,
    )  # fmt: skip


def as_json(sequence: int, letter: Letter, body: bytes | None = None) -> str:
    """One JSON object; with a ``body``, also that and the headers."""
    found: dict[str, object] = {
        "sequence": sequence,
        "died": _when(letter),
        "class": _class_of(letter),
        "type": letter.event_type,
        "guild": letter.guild,
        "reason": letter.reason,
        "error": letter.error,
        "tries": letter.tries,
        "subject": letter.subject,
    }
    if body is not None:
        found["headers"] = dict(letter.headers)
        found["body"] = body.decode(errors="backslashreplace")
    return json.dumps(found)


def as_page(sequence: int, letter: Letter, body: bytes) -> str:
    """Everything about one letter."""
    about = {
        "sequence": sequence,
        "died": _when(letter),
        "reason": letter.reason,
        "error": letter.error,
        "tries": letter.tries,
        "subject": letter.subject,
        "guild": letter.guild or "-",
    }
    lines = [f"{name:<10}{value}" for name, value in about.items()]
    lines += ["", *(f"{name}: {value}" for name, value in letter.headers.items())]
    return "\n".join([*lines, "", body.decode(errors="backslashreplace")])


def _class_of(letter: Letter) -> str:
    try:
        return letter.traffic
    except ValueError:  # not a letter of ours
        return "-"


def _when(letter: Letter) -> str:
    died = datetime.fromtimestamp(letter.died_ns // 10**9, UTC)
    return died.isoformat().removesuffix("+00:00") + "Z"
