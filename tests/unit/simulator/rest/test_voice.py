from simulator.core.rest import voice
from tests.unit.simulator.rest.place import Place

STATE = "guilds/{guild}/voice-states/{user}"


def member(place: Place) -> dict[str, object]:
    return place.api.world.member(place.id, int(place.user["id"])) or {}


def test_who_is_in_a_channel_has_a_state_and_can_be_moved_and_cut_off() -> None:
    place = Place()
    assert place.code("GET", STATE) == 10065
    voice.join(place.api, place.id, member(place), place.names["voice"])
    assert place.do("GET", STATE)["channel_id"] == place.names["voice"]
    place.events()
    place.do("PATCH", "guilds/{guild}/members/{user}", {"channel_id": None})
    assert place.events() == ["VOICE_STATE_UPDATE", "GUILD_MEMBER_UPDATE"]
    assert place.code("GET", STATE) == 10065


def test_a_client_that_connects_is_told_who_speaks() -> None:
    place = Place()
    voice.join(place.api, place.id, member(place), place.names["voice"])
    told = place.api.world.guild_create(place.id, everyone=True)
    assert len(told["voice_states"]) == 1
    assert "bans" not in told


def test_a_voice_channel_has_a_status() -> None:
    place = Place()
    place.do("PUT", "channels/{voice}/voice-status", {"status": "golf"})
    assert place.do("GET", "channels/{voice}")["status"] == "golf"
    assert place.code("PUT", "channels/{channel}/voice-status", {"status": "x"}) == 50024


def test_there_are_regions() -> None:
    assert sum(region["optimal"] for region in Place().do("GET", "voice/regions")) == 1
