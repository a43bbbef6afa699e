from tests.unit.simulator.rest.place import Place

AT = "guilds/{guild}/templates"


def test_a_template_is_made_synced_and_deleted() -> None:
    place = Place()
    code = place.do("POST", AT, {"name": "n"})["code"]
    place.do("PATCH", "guilds/{guild}", {"name": "renamed"})
    old = place.do("GET", f"guilds/templates/{code}")["serialized_source_guild"]["name"]
    assert old != "renamed"
    synced = place.do("PUT", f"{AT}/{code}")
    assert synced["serialized_source_guild"]["name"] == "renamed"
    place.do("DELETE", f"{AT}/{code}")
    assert place.code("GET", f"guilds/templates/{code}") == 10057


def test_a_guild_has_one_template_at_most() -> None:
    place = Place()
    place.do("POST", AT, {"name": "n"})
    assert place.code("POST", AT, {"name": "m"}) == 30031
