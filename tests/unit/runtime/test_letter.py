"""Dead letters: what is kept of an event, and how it goes out again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.core.delivery import Dead
from runtime.core.letter import Letter, died, original_id, replays_of, sealed, traffic_of
from runtime.core.routing import TrafficClass
from runtime.errors import MalformedEnvelope

SUBJECT = "discord.v1.event.7.MESSAGE_CREATE"
HEADERS = {"Nats-Msg-Id": "s:9", "Event-Type": "MESSAGE_CREATE", "Shard": "0", "Received-Ns": "5"}
BODY = b'{"guild_id": "42",  "odd": 1.0}'
DEAD = Dead("failed", "RuntimeError: no")


def letter(headers: dict[str, str] | None = None, body: bytes = BODY, dead: Dead = DEAD) -> Letter:
    return died(SUBJECT, HEADERS if headers is None else headers, body, dead, 5, 1_000)


def test_a_letter_that_was_sealed_reads_as_it_was() -> None:
    assert Letter.read(sealed(letter(), 3), BODY) == letter()


def test_an_event_without_an_id_stays_without_one() -> None:
    written = letter({"Event-Type": "X"})
    assert Letter.read(sealed(written, 3), BODY) == written
    assert written.to_replay() == {"Event-Type": "X"}


def test_the_same_event_buried_twice_has_one_id() -> None:
    assert sealed(letter(), 3)["Nats-Msg-Id"] == f"dead:{SUBJECT}:3"


def test_a_letter_tells_class_type_and_guild() -> None:
    found = letter()
    told = (found.traffic, found.event_type, found.guild)
    assert told == (TrafficClass.EVENT, "MESSAGE_CREATE", "42")


def test_a_body_that_is_not_json_has_no_guild_and_an_event_without_type_is_unknown() -> None:
    found = letter({}, b"\xff{")
    assert (found.guild, found.event_type) == ("", "UNKNOWN")


def test_a_long_error_of_many_lines_becomes_one_short_header() -> None:
    found = letter(dead=Dead("failed", "no\n" * 2000 + "ü"))
    assert "\n" not in found.error
    assert len(found.error) == 1000


@given(st.text(max_size=50))
def test_every_error_can_travel_in_a_header(text: str) -> None:
    error = letter(dead=Dead("failed", text)).error
    assert error.isascii()
    assert "\n" not in error
    assert "\r" not in error


def test_each_replay_has_an_id_that_was_never_used() -> None:
    first = letter().to_replay()
    assert first == HEADERS | {"Nats-Msg-Id": "s:9:r1"}
    assert letter(first).to_replay()["Nats-Msg-Id"] == "s:9:r2"


@pytest.mark.parametrize(
    ("event_id", "original", "replays"),
    [("s:9", "s:9", 0), ("s:9:r1", "s:9", 1), ("s:r9", "s", 9), ("r1", "r1", 0), ("", "", 0)],
)
def test_the_original_id_survives_replays(event_id: str, original: str, replays: int) -> None:
    assert (original_id(event_id), replays_of(event_id)) == (original, replays)


@pytest.mark.parametrize("missing", ["Dead-Subject", "Dead-Reason", "Dead-Tries", "Dead-Died-Ns"])
def test_headers_that_are_not_a_letters_are_refused(missing: str) -> None:
    headers = sealed(letter(), 3)
    for broken in ({missing: "x"}, {}):
        kept = {name: value for name, value in headers.items() if name != missing} | broken
        if missing != "Dead-Reason" or not broken:
            with pytest.raises(MalformedEnvelope):
                Letter.read(kept, BODY)


def test_only_subjects_of_events_have_a_class() -> None:
    assert traffic_of("a.v1.interaction.command") is TrafficClass.INTERACTION
    for subject in ("a.v1.dead.event.X", "a.v1", ""):
        with pytest.raises(ValueError, match="valid TrafficClass"):
            traffic_of(subject)
