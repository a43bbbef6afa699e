"""A guild as of its last event."""

from typing import Any

import pytest

from runtime.core.guild_state import Snapshot, apply, changes, guild_of

ME = 1
GUILD: dict[str, Any] = {
    "id": "10",
    "name": "Old",
    "channels": [{"id": "20", "name": "general"}],
    "roles": [{"id": "30", "name": "everyone"}],
    "threads": [{"id": "40", "parent_id": "20"}, {"id": "41", "parent_id": "21"}],
    "members": [{"user": {"id": "1"}, "roles": []}, {"user": {"id": "2"}, "roles": []}],
    "presences": [{"user": {"id": "2"}}],
    "voice_states": [{"user_id": "2"}],
}


def snapshot() -> Snapshot:
    created = apply(None, "GUILD_CREATE", GUILD, ME)
    assert created is not None
    return created


def after(event_type: str, **data: Any) -> Snapshot:
    changed = apply(snapshot(), event_type, {"guild_id": "10", **data}, ME)
    assert changed is not None
    assert apply(changed, event_type, {"guild_id": "10", **data}, ME) == changed
    return changed


def test_a_new_guild_keeps_of_its_members_only_the_bot() -> None:
    assert snapshot()["members"] == [{"user": {"id": "1"}, "roles": []}]
    assert "presences" not in snapshot()
    assert "voice_states" not in snapshot()


def test_an_update_of_the_guild_keeps_its_channels() -> None:
    changed = apply(snapshot(), "GUILD_UPDATE", {"id": "10", "name": "New"}, ME)
    assert changed is not None
    assert changed["name"] == "New"
    assert changed["channels"] == GUILD["channels"]


@pytest.mark.parametrize("event_type", ["CHANNEL_CREATE", "CHANNEL_UPDATE"])
def test_a_channel_is_put_in_place_of_itself(event_type: str) -> None:
    assert [c["name"] for c in after(event_type, id="20", name="lobby")["channels"]] == ["lobby"]


def test_a_deleted_channel_is_gone() -> None:
    assert after("CHANNEL_DELETE", id="20")["channels"] == []


def test_roles_travel_inside_their_events() -> None:
    assert after("GUILD_ROLE_CREATE", role={"id": "31"})["roles"][-1] == {"id": "31"}
    assert after("GUILD_ROLE_UPDATE", role={"id": "30", "name": "x"})["roles"][0]["name"] == "x"
    assert after("GUILD_ROLE_DELETE", role_id="30")["roles"] == []


def test_a_thread_list_replaces_the_threads_of_the_channels_it_names() -> None:
    synced = after("THREAD_LIST_SYNC", channel_ids=["20"], threads=[{"id": "42"}])["threads"]
    assert [thread["id"] for thread in synced] == ["41", "42"]


def test_a_thread_list_without_channels_replaces_all() -> None:
    synced = after("THREAD_LIST_SYNC", threads=[{"id": "42"}])["threads"]
    assert [thread["id"] for thread in synced] == ["42"]


def test_the_bots_own_roles_are_followed_and_nobody_elses() -> None:
    mine = {"guild_id": "10", "user": {"id": "1"}, "roles": ["30"]}
    assert changes("GUILD_MEMBER_UPDATE", mine, ME)
    assert not changes("GUILD_MEMBER_UPDATE", {"user": {"id": "2"}}, ME)
    changed = apply(snapshot(), "GUILD_MEMBER_UPDATE", mine, ME)
    assert changed is not None
    assert changed["members"][0]["roles"] == ["30"]


def test_an_outage_marks_the_guild_and_leaving_removes_it() -> None:
    outage = apply(snapshot(), "GUILD_DELETE", {"id": "10", "unavailable": True}, ME)
    assert outage is not None
    assert outage["unavailable"]
    assert apply(snapshot(), "GUILD_DELETE", {"id": "10"}, ME) is None


def test_a_change_of_an_unknown_guild_leaves_nothing() -> None:
    assert apply(None, "CHANNEL_CREATE", {"guild_id": "10", "id": "20"}, ME) is None


def test_messages_change_no_guild() -> None:
    assert not changes("MESSAGE_CREATE", {"guild_id": "10"}, ME)


@pytest.mark.parametrize(
    ("event_type", "data", "guild"),
    [
        ("GUILD_CREATE", {"id": "10"}, 10),
        ("MESSAGE_CREATE", {"id": "5", "guild_id": "10"}, 10),
        ("GUILD_ROLE_CREATE", {"guild_id": "10"}, 10),
        ("GUILD_SCHEDULED_EVENT_CREATE", {"id": "5", "guild_id": "10"}, 10),
        ("MESSAGE_CREATE", {"id": "5"}, None),
        ("INTERACTION_CREATE", {"id": "5", "guild_id": None}, None),
    ],
)
def test_every_event_names_its_guild(
    event_type: str, data: dict[str, Any], guild: int | None
) -> None:
    assert guild_of(event_type, data) == guild
