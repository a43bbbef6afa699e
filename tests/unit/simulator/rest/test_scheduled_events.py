from typing import Any

import pytest

from simulator.core.rest.scheduled_events import interest
from tests.unit.simulator.rest.place import Place

AT = "guilds/{guild}/scheduled-events"
EVENT: dict[str, Any] = {
    "name": "n", "privacy_level": 2, "scheduled_start_time": "2027-01-01T00:00:00Z",
    "scheduled_end_time": "2027-01-02T00:00:00Z", "entity_type": 3,
    "entity_metadata": {"location": "here"},
}  # fmt: skip


def test_an_event_goes_forward_only() -> None:
    place = Place()
    one = f"{AT}/{place.do('POST', AT, EVENT)['id']}"
    for status in (2, 3):
        assert place.do("PATCH", one, {"status": status})["status"] == status
    assert set(place.errors("PATCH", one, {"status": 2})) == {"status"}


@pytest.mark.parametrize(
    ("change", "keys"),
    [({"entity_type": 2}, {"channel_id"}), ({"entity_metadata": None}, {"entity_metadata"}),
     ({"scheduled_end_time": None}, {"scheduled_end_time"}), ({"name": ""}, {"name"})],
)  # fmt: skip
def test_each_kind_of_place_demands_something(change: Any, keys: set[str]) -> None:
    assert set(Place().errors("POST", AT, {**EVENT, **change})) == keys


def test_people_are_interested() -> None:
    place = Place()
    event = place.do("POST", AT, EVENT)
    place.events()
    interest(place.api, place.guild["guild_scheduled_events"][0], place.user, comes=True)
    [entry] = place.do("GET", f"{AT}/{event['id']}/users", with_member="1")
    assert (entry["user"], entry["member"]["user"]) == (place.user, place.user)
    assert place.events() == ["GUILD_SCHEDULED_EVENT_USER_ADD"]


def test_a_client_that_connects_is_told_of_it() -> None:
    place = Place()
    place.do("POST", AT, EVENT)
    told = place.api.world.guild_create(place.id, everyone=True)
    assert len(told["guild_scheduled_events"]) == 1
    assert "bans" not in told


def test_a_deleted_event_is_10070() -> None:
    place = Place()
    one = f"{AT}/{place.do('POST', AT, EVENT)['id']}"
    place.do("DELETE", one)
    assert place.code("GET", one) == 10070
