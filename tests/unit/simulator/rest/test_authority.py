import pytest

from simulator.core.rest.authority import Permission, held
from tests.unit.simulator.rest.place import Place

SEE = int(Permission.VIEW_CHANNEL)


def test_a_bot_may_do_everything_unless_told_otherwise() -> None:
    place = Place()
    assert (held(place.api, place.guild) or 0) & Permission.MANAGE_GUILD


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "channels/{channel}/messages"), ("PATCH", "guilds/{guild}"),
     ("PUT", "guilds/{guild}/bans/{user}"), ("POST", "guilds/{guild}/roles"),
     ("DELETE", "guilds/{guild}/members/{user}"), ("GET", "guilds/{guild}/audit-logs"),
     ("PUT", "guilds/{guild}/members/{user}/roles/{role}"), ("DELETE", "channels/{channel}")],
)  # fmt: skip
def test_what_the_bot_may_not_is_50013(method: str, path: str) -> None:
    place = Place()
    place.restrict(SEE)
    assert place.code(method, path, {}) == 50013


def test_a_channel_that_the_bot_cannot_see_is_50001() -> None:
    place = Place()
    place.restrict(SEE | Permission.SEND_MESSAGES)
    hidden = {"id": place.names["guild"], "type": 0, "allow": "0", "deny": str(SEE)}
    place.api.channel(place.id + 1)["permission_overwrites"] = [hidden]
    assert place.code("GET", "channels/{channel}") == 50001
    assert place.code("POST", "channels/{channel}/messages", {"content": "x"}) == 50001


def test_an_overwrite_of_the_bot_counts_last() -> None:
    place = Place()
    place.restrict(0)
    overwrites = [
        {"id": place.names["guild"], "type": 0, "allow": "0", "deny": str(SEE)},
        {"id": place.names["app"], "type": 1, "allow": str(SEE), "deny": "0"},
    ]
    place.api.channel(place.id + 1)["permission_overwrites"] = overwrites
    assert place.ask("GET", "channels/{channel}").status == 200


def test_a_role_of_the_bot_gives_what_it_has() -> None:
    place = Place()
    place.restrict(SEE)
    place.guild["roles"][1]["permissions"] = str(int(Permission.MANAGE_ROLES))
    me = place.api.world.member(place.id, int(place.names["app"])) or {}
    me["roles"].append(place.names["role"])
    assert place.ask("POST", "guilds/{guild}/roles", {"name": "n"}).status == 200


def test_a_timeout_needs_a_permission_of_its_own() -> None:
    place = Place()
    place.restrict(int(Permission.MANAGE_NICKNAMES))
    path = "guilds/{guild}/members/{user}"
    assert place.ask("PATCH", path, {"nick": "n"}).status == 200
    until = {"communication_disabled_until": "2025-06-16T00:00:00+00:00"}
    assert place.code("PATCH", path, until) == 50013


def test_a_guild_that_the_bot_left_is_unknown() -> None:
    place = Place()
    place.do("DELETE", "users/@me/guilds/{guild}")
    assert place.code("GET", "guilds/{guild}") == 10004
    assert place.code("GET", "channels/{channel}") == 50001
    assert place.names["guild"] not in {g["id"] for g in place.do("GET", "users/@me/guilds")}


def test_interactions_ask_for_no_permission() -> None:
    place = Place()
    hook = place.do("POST", "channels/{channel}/webhooks", {"name": "n"})
    place.restrict(0)
    assert (
        place.ask("POST", f"webhooks/{hook['id']}/{hook['token']}", {"content": "x"}).status == 204
    )
