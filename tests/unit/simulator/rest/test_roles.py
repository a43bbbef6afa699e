import pytest

from tests.unit.simulator.rest.place import Place

AT = "guilds/{guild}/roles"


def test_a_role_is_made_with_its_colours() -> None:
    place = Place()
    role = place.do("POST", AT, {"name": "n", "color": 5, "hoist": True})
    assert (role["colors"]["primary_color"], role["hoist"]) == (5, True)
    assert place.do("GET", f"{AT}/{role['id']}") == role


def test_a_new_role_is_the_lowest() -> None:
    place = Place()
    role = place.do("POST", AT, {})
    assert (role["name"], role["position"]) == ("new role", 1)
    assert place.do("GET", AT + "/{role}")["position"] == 2


def test_roles_move_together() -> None:
    place = Place()
    place.events()
    roles = place.do("PATCH", AT, [{"id": place.names["role"], "position": 4}])
    assert [role["position"] for role in roles] == [0, 4]
    assert place.events() == ["GUILD_ROLE_UPDATE"]


def test_everyone_stays_at_the_bottom_and_alive() -> None:
    place = Place()
    assert place.code("PATCH", AT, [{"id": place.names["guild"], "position": 4}]) == 50035
    assert place.code("DELETE", AT + "/{guild}") == 50028


@pytest.mark.parametrize("body", [{"name": "x" * 101}, {"color": -1}, {"permissions": "x"}])
def test_a_wrong_role_changes_nothing(body: object) -> None:
    place = Place()
    before = dict(place.do("GET", AT + "/{role}"))
    assert place.errors("PATCH", AT + "/{role}", body)
    assert place.do("GET", AT + "/{role}") == before


def test_holders_are_counted() -> None:
    place = Place()
    place.do("PUT", "guilds/{guild}/members/{user}/roles/{role}")
    assert place.do("GET", AT + "/member-counts") == {place.names["role"]: 1}
    assert place.code("PUT", "guilds/{guild}/members/{user}/roles/5") == 10011
