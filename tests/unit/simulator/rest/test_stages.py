from tests.unit.simulator.rest.place import Place


def test_a_stage_is_live_once() -> None:
    place = Place()
    channel = place.do("POST", "guilds/{guild}/channels", {"name": "n", "type": 13})["id"]
    body = {"channel_id": channel, "topic": "talk"}
    place.events()
    made = place.do("POST", "stage-instances", body)
    assert place.code("POST", "stage-instances", body) == 150006
    assert place.do("GET", f"stage-instances/{channel}") == made
    place.do("PATCH", f"stage-instances/{channel}", {"topic": "more"})
    place.do("DELETE", f"stage-instances/{channel}")
    assert place.code("GET", f"stage-instances/{channel}") == 10067
    assert place.events() == [f"STAGE_INSTANCE_{v}" for v in ("CREATE", "UPDATE", "DELETE")]


def test_only_a_stage_channel_has_one() -> None:
    place = Place()
    body = {"channel_id": place.names["channel"], "topic": "t"}
    assert place.code("POST", "stage-instances", body) == 50024
    assert set(place.errors("POST", "stage-instances", {})) == {"channel_id", "topic"}
