import pytest

from tests.unit.simulator.rest.place import Place

ALL = "guilds/{guild}/channels"


def test_a_channel_may_be_of_any_kind() -> None:
    place = Place()
    kinds = [place.do("POST", ALL, {"name": "n", "type": k})["type"] for k in (0, 2, 4, 5, 13, 15)]
    assert kinds == [0, 2, 4, 5, 13, 15]


def test_tags_of_a_forum_get_ids() -> None:
    forum = Place().do("POST", ALL, {"name": "n", "type": 15, "available_tags": [{"name": "t"}]})
    assert forum["available_tags"][0]["id"].isdecimal()


def test_channels_move_together_and_into_a_category() -> None:
    place = Place()
    home = place.do("POST", ALL, {"name": "home", "type": 4})["id"]
    place.events()
    moves = [{"id": place.names["channel"], "position": 9, "parent_id": home}]
    assert place.ask("PATCH", ALL, moves).status == 204
    moved = place.do("GET", "channels/{channel}")
    assert (moved["position"], moved["parent_id"]) == (9, home)
    assert place.events() == ["CHANNEL_UPDATE"]
    place.do("DELETE", f"channels/{home}")
    assert place.do("GET", "channels/{channel}")["parent_id"] is None


@pytest.mark.parametrize(
    ("body", "key"),
    [({}, "name"), ({"name": "x" * 101}, "name"), ({"name": "n", "type": 99}, "type"),
     ({"name": "n", "rate_limit_per_user": 99_999}, "rate_limit_per_user"),
     ({"name": "n", "parent_id": "5"}, "parent_id")],
)  # fmt: skip
def test_a_wrong_channel_is_not_made(body: object, key: str) -> None:
    place = Place()
    assert set(place.errors("POST", ALL, body)) == {key}
    assert len(place.guild["channels"]) == 4


def test_a_followed_channel_is_a_webhook_of_the_follower() -> None:
    place = Place()
    news = place.do("POST", ALL, {"name": "n", "type": 5})["id"]
    body = {"webhook_channel_id": place.names["channel"]}
    made = place.do("POST", f"channels/{news}/followers", body)
    assert made["channel_id"] == news
    [hook] = place.do("GET", "channels/{channel}/webhooks")
    assert (hook["id"], hook["type"]) == (made["webhook_id"], 2)
    assert place.code("POST", "channels/{channel}/followers", body) == 50024


def test_typing_is_seen() -> None:
    place = Place()
    place.events()
    place.do("POST", "channels/{channel}/typing")
    assert place.events() == ["TYPING_START"]


def test_a_text_channel_converts_to_news_only() -> None:
    place = Place()
    assert place.do("PATCH", "channels/{channel}", {"type": 5})["type"] == 5
    assert set(place.errors("PATCH", "channels/{channel}", {"type": 2})) == {"type"}
