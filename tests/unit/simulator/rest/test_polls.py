import pytest

from simulator.core.rest import polls
from simulator.core.rest.route import ApiError
from tests.unit.simulator.rest.place import Place
from tests.unit.simulator.stage import NOW

AT = "channels/{channel}/polls"
POLL = {"question": {"text": "?"}, "answers": [{"poll_media": {"text": t}} for t in "ab"]}


def asked(place: Place, **more: object) -> str:
    body = {"poll": {**POLL, **more}}
    return str(place.do("POST", "channels/{channel}/messages", body)["id"])


def vote(place: Place, poll: str, answer: int, now: float = NOW, comes: bool = True) -> None:
    message = place.api.message(place.id + 1, int(poll))
    polls.vote(place.api, message, answer, place.user, now, comes)


def test_a_vote_is_counted_and_told() -> None:
    place = Place()
    poll = asked(place)
    place.events()
    vote(place, poll, 1)
    assert place.do("GET", f"{AT}/{poll}/answers/1")["users"] == [place.user]
    results = place.do("GET", "channels/{channel}/messages/" + poll)["poll"]["results"]
    assert results["answer_counts"] == [{"id": 1, "count": 1, "me_voted": False}]
    assert place.events() == ["MESSAGE_POLL_VOTE_ADD"]


def test_a_second_answer_replaces_the_first_unless_several_are_allowed() -> None:
    for several, voters in ((False, 0), (True, 1)):
        place = Place()
        poll = asked(place, allow_multiselect=several)
        vote(place, poll, 1)
        vote(place, poll, 2)
        assert len(place.do("GET", f"{AT}/{poll}/answers/1")["users"]) == voters


def test_an_ended_poll_takes_no_vote_and_tells_its_result() -> None:
    place = Place()
    poll = asked(place)
    place.events()
    assert place.do("POST", f"{AT}/{poll}/expire")["poll"]["results"]["is_finalized"]
    assert place.events() == ["MESSAGE_UPDATE", "MESSAGE_CREATE"]
    with pytest.raises(ApiError, match="expired"):
        vote(place, poll, 1)
    assert place.code("POST", f"{AT}/{poll}/expire") == 520001


def test_a_poll_ends_by_itself() -> None:
    place = Place()
    poll = asked(place, duration=1)
    with pytest.raises(ApiError, match="expired"):
        vote(place, poll, 1, now=NOW + 3601)


def test_a_poll_needs_a_question_and_answers() -> None:
    errors = Place().errors("POST", "channels/{channel}/messages", {"poll": {"answers": []}})
    assert set(errors["poll"]) == {"question", "answers"}


def test_the_result_is_a_message_of_discords_own() -> None:
    place = Place()
    place.do("POST", f"{AT}/{asked(place)}/expire")
    result = place.do("GET", "channels/{channel}/messages")[0]
    path = f"channels/{{channel}}/messages/{result['id']}"
    assert place.code("PATCH", path, {"content": "x"}) == 50021
    assert place.code("PUT", f"channels/{{channel}}/messages/pins/{result['id']}") == 50021
