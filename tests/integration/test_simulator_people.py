"""People of the fake Discord and a real discord.py bot: each act, and what shows of it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import discord
import pytest

from simulator import FakeDiscord
from simulator.errors import WrongValue
from simulator.users import User
from tests.eventually import eventually
from tests.integration.people_bot import PeopleBot

WAIT = 30.0


@pytest.fixture
async def bot() -> PeopleBot:
    return PeopleBot()


@pytest.fixture
async def fake(bot: PeopleBot) -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(guilds=1, grace=0) as discord_, discord_.running(bot):
        await eventually(discord_.api.commands.leaves)
        yield discord_


@pytest.fixture
async def ann(fake: FakeDiscord) -> User:
    return fake.user("ann")


@pytest.fixture
async def http(fake: FakeDiscord) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(fake.url.removesuffix("/api")) as session:
        yield session


async def act(http: aiohttp.ClientSession, name: str, **body: Any) -> Any:
    """One act over the control API; what it showed."""
    async with http.post(f"/sim/users/ann/{name}", json={"wait": WAIT, **body}) as response:
        assert response.status == 200, await response.text()
        return await response.json()


EVERYTHING: dict[str, Any] = {
    "text": "t", "whole": 5, "size": 0.5, "truth": True, "who": "bob", "where": "general",
    "role": "player", "anyone": "player", "colour": "red",
}  # fmt: skip
TOLD = "t 5 0.5 True bob general player player a card red"


async def test_a_command_takes_every_kind_of_option(ann: User) -> None:
    card = ("card.txt", b"a card")
    reply = await ann.slash("everything", wait=WAIT, **EVERYTHING, card=card)
    assert reply["content"] == TOLD


async def test_the_same_over_the_control_api(http: aiohttp.ClientSession) -> None:
    card = {"filename": "card.txt", "content": "a card"}
    reply = await act(http, "commands", command="everything", options={**EVERYTHING, "card": card})
    assert reply["content"] == TOLD


@pytest.mark.parametrize(
    ("menu", "chosen", "told"),
    [("plain", ["Red"], "r"), ("users", ["bob"], "bob"), ("roles", ["player"], "player"),
     ("channels", ["rounds"], "rounds"), ("anyone", ["bob", "cyd"], "bob cyd")],
)  # fmt: skip
async def test_every_kind_of_menu_takes_its_choice(
    ann: User, menu: str, chosen: list[str], told: str
) -> None:
    shown = await ann.slash("panel", wait=WAIT)
    assert (await ann.select(shown, menu, *chosen, wait=WAIT))["content"] == told


async def test_a_modal_below_a_button_edits_its_message(ann: User) -> None:
    shown = await ann.slash("survey", wait=WAIT)
    modal = await ann.click(shown, "ask", wait=WAIT)
    edited = await ann.submit(modal, name="Ann", friend=["bob"], wait=WAIT)
    assert (edited["_event"], edited["id"]) == ("edit", shown["id"])
    assert edited["content"] == "Ann and bob"


async def test_the_same_modal_over_the_control_api(http: aiohttp.ClientSession) -> None:
    shown = await act(http, "commands", command="survey")
    where = {"channel_id": shown["channel_id"], "message_id": shown["id"]}
    modal = await act(http, "components", custom_id="ask", **where)
    told = await act(http, "modals", modal=modal, fields={"name": "Ann", "friend": ["bob"]})
    assert told["content"] == "Ann and bob"


async def test_menus_on_people_and_messages(ann: User, fake: FakeDiscord) -> None:
    bob = fake.user("bob")
    assert (await ann.menu("Whois", bob.person, wait=WAIT))["content"] == "this is bob"
    quoted = await ann.menu("Quote", bob.write("words"), wait=WAIT)
    assert (quoted["content"], quoted["flags"]) == ("> words", 64)


async def test_menus_over_the_control_api(http: aiohttp.ClientSession) -> None:
    assert (await act(http, "menus", command="Whois", user="bob"))["content"] == "this is bob"
    said = await act(http, "messages", content="words", wait=0)
    where = {"channel_id": said["channel_id"], "message_id": said["id"]}
    assert (await act(http, "menus", command="Quote", **where))["content"] == "> words"


async def test_edits_reactions_and_deletions_are_seen(ann: User) -> None:
    said = ann.write("one")
    for deed, told in (
        (lambda: ann.edit(said, "two"), "edited to two"),
        (lambda: ann.react(said, "👍"), "added 👍"),
        (lambda: ann.unreact(said, "👍"), "removed 👍"),
        (lambda: ann.delete(said), "deleted"),
    ):
        assert (await ann.upon(deed, wait=WAIT))["content"] == told


async def test_edits_reactions_and_deletions_over_the_control_api(
    http: aiohttp.ClientSession,
) -> None:
    said = await act(http, "messages", content="one", wait=0)
    where = {"channel_id": said["channel_id"], "message_id": said["id"]}
    for name, more, told in (
        ("edits", {"content": "two"}, "edited to two"), ("reactions", {"emoji": "👍"}, "added 👍"),
        ("reactions", {"emoji": "👍", "remove": True}, "removed 👍"), ("deletions", {}, "deleted"),
    ):  # fmt: skip
        assert (await act(http, name, **where, **more))["content"] == told


async def test_people_come_and_go(ann: User, bot: PeopleBot) -> None:
    assert (await ann.upon(ann.leave, wait=WAIT))["content"] == "bye ann"
    guild = bot.guilds[0]
    with pytest.raises(discord.NotFound):
        await guild.fetch_member(ann.id)
    assert (await ann.upon(ann.join, wait=WAIT))["content"] == "welcome ann"
    assert (await guild.fetch_member(ann.id)).name == "ann"


async def test_comings_goings_and_voice_over_the_control_api(
    http: aiohttp.ClientSession, fake: FakeDiscord
) -> None:
    assert (await act(http, "membership", joined=False))["content"] == "bye ann"
    assert (await act(http, "membership"))["content"] == "welcome ann"
    voice = str(fake.api.world.guild_ids()[0] + 4)
    assert (await act(http, "voice", voice_channel_id=voice))["content"] == "ann in Voice"
    assert (await act(http, "voice", voice_channel_id=None))["content"] == "ann in nowhere"
    assert await act(http, "typing", wait=0) == {}


async def test_a_poll_is_voted_in_and_ended(ann: User, bot: PeopleBot) -> None:
    poll = discord.Poll("Where?", duration=timedelta(hours=1))
    poll.add_answer(text="here")
    sent = await bot.guilds[0].text_channels[0].send(poll=poll)
    message = {"channel_id": str(sent.channel.id), "id": str(sent.id)}
    assert (await ann.upon(lambda: ann.vote(message, 1), wait=WAIT))["content"] == "vote for 1"
    fetched = await sent.channel.fetch_message(sent.id)
    assert fetched.poll is not None
    assert [voter.name async for voter in fetched.poll.answers[0].voters()] == ["ann"]
    assert (await fetched.end_poll()).poll is not None


async def test_what_a_client_would_not_offer_is_told(
    ann: User, http: aiohttp.ClientSession
) -> None:
    shown = await ann.slash("panel", wait=WAIT)
    with pytest.raises(WrongValue, match="no button 'go'; there are: none"):
        await ann.click(shown, "go")
    with pytest.raises(WrongValue, match="needs the option 'text'"):
        await ann.slash("everything")
    body = {"command": "everything", "options": {"whole": "x"}}
    async with http.post("/sim/users/ann/commands", json=body) as response:
        assert (response.status, list(await response.json())) == (400, ["error"])
