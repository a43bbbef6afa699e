from typing import Any

from tests.unit.simulator.rest.place import Place


def begun(place: Place, **more: Any) -> str:
    body = {"name": "round", "type": 11, **more}
    return str(place.do("POST", "channels/{channel}/threads", body)["id"])


def test_a_thread_of_a_message_has_its_id_and_is_shown_on_it() -> None:
    place = Place()
    message = place.do("POST", "channels/{channel}/messages", {"content": "x"})["id"]
    place.events()
    path = f"channels/{{channel}}/messages/{message}/threads"
    assert place.do("POST", path, {"name": "n"})["id"] == message
    assert place.events() == ["THREAD_CREATE", "MESSAGE_UPDATE"]
    shown = place.do("GET", f"channels/{{channel}}/messages/{message}")
    assert (shown["flags"], shown["thread"]["id"]) == (32, message)
    assert place.code("POST", path, {"name": "n"}) == 160004


def test_a_post_of_a_forum_begins_with_a_message() -> None:
    place = Place()
    forum = place.do("POST", "guilds/{guild}/channels", {"name": "f", "type": 15})["id"]
    path = f"channels/{forum}/threads"
    post = place.do("POST", path, {"name": "n", "message": {"content": "hello"}})
    assert post["message"]["id"] == post["id"]
    messages = place.do("GET", f"channels/{post['id']}/messages")
    assert [message["content"] for message in messages] == ["hello"]
    assert place.code("POST", path, {"name": "n"}) == 50006
    assert place.code("POST", f"channels/{forum}/messages", {"content": "x"}) == 50008


def test_people_come_and_go() -> None:
    place = Place()
    at = f"channels/{begun(place)}/thread-members"
    place.events()
    place.do("PUT", at + "/{user}")
    assert len(place.do("GET", at)) == 2
    assert place.do("GET", at + "/{user}", with_member="1")["member"]["user"] == place.user
    place.do("DELETE", at + "/{user}")
    assert place.code("GET", at + "/{user}") == 10021
    assert place.events() == ["THREAD_MEMBERS_UPDATE"] * 2


def test_an_archived_thread_is_listed_apart_and_closed() -> None:
    place = Place()
    thread = begun(place)
    place.events()
    place.do("PATCH", f"channels/{thread}", {"archived": True, "locked": True})
    assert place.events() == ["THREAD_UPDATE"]
    assert place.do("GET", "guilds/{guild}/threads/active")["threads"] == []
    [listed] = place.do("GET", "channels/{channel}/threads/archived/public")["threads"]
    assert listed["thread_metadata"]["locked"]
    assert place.code("PATCH", f"channels/{thread}", {"name": "n"}) == 50083
    assert place.code("PUT", f"channels/{thread}/thread-members/{{user}}") == 50083
    assert place.do("PATCH", f"channels/{thread}", {"archived": False})["id"] == thread


def test_a_private_thread_is_the_usual_kind_and_archived_apart() -> None:
    place = Place()
    thread = place.do("POST", "channels/{channel}/threads", {"name": "n"})
    assert (thread["type"], thread["thread_metadata"]["invitable"]) == (12, True)
    place.do("PATCH", f"channels/{thread['id']}", {"archived": True})
    assert place.do("GET", "channels/{channel}/threads/archived/public")["threads"] == []
    private = place.do("GET", "channels/{channel}/threads/archived/private")["threads"]
    assert len(private) == 1


def test_a_deleted_thread_is_gone() -> None:
    place = Place()
    thread = begun(place)
    place.events()
    place.do("DELETE", f"channels/{thread}")
    assert place.events() == ["THREAD_DELETE"]
    assert place.code("GET", f"channels/{thread}") == 10003


def test_a_wrong_thread_is_a_form_error() -> None:
    place = Place()
    assert set(place.errors("POST", "channels/{channel}/threads", {"type": 5})) == {"name", "type"}
    body = {"name": "n", "auto_archive_duration": 7}
    assert set(place.errors("POST", "channels/{channel}/threads", body)) == {
        "auto_archive_duration"
    }


def test_a_message_is_counted_and_opens_an_archived_thread_unless_it_is_locked() -> None:
    place = Place()
    thread = begun(place)
    say = f"channels/{thread}/messages"
    place.do("PATCH", f"channels/{thread}", {"archived": True})
    place.events()
    place.do("POST", say, {"content": "x"})
    assert place.events() == ["THREAD_UPDATE", "MESSAGE_CREATE"]
    shown = place.do("GET", f"channels/{thread}")
    assert (shown["message_count"], shown["thread_metadata"]["archived"]) == (1, False)
    place.do("PATCH", f"channels/{thread}", {"archived": True, "locked": True})
    assert place.code("POST", say, {"content": "x"}) == 50083
