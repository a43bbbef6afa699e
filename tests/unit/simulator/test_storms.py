from collections import Counter

import msgspec
import pytest

from simulator.core.emission import Emission
from simulator.core.interactions import Interaction
from simulator.core.mix import Mix
from simulator.core.rest.context import Api
from simulator.core.storms import Storm, Storms, parse
from simulator.errors import WrongValue
from tests.unit.simulator.stage import NOW, make_api


def storms(api: Api) -> Storms:
    mix = Mix(api.world, api.scenes, api.ids, 1, "modern", 0.0)
    return Storms(api.world, api.scenes, api.ids, mix, api.commands)


def all_of(storm: Storm, api: Api | None = None) -> list[tuple[float, Emission]]:
    made = storms(api or make_api(guilds=4))
    made.begin(storm, NOW)
    return [(event.at - NOW, event) for event in made.take(NOW + 3600, 100_000)]


def test_a_raid_joins_writes_the_same_and_is_deleted_in_pages_of_100() -> None:
    events = [event for _, event in all_of(Storm("raid", events=250))]
    counts = Counter(event.name for event in events)
    assert counts == {b"GUILD_MEMBER_ADD": 250, b"MESSAGE_CREATE": 250, b"MESSAGE_DELETE_BULK": 3}
    texts = {msgspec.json.decode(e.d)["content"] for e in events if e.name == b"MESSAGE_CREATE"}
    deleted = [i for e in events[-3:] for i in msgspec.json.decode(e.d)["ids"]]
    assert (len(texts), len(set(deleted))) == (1, 250)


def test_an_outage_takes_every_guild_and_brings_it_back() -> None:
    events = all_of(Storm("outage", seconds=30))
    assert [(at, event.name) for at, event in events] == [
        *[(0.0, b"GUILD_DELETE")] * 4,
        *[(30.0, b"GUILD_CREATE")] * 4,
    ]
    assert len({event.guild for _, event in events}) == 4


def test_a_member_update_storm_is_the_bot_in_every_guild_at_once() -> None:
    api = make_api(guilds=4)
    events = all_of(Storm("member_updates"), api)
    assert {at for at, _ in events} == {0.0}
    ids = {msgspec.json.decode(event.d)["user"]["id"] for _, event in events}
    assert (len(events), ids) == (4, {api.world.bot["id"]})


def test_a_flash_crowd_invokes_one_command_in_one_guild_within_its_seconds() -> None:
    api = make_api()
    api.commands.replace(0, [{"id": "1", "name": "ping", "type": 1}])
    events = all_of(Storm("flash_crowd", events=300, seconds=3), api)
    assert all(isinstance(event.owed, Interaction) for _, event in events)
    assert (len(events), len({event.guild for _, event in events})) == (300, 1)
    assert 2.9 < events[-1][0] < 3.0


def test_a_flash_crowd_without_a_command_is_told() -> None:
    with pytest.raises(WrongValue, match="needs a registered command"):
        all_of(Storm("flash_crowd"))


def test_events_come_when_they_are_intended_and_not_before() -> None:
    made = storms(make_api(guilds=4))
    made.begin(Storm("outage", seconds=30), NOW)
    assert len(made.take(NOW + 29.9, 100)) == 4
    assert (made.next_at(), len(made.take(NOW + 30, 3))) == (NOW + 30, 3)


@pytest.mark.parametrize(
    "wrong", [{}, [], {"kind": "hail"}, {"kind": "raid", "events": 0}, {"kind": "raid", "x": 1}]
)
def test_what_is_no_storm_is_told(wrong: object) -> None:
    with pytest.raises(WrongValue):
        parse(wrong)
