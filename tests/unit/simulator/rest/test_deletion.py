from tests.unit.simulator.rest.place import Place
from tests.unit.simulator.stage import NOW

AT = "channels/{channel}/messages"


def said(place: Place) -> str:
    return str(place.do("POST", AT, {"content": "x"})["id"])


def test_many_go_at_once() -> None:
    place = Place()
    ids = [said(place) for _ in range(3)]
    place.events()
    place.do("POST", AT + "/bulk-delete", {"messages": ids[:2]})
    assert place.events() == ["MESSAGE_DELETE_BULK"]
    assert [m["id"] for m in place.do("GET", AT)] == [ids[2]]


def test_old_messages_go_one_by_one_only() -> None:
    place = Place()
    body = {"messages": [said(place), said(place)]}
    late = NOW + 15 * 86_400
    assert place.code("POST", AT + "/bulk-delete", body, now=late) == 50034
    assert place.code("POST", AT + "/bulk-delete", {"messages": ["1"]}) == 50035


def test_somebody_elses_message_needs_a_permission_and_is_noted() -> None:
    place = Place()
    ids = [said(place), said(place)]
    for ident in ids:
        place.api.message(place.id + 1, int(ident))["author"] = place.user
    place.do("DELETE", f"{AT}/{ids[0]}")
    entry = place.do("GET", "guilds/{guild}/audit-logs")["audit_log_entries"][0]
    assert (entry["action_type"], entry["target_id"]) == (72, place.user["id"])
    place.restrict(1 << 10)
    assert place.code("DELETE", f"{AT}/{ids[1]}") == 50013
