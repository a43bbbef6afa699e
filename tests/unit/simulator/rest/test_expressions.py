import pytest

from tests.unit.simulator.stage import body_of, call, make_api


@pytest.mark.parametrize("kind", ["emojis", "stickers"])
def test_a_guild_has_none_and_says_so(kind: str) -> None:
    api = make_api()
    at = f"guilds/{api.world.guild_ids()[0]}/{kind}"
    assert body_of(call(api, "GET", at)) == []
    assert call(api, "GET", at + "/5").status == 404


def test_the_emojis_of_the_application_and_the_sounds_of_a_guild_come_as_items() -> None:
    api = make_api()
    sounds = f"guilds/{api.world.guild_ids()[0]}/soundboard-sounds"
    for path in (sounds, "applications/{app}/emojis"):
        assert body_of(call(api, "GET", path)) == {"items": []}


def test_an_unknown_guild_has_no_emojis() -> None:
    assert call(make_api(), "GET", "guilds/5/emojis").status == 404
