"""What of an event is written down, and what is not. No I/O and no clock.

A recording is a text of JSON lines: a head, then an event per line, in the order of arrival.

* head: ``{"recording": 1, "content": bool}``; ``content`` tells whether texts are the real ones.
* event: ``{"at": seconds since the first, "t": the dispatch type, "d": its body}``. The classes of
  traffic overtake each other, so ``at`` may be less than that of the line before, and negative.

Tokens are never written: an interaction's token lets anybody answer in the bot's name, a session's
id lets anybody with the bot's token take over the session.
"""

from typing import Any

import msgspec

VERSION = 1
HIDDEN = "hidden"
NEVER = frozenset({"READY", "RESUMED", "GAP"})
"""Types that are about a connection and not about Discord."""

_TOKENS = frozenset({"token", "session_id"})
_TEXTS = frozenset({"content", "username", "global_name", "nick", "topic", "name", "value", "title",
                    "description", "footer", "url", "proxy_url", "filename"})  # fmt: skip
_COMMAND = frozenset({"data"})
"""Below these keys a ``name`` is a command's or an option's and stays."""


class Head(msgspec.Struct, frozen=True):
    """The first line."""

    recording: int = VERSION
    content: bool = True


class Line(msgspec.Struct, frozen=True):
    """One event; ``at`` in seconds since the first."""

    at: float
    t: str
    d: Any


encode = msgspec.json.encode


def line(event_type: str, body: bytes, at: float, *, content: bool) -> bytes | None:
    """The line of one event without its line end, or None when it is not written down.

    Args:
        event_type: such as ``MESSAGE_CREATE``.
        body: Discord's ``d``.
        at: seconds since the first event.
        content: whether texts and names are kept; if not, ``x`` stands for each character.
    """
    if event_type in NEVER:
        return None
    try:
        d = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return None
    return encode(Line(round(at, 6), event_type, _redacted(d, content, names=False)))


def _redacted(value: Any, content: bool, *, names: bool) -> Any:
    if isinstance(value, list):
        return [_redacted(item, content, names=names) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _field(key, inner, content, names=names or key in _COMMAND)
        for key, inner in value.items()
    }


def _field(key: str, value: Any, content: bool, *, names: bool) -> Any:
    if key in _TOKENS and isinstance(value, str):
        return HIDDEN
    hides = not content and key in _TEXTS and not (names and key == "name")
    if hides and isinstance(value, str):
        return "x" * len(value)
    return _redacted(value, content, names=names)
