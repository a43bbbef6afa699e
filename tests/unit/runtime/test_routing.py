"""Classes, lanes and subjects."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.core.routing import (
    LANES,
    Keys,
    Subjects,
    TrafficClass,
    classify,
    fnv1a32,
    lane_of,
    order_key,
)
from runtime.errors import ConfigurationError

GUILD = "290926798626357999"
SUBJECTS = Subjects("discord")


def subject(event_type: str, **fields: object) -> str:
    """The subject of an event with these fields in its ``d``."""
    return SUBJECTS.of(event_type, json.dumps(fields).encode())


@pytest.mark.parametrize(
    ("text", "value"),
    [  # from the reference test suite of the authors of FNV, offset basis included
        ("", 0x811C9DC5),
        ("a", 0xE40C292C),
        ("b", 0xE70C2DE5),
        ("foobar", 0xBF9CF968),
        ("foo", 0xA9F37ED7),
    ],
)
def test_the_hash_is_fnv_1a_of_32_bits(text: str, value: int) -> None:
    assert fnv1a32(text) == value


@given(st.text())
def test_a_key_always_has_the_same_lane_within_bounds(key: str) -> None:
    assert lane_of(key) == lane_of(key) == fnv1a32(key) % LANES
    assert 0 <= lane_of(key) < LANES


def test_guilds_spread_over_all_lanes() -> None:
    guilds = (str((n << 22) + 4711) for n in range(5000))
    assert {lane_of(guild) for guild in guilds} == set(range(LANES))


@pytest.mark.parametrize(
    ("event_type", "traffic"),
    [
        ("INTERACTION_CREATE", TrafficClass.INTERACTION),
        ("PRESENCE_UPDATE", TrafficClass.AMBIENT),
        ("TYPING_START", TrafficClass.AMBIENT),
        ("MESSAGE_CREATE", TrafficClass.EVENT),
        ("AN_EVENT_OF_TOMORROW", TrafficClass.EVENT),
    ],
)
def test_every_type_has_a_class(event_type: str, traffic: TrafficClass) -> None:
    assert classify(event_type) is traffic


@pytest.mark.parametrize(
    ("event_type", "keys", "key"),
    [
        ("MESSAGE_CREATE", Keys(guild_id="1", channel_id="2", id="3"), "1"),
        ("MESSAGE_CREATE", Keys(channel_id="2", id="3"), "2"),
        ("USER_UPDATE", Keys(id="3"), "3"),
        ("GUILD_CREATE", Keys(id="1"), "1"),
        ("GUILD_DELETE", Keys(id="1", guild_id="9"), "1"),
        ("RESUMED", Keys(), ""),
    ],
)
def test_order_is_kept_by_guild_then_channel_then_object(
    event_type: str, keys: Keys, key: str
) -> None:
    assert order_key(event_type, keys) == key


def test_all_events_of_a_guild_share_a_lane() -> None:
    lane = lane_of(GUILD)
    assert subject("GUILD_CREATE", id=GUILD) == f"discord.v1.event.{lane}.GUILD_CREATE"
    assert subject("MESSAGE_CREATE", guild_id=GUILD, channel_id="5", id="6").startswith(
        f"discord.v1.event.{lane}."
    )


@pytest.mark.parametrize(
    ("kind", "token"),
    [(2, "command"), (3, "component"), (4, "autocomplete"), (5, "modal"), (99, "command")],
)
def test_an_interaction_goes_by_its_kind(kind: int, token: str) -> None:
    assert subject("INTERACTION_CREATE", type=kind) == f"discord.v1.interaction.{token}"


def test_ambient_events_go_by_their_type() -> None:
    assert subject("TYPING_START", guild_id=GUILD) == "discord.v1.ambient.TYPING_START"


@pytest.mark.parametrize("body", [b"{}", b'{"guild_id":null}', b'{"guild_id":5,"id":[1]}'])
def test_an_event_without_usable_ids_still_has_a_subject(body: bytes) -> None:
    assert SUBJECTS.of("RESUMED", body).startswith("discord.v1.event.")


@pytest.mark.parametrize("kind", ["null", '"2"', "[2]", "2.5"])
def test_an_interaction_of_a_strange_kind_still_has_a_subject(kind: str) -> None:
    body = f'{{"type":{kind}}}'.encode()
    assert SUBJECTS.of("INTERACTION_CREATE", body) == "discord.v1.interaction.command"


@pytest.mark.parametrize("body", [b"", b"null", b"[1]", b'{"guild_id":'])
def test_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        SUBJECTS.of("MESSAGE_CREATE", body)


def test_each_prefix_has_subjects_of_its_own() -> None:
    subjects = Subjects("my-bot_2")
    assert subjects.rest == "my-bot_2.v1.rest"
    assert subjects.lane(7) == "my-bot_2.v1.event.7.>"
    assert subjects.all_of(TrafficClass.AMBIENT) == "my-bot_2.v1.ambient.>"
    assert subjects.all_dead == "my-bot_2.v1.dead.>"
    dead = subjects.dead(TrafficClass.EVENT, "MESSAGE_CREATE")
    assert dead == "my-bot_2.v1.dead.event.MESSAGE_CREATE"


@pytest.mark.parametrize("prefix", ["", "a.b", "a b", "*", ">", "é", "a\n"])
def test_a_prefix_is_one_plain_token(prefix: str) -> None:
    with pytest.raises(ConfigurationError, match="SUBJECT_PREFIX"):
        Subjects(prefix)
