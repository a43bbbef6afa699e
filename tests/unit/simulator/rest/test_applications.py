import pytest

from tests.unit.simulator.rest.place import Place


@pytest.mark.parametrize("path", ["applications/@me", "applications/{app}"])
def test_an_edit_of_the_application_stays(path: str) -> None:
    place = Place()
    place.do("PATCH", path, {"description": "discs", "tags": ["golf"]})
    for shown in ("applications/@me", "oauth2/applications/@me"):
        assert place.do("GET", shown)["description"] == "discs"
    assert place.do("PATCH", path, {"description": None})["description"] == ""
    assert set(place.errors("PATCH", path, {"tags": ["x"] * 6})) == {"tags"}


def test_role_connections_are_kept() -> None:
    place = Place()
    path = "applications/{app}/role-connections/metadata"
    record = {"type": 2, "key": "rounds", "name": "Rounds", "description": "d"}
    assert place.do("PUT", path, [record]) == [record]
    assert place.do("GET", path) == [record]
    assert set(place.errors("PUT", path, [{}])) == {"0"}


def test_another_application_is_none_of_the_bots_business() -> None:
    assert Place().code("PATCH", "applications/5", {}) == 20012


def test_the_bots_user_changes_with_an_event() -> None:
    place = Place()
    place.events()
    assert place.do("PATCH", "users/@me", {"username": "caddie"})["username"] == "caddie"
    assert place.events() == ["USER_UPDATE"]


def test_guilds_of_the_bot_page_both_ways() -> None:
    place = Place()
    first, second = (str(g) for g in place.api.world.guild_ids())
    assert [g["id"] for g in place.do("GET", "users/@me/guilds", after=first)] == [second]
    assert [g["id"] for g in place.do("GET", "users/@me/guilds", before=second)] == [first]
    [one] = place.do("GET", "users/@me/guilds", limit="1", with_counts="true")
    assert one["approximate_member_count"] == 13
