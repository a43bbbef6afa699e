from tests.unit.simulator.rest.place import Place

AT = "guilds/{guild}/messages/search"


def test_messages_are_found_by_what_they_say_and_who_said_it() -> None:
    place = Place()
    for text in ("a birdie", "a bogey", "par"):
        place.do("POST", "channels/{channel}/messages", {"content": text})
    found = place.do("GET", AT, content="a b", limit="1")
    assert (found["total_results"], found["messages"][0][0]["content"]) == (2, "a bogey")
    assert place.do("GET", AT, author_id=place.user["id"])["total_results"] == 0
    assert place.do("GET", AT, channel_id=place.names["voice"])["total_results"] == 0
