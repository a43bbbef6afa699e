"""Synthetic events look like Discord's, go where the gateway would send them, and repeat."""

import json
from collections import Counter

import discord
import pytest

from loadtests._mix import Mix, guild_ids, lane_shares
from loadtests._templates import TEMPLATES
from runtime.core.deadline import is_expired
from runtime.core.routing import Subjects

NOW = 1_800_000_000.0
SUBJECTS = Subjects("discord")


def test_the_same_seed_and_name_draw_the_same_events() -> None:
    first, second = (Mix(SUBJECTS, seed=5, draws="a") for _ in range(2))
    assert [first.draw(NOW) for _ in range(50)] == [second.draw(NOW) for _ in range(50)]


def test_every_subject_is_the_one_that_the_gateway_would_choose() -> None:
    mix = Mix(SUBJECTS, guilds=20, interactions=0.1)
    for event in (mix.draw(NOW) for _ in range(500)):
        assert event.subject.decode() == SUBJECTS.of(event.event_type, event.body)


def test_the_first_guild_is_the_most_popular() -> None:
    mix = Mix(SUBJECTS, guilds=100)
    drawn = Counter(mix.draw(NOW).guild for _ in range(2000))
    assert drawn.most_common(1)[0][0] == 0


def test_lane_shares_are_a_distribution() -> None:
    shares = lane_shares(1000, seed=1)
    assert sum(shares) == pytest.approx(1.0)
    assert max(shares) > 2 / 64


def test_bodies_are_filled_up_to_the_size() -> None:
    mix = Mix(SUBJECTS, payload_size=3000)
    sizes = {len(e.body) for e in (mix.draw(NOW) for _ in range(50)) if b'"content"' in e.body}
    assert sizes == {3000}


def test_interactions_have_the_share_that_was_asked_for_and_are_fresh() -> None:
    mix = Mix(SUBJECTS, interactions=0.5)
    commands = [
        event.body
        for event in (mix.draw(NOW) for _ in range(400))
        if event.event_type == "INTERACTION_CREATE"
    ]
    assert len(commands) == pytest.approx(200, abs=50)
    assert not is_expired(json.loads(commands[0])["id"], NOW)


def client_in(guild: int) -> discord.Client:
    client = discord.Client(intents=discord.Intents.all())
    user = {"id": "1", "username": "bot", "discriminator": "0", "avatar": None}
    client._connection.user = discord.ClientUser(state=client._connection, data=user)  # type: ignore[arg-type]
    channels = [{"id": str(guild + n), "type": 0, "name": "c", "position": n} for n in range(1, 5)]
    data = {"id": str(guild), "members": [], "channels": channels}
    client._connection._add_guild_from_data(data)  # type: ignore[arg-type]
    return client


@pytest.mark.parametrize("event_type", [template.event_type for template in TEMPLATES])
async def test_discord_py_reads_every_type(event_type: str) -> None:
    mix = Mix(SUBJECTS, guilds=1, interactions=0.2)
    events = (mix.draw(NOW) for _ in range(2000))
    event = next(each for each in events if each.event_type == event_type)
    parsers = client_in(guild_ids(1, 1)[0])._connection.parsers
    parsers[event_type](json.loads(event.body))
