from simulator.core.rest.invites import code_of
from tests.unit.simulator.rest.place import Place
from tests.unit.simulator.stage import NOW

AT = "channels/{channel}/invites"


def test_an_invite_is_found_by_its_code_until_it_is_taken_back() -> None:
    place = Place()
    place.events()
    code = place.do("POST", AT, {"max_age": 0, "max_uses": 5})["code"]
    assert place.do("GET", f"invites/{code}", with_counts="1")["approximate_member_count"] == 13
    assert [i["code"] for i in place.do("GET", AT)] == [code]
    assert [i["code"] for i in place.do("GET", "guilds/{guild}/invites")] == [code]
    place.do("DELETE", f"invites/{code}")
    assert place.code("GET", f"invites/{code}") == 10006
    assert place.events() == ["INVITE_CREATE", "INVITE_DELETE"]


def test_an_invite_ends_after_its_age() -> None:
    place = Place()
    code = place.do("POST", AT, {"max_age": 60})["code"]
    assert place.ask("GET", f"invites/{code}", now=NOW + 59).status == 200
    assert place.code("GET", f"invites/{code}", now=NOW + 61) == 10006


def test_a_wrong_invite_is_a_form_error() -> None:
    assert set(Place().errors("POST", AT, {"max_age": -1, "max_uses": 101})) == {
        "max_age", "max_uses",
    }  # fmt: skip


def test_codes_of_numbers_differ() -> None:
    assert len({code_of(number) for number in range(1, 1000)}) == 999
