from tests.unit.simulator.rest.place import Place

AT = "guilds/{guild}"


def test_a_welcome_screen_is_unknown_until_there_is_one() -> None:
    place = Place()
    assert place.code("GET", AT + "/welcome-screen") == 10069
    body = {"enabled": True, "description": "hi"}
    assert place.do("PATCH", AT + "/welcome-screen", body)["description"] == "hi"
    assert place.do("GET", AT + "/welcome-screen")["welcome_channels"] == []


def test_onboarding_is_kept() -> None:
    place = Place()
    prompt = {"id": "0", "title": "t", "options": [{"title": "o", "role_ids": ["5"]}]}
    body = {"prompts": [prompt], "enabled": True, "mode": 1}
    place.do("PUT", AT + "/onboarding", body)
    kept = place.do("GET", AT + "/onboarding")
    assert (kept["mode"], kept["prompts"][0]["options"][0]["role_ids"]) == (1, ["5"])
    assert set(place.errors("PUT", AT + "/onboarding", {"mode": 5})) == {"mode"}


def test_a_widget_is_shown_when_it_is_switched_on() -> None:
    place = Place()
    assert place.code("GET", AT + "/widget.json") == 50004
    place.do("PATCH", AT + "/widget", {"enabled": True, "channel_id": place.names["channel"]})
    assert place.do("GET", AT + "/widget")["channel_id"] == place.names["channel"]
    assert place.do("GET", AT + "/widget.json")["channels"][0]["name"] == "Voice"


def test_a_vanity_link_is_for_guilds_that_may_have_one() -> None:
    place = Place()
    assert place.code("PATCH", AT + "/vanity-url", {"code": "abc"}) == 50001
    place.guild["features"].append("VANITY_URL")
    assert place.do("PATCH", AT + "/vanity-url", {"code": "abc"})["code"] == "abc"


def test_the_bot_is_an_integration_that_can_be_taken_away() -> None:
    place = Place()
    place.events()
    [one] = place.do("GET", AT + "/integrations")
    place.do("DELETE", f"{AT}/integrations/{one['id']}")
    assert place.do("GET", AT + "/integrations") == []
    assert place.events() == ["INTEGRATION_DELETE", "GUILD_INTEGRATIONS_UPDATE"]
    assert place.code("DELETE", f"{AT}/integrations/{one['id']}") == 10005
