from tests.unit.simulator.rest.place import Place
from tests.unit.simulator.stage import NOW

AT = "guilds/{guild}/bans"


def test_a_ban_keeps_its_reason() -> None:
    place = Place()
    place.do("PUT", AT + "/{user}", reason="spam")
    assert place.do("GET", AT + "/{user}")["reason"] == "spam"


def test_a_ban_takes_late_messages_along() -> None:
    place = Place()
    made = place.do("POST", "channels/{channel}/messages", {"content": "x"})
    kept = place.api.message(place.id + 1, int(made["id"]))
    kept["author"] = place.user
    place.events()
    place.do("PUT", AT + "/{user}", {"delete_message_seconds": 60})
    assert place.events() == ["GUILD_MEMBER_REMOVE", "GUILD_BAN_ADD", "MESSAGE_DELETE_BULK"]


def test_many_are_banned_at_once_and_the_rest_is_told() -> None:
    place = Place()
    done = place.do("POST", "guilds/{guild}/bulk-ban", {"user_ids": [place.user["id"], "5"]})
    assert done == {"banned_users": [place.user["id"]], "failed_users": ["5"]}
    assert place.code("POST", "guilds/{guild}/bulk-ban", {"user_ids": ["5"]}) == 500000


def test_bans_page_by_user() -> None:
    place = Place()
    people = sorted(place.guild["members"][n]["user"]["id"] for n in (3, 4, 5))
    for user in people:
        place.do("PUT", f"{AT}/{user}")
    assert [b["user"]["id"] for b in place.do("GET", AT, after=people[0], limit="1")] == [people[1]]
    assert [b["user"]["id"] for b in place.do("GET", AT, before=people[2])] == people[:2]


def test_a_stranger_is_banned_without_leaving() -> None:
    place = Place()
    stranger = place.api.world.user(399)["id"]
    place.api.world.drop_member(place.id, {"id": stranger})
    place.events()
    place.do("PUT", f"{AT}/{stranger}", now=NOW)
    assert place.events() == ["GUILD_BAN_ADD"]
    assert place.code("PUT", AT + "/5") == 10013
