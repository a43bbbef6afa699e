from tests.unit.simulator.rest.place import Place
from tests.unit.simulator.stage import NOW, body_of, call, make_api


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


def test_pins_come_latest_first_page_and_are_told() -> None:
    place = Place()
    at, ids = "channels/{channel}/messages", []
    for number in range(3):
        ids.append(place.do("POST", at, {"content": "x"})["id"])
        place.do("PUT", f"{at}/pins/{ids[-1]}", now=NOW + number)
    first = place.do("GET", at + "/pins", limit="2")
    assert [item["message"]["id"] for item in first["items"]] == [ids[2], ids[1]]
    rest = place.do("GET", at + "/pins", before=first["items"][-1]["pinned_at"])
    assert ([item["message"]["id"] for item in rest["items"]], rest["has_more"]) == (
        [ids[0]],
        False,
    )
    place.events()
    place.do("DELETE", f"{at}/pins/{ids[0]}")
    assert place.events() == ["MESSAGE_UPDATE", "CHANNEL_PINS_UPDATE"]
    actions = [e["action_type"] for e in place.do("GET", "guilds/{guild}/audit-logs")[
        "audit_log_entries"]]  # fmt: skip
    assert actions == [75, 74, 74, 74]
