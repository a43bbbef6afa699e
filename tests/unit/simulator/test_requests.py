import pytest

from simulator.core.intents import Intent
from tests.unit.simulator.stage import EVERYTHING, Client, make_api


def connected(intents: int = EVERYTHING) -> tuple[Client, int]:
    client = Client(make_api())
    client.identify(intents)
    return client, client.api.world.guild_ids()[0]


def test_a_voice_state_is_answered_by_the_state_and_a_server_that_is_not_there_yet() -> None:
    client, guild = connected()
    answers = client.send(4, {"guild_id": str(guild), "channel_id": str(guild + 4)})
    assert [a["t"] for a in answers] == ["VOICE_STATE_UPDATE", "VOICE_SERVER_UPDATE"]
    assert answers[1]["d"]["endpoint"] is None
    [left] = client.send(4, {"guild_id": str(guild), "channel_id": None})
    assert (left["t"], left["d"]["channel_id"]) == ("VOICE_STATE_UPDATE", None)


def test_a_new_session_is_not_in_the_voice_channel_of_an_old_one() -> None:
    client, guild = connected()
    client.send(4, {"guild_id": str(guild), "channel_id": str(guild + 4)})
    client.peer.lost(1000, client.now)
    again = client.another()
    again.now += 6
    assert again.identify()[1]["d"]["voice_states"] == []


def test_only_the_session_that_asked_hears_of_a_voice_server() -> None:
    client, guild = connected()
    other = client.another()
    other.identify()
    client.now += 6
    client.send(4, {"guild_id": str(guild), "channel_id": str(guild + 4)})
    assert "VOICE_SERVER_UPDATE" not in [payload["t"] for payload in other.read()]


@pytest.mark.parametrize("status", ["online", "idle", "dnd", "invisible"])
def test_a_presence_is_taken_and_not_answered(status: str) -> None:
    client, _ = connected()
    assert client.send(3, {"since": None, "activities": [], "status": status, "afk": False}) == []
    assert client.close_code is None


@pytest.mark.parametrize(("intents", "count"), [(EVERYTHING, 2), (int(Intent.GUILDS), None)])
def test_presences_come_with_members_to_who_may_see_them(intents: int, count: int | None) -> None:
    client, guild = connected(intents)
    ids = [member["user"]["id"] for member in client.api.guild(guild)["members"][:2]]
    [chunk] = client.send(8, {"guild_id": str(guild), "user_ids": ids, "presences": True})
    found = chunk["d"].get("presences")
    assert (None if found is None else len(found)) == count


@pytest.mark.parametrize("nonce", [[], 2**70, "x" * 33, {}, True])
def test_a_nonce_that_is_none_is_left_out(nonce: object) -> None:
    client, guild = connected()
    [chunk] = client.send(8, {"guild_id": str(guild), "user_ids": ["1"], "nonce": nonce})
    assert "nonce" not in chunk["d"]
