"""How dead letters read."""

import json

from runtime.core.letter import Letter
from runtime.core.letter_text import as_json, as_page, as_row, heading

LETTER = Letter(
    subject="discord.v1.event.7.MESSAGE_CREATE",
    headers={"Nats-Msg-Id": "s:9", "Event-Type": "MESSAGE_CREATE"},
    body=b'{"guild_id":"42"}',
    reason="failed",
    error="RuntimeError: " + "no" * 100,
    tries=5,
    died_ns=1_785_000_000_123_456_789,
)


def test_a_row_stands_below_its_heading() -> None:
    row, head = as_row(12, LETTER), heading()
    for name, value in {"DIED": "2026-07-25T", "TYPE": "MESSAGE_C", "GUILD": "42"}.items():
        assert row[head.index(name) :].startswith(value)
    assert row.endswith("…")


def test_an_object_has_every_column_and_with_a_body_the_event_itself() -> None:
    short, whole = json.loads(as_json(12, LETTER)), json.loads(as_json(12, LETTER, b"\xff{}"))
    assert (short["sequence"], short["class"], short["guild"]) == (12, "event", "42")
    assert short["died"] == "2026-07-25T17:20:00Z"
    assert "body" not in short
    assert whole["body"] == "\\xff{}"
    assert whole["headers"] == dict(LETTER.headers)


def test_a_page_shows_headers_and_body_as_they_were() -> None:
    page = as_page(12, LETTER, LETTER.body)
    assert "Nats-Msg-Id: s:9\n" in page
    assert page.endswith('\n\n{"guild_id":"42"}')


def test_what_others_put_there_can_be_read_too() -> None:
    foreign = Letter("a.v1.dead.odd", {}, b"?", "unknown", "no Dead-Subject", 0, 0)
    assert json.loads(as_json(1, foreign))["class"] == "-"
    assert "unknown" in as_row(1, foreign)
