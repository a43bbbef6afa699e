from tests.unit.simulator.stage import body_of, call, make_api


def test_what_is_pinned_is_listed_in_both_forms_until_it_is_not() -> None:
    api = make_api()
    at = f"channels/{api.world.guild_ids()[0] + 1}"
    ident = body_of(call(api, "POST", f"{at}/messages", {"content": "x"}))["id"]
    assert call(api, "PUT", f"{at}/messages/pins/{ident}").status == 204
    items = body_of(call(api, "GET", f"{at}/messages/pins"))["items"]
    assert [item["message"]["id"] for item in items] == [ident]
    assert [m["id"] for m in body_of(call(api, "GET", f"{at}/pins"))] == [ident]
    assert call(api, "DELETE", f"{at}/pins/{ident}").status == 204
    assert body_of(call(api, "GET", f"{at}/pins")) == []
