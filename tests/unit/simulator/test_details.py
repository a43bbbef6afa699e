import pytest

from tests.unit.simulator.stage import Client, make_api


def ready() -> Client:
    client = Client(make_api())
    client.read()
    client.identify()
    return client


def answers(op: int, d: object) -> list[tuple[str, object]]:
    return [(payload["t"], payload["d"]) for payload in ready().send(op, d)]


def test_a_guild_has_no_sounds_and_an_unknown_one_is_not_spoken_of() -> None:
    guild = str(make_api().world.guild_ids()[0])
    told = {"guild_id": guild, "soundboard_sounds": []}
    assert answers(31, {"guild_ids": [guild, "5"]}) == [("SOUNDBOARD_SOUNDS", told)]


def test_the_voice_channels_of_a_guild_have_the_fields_that_were_asked_for() -> None:
    guild = make_api().world.guild_ids()[0]
    asked = {"guild_id": str(guild), "fields": ["status", "weather"]}
    channels = [{"id": str(guild + 4), "status": None}]
    assert answers(43, asked) == [("CHANNEL_INFO", {"guild_id": str(guild), "channels": channels})]


@pytest.mark.parametrize(("op", "d"), [(31, None), (31, {}), (43, {}), (43, {"guild_id": "x"})])
def test_what_cannot_be_read_closes_with_4002(op: int, d: object) -> None:
    client = ready()
    client.send(op, d)
    assert client.close_code == 4002
