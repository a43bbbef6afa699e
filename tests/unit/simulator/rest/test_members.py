import pytest

from tests.unit.simulator.rest.place import Place

ONE = "guilds/{guild}/members/{user}"


def test_a_timeout_is_set_and_taken_back() -> None:
    place = Place()
    until = {"communication_disabled_until": "2025-06-16T00:00:00+00:00"}
    assert place.do("PATCH", ONE, until)["communication_disabled_until"].startswith("2025-06-16")
    nothing = {"communication_disabled_until": None}
    assert place.do("PATCH", ONE, nothing)["communication_disabled_until"] is None


def test_a_timeout_lasts_28_days_at_most() -> None:
    until = {"communication_disabled_until": "2026-06-16T00:00:00+00:00"}
    assert set(Place().errors("PATCH", ONE, until)) == {"communication_disabled_until"}


def test_roles_are_replaced_by_a_list_and_must_exist() -> None:
    place = Place()
    assert place.do("PATCH", ONE, {"roles": [place.names["role"]]})["roles"] == [
        place.names["role"],
    ]  # fmt: skip
    assert place.do("PATCH", ONE, {"roles": []})["roles"] == []
    assert place.code("PATCH", ONE, {"roles": ["5"]}) == 10011


def test_the_bot_names_itself() -> None:
    place = Place()
    assert place.do("PATCH", "guilds/{guild}/members/@me", {"nick": "Disc"})["nick"] == "Disc"
    assert place.events()[-1] == "GUILD_MEMBER_UPDATE"
    assert place.do("PATCH", "guilds/{guild}/members/@me", {"nick": ""})["nick"] is None


def test_a_kicked_person_who_was_named_stays_away() -> None:
    place = Place()
    ann = place.api.world.person("ann")["id"]
    assert place.do("GET", "guilds/{guild}/members/" + ann)["user"]["username"] == "ann"
    place.do("DELETE", "guilds/{guild}/members/" + ann)
    assert place.code("GET", "guilds/{guild}/members/" + ann) == 10007


def test_somebody_with_a_token_is_added_once() -> None:
    place = Place()
    place.do("DELETE", ONE)
    place.events()
    assert place.ask("PUT", ONE, {"access_token": "t", "nick": "n"}).status == 201
    assert place.ask("PUT", ONE, {"access_token": "t"}).status == 204
    assert place.events() == ["GUILD_MEMBER_ADD"]


def test_who_is_in_no_voice_channel_cannot_be_moved() -> None:
    place = Place()
    assert place.code("PATCH", ONE, {"channel_id": place.names["voice"]}) == 40032


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "1001"}, {"after": "x"}])
def test_a_wrong_page_is_a_form_error(query: dict[str, str]) -> None:
    assert Place().code("GET", "guilds/{guild}/members", **query) == 50035
