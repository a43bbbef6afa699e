from tests.unit.simulator.stage import Client, body_of, call, make_api


def test_an_overwrite_is_put_replaced_and_taken_away() -> None:
    api = make_api()
    channel = api.world.guild_ids()[0] + 1
    one = f"channels/{channel}/permissions/7"
    for body in ({"type": 0, "allow": "8"}, {"type": 0, "deny": 16}):
        assert call(api, "PUT", one, body).status == 204
    shown = body_of(call(api, "GET", f"channels/{channel}"))["permission_overwrites"]
    assert shown == [{"id": "7", "type": 0, "allow": "0", "deny": "16"}]
    assert call(api, "DELETE", one).status == 204
    assert body_of(call(api, "GET", f"channels/{channel}"))["permission_overwrites"] == []


def test_the_sessions_hear_of_it() -> None:
    api = make_api()
    client = Client(api)
    client.read()
    client.identify()
    call(api, "PUT", f"channels/{api.world.guild_ids()[0] + 1}/permissions/7", {"type": 1})
    told = [payload["t"] for payload in client.read()]
    assert told[-2:] == ["CHANNEL_UPDATE", "GUILD_AUDIT_LOG_ENTRY_CREATE"]


def test_an_overwrite_is_for_a_role_or_a_member() -> None:
    api = make_api()
    path = f"channels/{api.world.guild_ids()[0] + 1}/permissions/7"
    assert call(api, "PUT", path, {"type": 2}).status == 400


def test_nobody_set_the_permissions_of_a_command() -> None:
    api = make_api()
    at = f"applications/{{app}}/guilds/{api.world.guild_ids()[0]}/commands/permissions"
    assert body_of(call(api, "GET", at)) == []
