from typing import Any

from simulator.core.rest.context import Api
from tests.unit.simulator.stage import Client, body_of, call, make_api


def there() -> tuple[Api, Client, str, str]:
    """An API, a client that sees its events, a guild and one of its members."""
    api = make_api()
    client = Client(api)
    client.identify()
    guild = api.world.guild_ids()[0]
    member = api.guild(guild)["members"][0]["user"]["id"]
    return api, client, f"guilds/{guild}", member


def events(client: Client) -> list[str]:
    """What was dispatched, without the entries of the audit log."""
    told = [payload["t"] for payload in client.read()]
    return [event for event in told if event != "GUILD_AUDIT_LOG_ENTRY_CREATE"]


def code_of(response: Any) -> int:
    return int(response.body["code"])


def test_a_guild_is_shown_with_counts_on_demand() -> None:
    api, _, guild, _ = there()
    assert body_of(call(api, "GET", guild, with_counts="true"))["approximate_member_count"] == 13
    assert code_of(call(api, "GET", "guilds/1")) == 10004


def test_members_page_by_id() -> None:
    api, _, guild, _ = there()
    first = body_of(call(api, "GET", f"{guild}/members", limit="5"))
    rest = body_of(call(api, "GET", f"{guild}/members", limit="50", after=first[-1]["user"]["id"]))
    assert (len(first), len(rest)) == (5, 8)


def test_a_role_is_made_given_taken_and_deleted() -> None:
    api, client, guild, member = there()
    role = body_of(call(api, "POST", f"{guild}/roles", {"name": "caddie"}))["id"]
    path = f"{guild}/members/{member}"
    assert call(api, "PUT", f"{path}/roles/{role}").status == 204
    assert body_of(call(api, "GET", path))["roles"] == [role]
    assert call(api, "DELETE", f"{guild}/roles/{role}").status == 204
    assert body_of(call(api, "GET", path))["roles"] == []
    assert events(client) == ["GUILD_ROLE_CREATE", "GUILD_MEMBER_UPDATE", "GUILD_ROLE_DELETE"]


def test_a_kicked_member_is_unknown() -> None:
    api, client, guild, member = there()
    assert call(api, "DELETE", f"{guild}/members/{member}").status == 204
    assert code_of(call(api, "GET", f"{guild}/members/{member}")) == 10007
    assert events(client) == ["GUILD_MEMBER_REMOVE"]


def test_a_nick_changes() -> None:
    api, client, guild, member = there()
    assert (
        body_of(call(api, "PATCH", f"{guild}/members/{member}", {"nick": "Ace"}))["nick"] == "Ace"
    )
    assert events(client) == ["GUILD_MEMBER_UPDATE"]


def test_bans_come_and_go() -> None:
    api, client, guild, member = there()
    assert call(api, "PUT", f"{guild}/bans/{member}").status == 204
    assert [ban["user"]["id"] for ban in body_of(call(api, "GET", f"{guild}/bans"))] == [member]
    assert call(api, "DELETE", f"{guild}/bans/{member}").status == 204
    assert code_of(call(api, "GET", f"{guild}/bans/{member}")) == 10026
    assert events(client) == ["GUILD_MEMBER_REMOVE", "GUILD_BAN_ADD", "GUILD_BAN_REMOVE"]


def test_a_channel_lives_from_create_to_delete() -> None:
    api, client, guild, _ = there()
    made = body_of(call(api, "POST", f"{guild}/channels", {"name": "cards"}))
    path = f"channels/{made['id']}"
    assert body_of(call(api, "PATCH", path, {"topic": "t"}))["topic"] == "t"
    assert call(api, "POST", f"{path}/messages", {"content": "x"}).status == 200
    assert call(api, "DELETE", path).status == 200
    assert code_of(call(api, "GET", path)) == 10003
    assert events(client) == [
        "CHANNEL_CREATE",
        "CHANNEL_UPDATE",
        "MESSAGE_CREATE",
        "CHANNEL_DELETE",
    ]


def test_a_thread_belongs_to_its_channel() -> None:
    api, client, guild, _ = there()
    parent = body_of(call(api, "GET", f"{guild}/channels"))[0]["id"]
    made = body_of(call(api, "POST", f"channels/{parent}/threads", {"name": "round 1"}))
    assert made["parent_id"] == parent
    assert body_of(call(api, "GET", f"{guild}/threads/active"))["threads"] == [made]
    assert events(client) == ["THREAD_CREATE"]
