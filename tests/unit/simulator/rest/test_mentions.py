from typing import Any

from tests.unit.simulator.rest.place import Place


def said(place: Place, content: str, **more: Any) -> Any:
    return place.do("POST", "channels/{channel}/messages", {"content": content, **more})


def test_people_roles_and_everyone_are_mentioned() -> None:
    place = Place()
    message = said(place, "<@{0}> <@!{0}> <@&{1}> @everyone".format(place.user["id"], 5))
    assert [user["id"] for user in message["mentions"]] == [place.user["id"]]
    assert (message["mention_roles"], message["mention_everyone"]) == (["5"], True)


def test_only_those_who_may_be_are_mentioned() -> None:
    place = Place()
    text = f"<@{place.user['id']}> <@&5> <@&6> @here"
    message = said(place, text, allowed_mentions={"parse": [], "roles": ["6"]})
    assert (message["mentions"], message["mention_roles"]) == ([], ["6"])
    assert not message["mention_everyone"]


def test_a_reply_mentions_whom_it_answers_unless_it_says_not() -> None:
    place = Place()
    reference = {"message_reference": {"message_id": said(place, "x")["id"]}}
    assert [u["id"] for u in said(place, "y", **reference)["mentions"]] == [place.names["app"]]
    quiet = said(place, "y", **reference, allowed_mentions={"replied_user": False})
    assert (quiet["mentions"], quiet["type"]) == ([], 19)
    assert quiet["referenced_message"]["content"] == "x"


def test_a_reply_to_nothing_is_refused_unless_it_does_not_mind() -> None:
    place = Place()
    body = {"content": "y", "message_reference": {"message_id": "5"}}
    assert set(place.errors("POST", "channels/{channel}/messages", body)) == {"message_reference"}
    reference = {"message_id": "5", "fail_if_not_exists": False}
    assert said(place, "y", message_reference=reference)["referenced_message"] is None
