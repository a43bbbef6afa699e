import pytest

from simulator.core.rest.route import File
from tests.unit.simulator.rest.deeds import PICTURE, STICKER
from tests.unit.simulator.rest.place import Place

AT = "guilds/{guild}"
OWN = "applications/{app}/emojis"


def test_an_emoji_is_made_renamed_and_deleted_and_all_are_told_each_time() -> None:
    place = Place()
    place.events()
    emoji = place.do("POST", AT + "/emojis", {"name": "disc", "image": PICTURE})
    assert (emoji["animated"], emoji["user"]["id"]) == (False, place.names["app"])
    one = f"{AT}/emojis/{emoji['id']}"
    assert place.do("PATCH", one, {"name": "frisbee", "image": PICTURE})["name"] == "frisbee"
    assert "image" not in place.do("GET", one)
    place.do("DELETE", one)
    assert place.code("GET", one) == 10014
    assert place.events() == ["GUILD_EMOJIS_UPDATE"] * 3


def test_a_gif_moves() -> None:
    body = {"name": "disc", "image": PICTURE.replace("png", "gif")}
    assert Place().do("POST", AT + "/emojis", body)["animated"]


def test_fifty_emojis_are_all_there_are() -> None:
    place = Place()
    body = {"name": "disc", "image": PICTURE}
    for _ in range(50):
        place.do("POST", AT + "/emojis", body)
    assert place.code("POST", AT + "/emojis", body) == 30008


@pytest.mark.parametrize(
    ("body", "keys"),
    [({}, {"name", "image"}), ({"name": "x", "image": PICTURE}, {"name"}),
     ({"name": "disc", "image": "https://x"}, {"image"})],
)  # fmt: skip
def test_a_wrong_emoji_is_a_form_error(body: object, keys: set[str]) -> None:
    assert set(Place().errors("POST", AT + "/emojis", body)) == keys


def test_a_sticker_needs_a_picture_and_can_be_sent() -> None:
    place = Place()
    body = {"name": "disc", "tags": "t", "description": ""}
    assert set(place.errors("POST", AT + "/stickers", body)) == {"file"}
    text = File("file", "x.txt", "text/plain", 1)
    assert place.ask("POST", AT + "/stickers", body, text).status == 400
    ident = place.do("POST", AT + "/stickers", body, STICKER)["id"]
    assert place.do("GET", f"stickers/{ident}")["format_type"] == 1
    sent = place.do("POST", "channels/{channel}/messages", {"sticker_ids": [ident]})
    assert sent["sticker_items"] == [{"id": ident, "name": "disc", "format_type": 1}]
    assert place.code("POST", "channels/{channel}/messages", {"sticker_ids": ["5"]}) == 10060


def test_a_sound_is_made_played_and_deleted() -> None:
    place = Place()
    place.events()
    sound = place.do("POST", AT + "/soundboard-sounds", {"name": "quack", "sound": "data:x"})
    assert place.do("GET", AT + "/soundboard-sounds") == {"items": [sound]}
    path = "channels/{voice}/send-soundboard-sound"
    place.do("POST", path, {"sound_id": sound["sound_id"]})
    place.do("DELETE", f"{AT}/soundboard-sounds/{sound['sound_id']}")
    assert place.code("POST", path, {"sound_id": sound["sound_id"]}) == 10097
    assert place.events() == [
        "GUILD_SOUNDBOARD_SOUND_CREATE", "VOICE_CHANNEL_EFFECT_SEND",
        "GUILD_SOUNDBOARD_SOUND_DELETE",
    ]  # fmt: skip


def test_the_application_has_emojis_of_its_own() -> None:
    place = Place()
    emoji = place.do("POST", OWN, {"name": "disc", "image": PICTURE})
    one = f"{OWN}/{emoji['id']}"
    assert place.do("PATCH", one, {"name": "frisbee"})["name"] == "frisbee"
    assert [e["name"] for e in place.do("GET", OWN)["items"]] == ["frisbee"]
    place.do("DELETE", one)
    assert place.code("GET", one) == 10014
    assert place.code("GET", "applications/5/emojis") == 20012


@pytest.mark.parametrize("kind", ["emojis", "stickers", "soundboard-sounds"])
def test_an_unknown_guild_has_none(kind: str) -> None:
    assert Place().code("GET", f"guilds/5/{kind}") == 10004
