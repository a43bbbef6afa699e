"""The example bot inside the real discord.py, talking HTTP to a server that only takes notes."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from runtime.bots import probe
from runtime.bots.frolf.client import FrolfBot
from tests.eventually import eventually

BOT, GUILD, CHANNEL, PLAYER = "100", "200", "300", "400"
USER = {"id": PLAYER, "username": "ann", "discriminator": "0", "avatar": None}
OPTION_TYPES = {str: 3, int: 4}


def as_json(content: dict[str, Any]) -> web.Response:
    """A reply whose Content-Type is exactly what discord.py looks for: no charset."""
    return web.Response(body=json.dumps(content).encode(), content_type="application/json")


class NotingServer:
    """As little of Discord's REST API as the bot needs."""

    def __init__(self) -> None:
        self.replies: list[dict[str, Any]] = []
        self.messages: list[dict[str, Any]] = []
        self.app = web.Application()
        self.app.router.add_get("/users/@me", self._user)
        self.app.router.add_get("/oauth2/applications/@me", self._application)
        self.app.router.add_post("/interactions/{id}/{token}/callback", self._callback)
        self.app.router.add_post("/channels/{id}/messages", self._message)
        self.app.router.add_put("/applications/{id}/commands", self._commands)

    async def _user(self, _: web.Request) -> web.Response:
        return as_json(USER | {"id": BOT, "username": "frolf"})

    async def _application(self, _: web.Request) -> web.Response:
        about = {"id": BOT, "name": "frolf", "icon": None, "description": "", "bot_public": True}
        more = {"bot_require_code_grant": False, "verify_key": "0" * 64, "owner": USER}
        return as_json(about | more)

    async def _commands(self, request: web.Request) -> web.Response:
        commands = await request.json()
        ids = {"id": "700", "application_id": BOT, "version": "1"}
        body = json.dumps([ids | command for command in commands]).encode()
        return web.Response(body=body, content_type="application/json")

    async def _callback(self, request: web.Request) -> web.Response:
        self.replies.append((await request.json())["data"])
        return as_json({"interaction": {"id": request.match_info["id"]}})

    async def _message(self, request: web.Request) -> web.Response:
        sent = await request.json()
        self.messages.append(sent)
        ids = {"id": "900", "channel_id": CHANNEL, "author": USER | {"id": BOT}, "type": 0}
        return as_json(ids | {"content": sent["content"]})


class Table:
    """A player at a channel with the bot in it."""

    def __init__(self, bot: FrolfBot, server: NotingServer) -> None:
        self._bot = bot
        self._server = server

    async def slash(self, name: str, **options: str | int) -> dict[str, Any]:
        """What ``/round <name>`` is answered with."""
        given = [{"name": k, "type": OPTION_TYPES[type(v)], "value": v} for k, v in options.items()]
        command = {"name": name, "type": 1, "options": given}
        before = len(self._server.replies)
        self._bot._connection.parse_interaction_create(interaction(command))
        await eventually(lambda: len(self._server.replies) > before)
        return self._server.replies[-1]

    async def says(self, content: str) -> str:
        """What a message is answered with."""
        before = len(self._server.messages)
        self._bot._connection.parse_message_create(message(content))
        await eventually(lambda: len(self._server.messages) > before)
        return str(self._server.messages[-1]["content"])


def interaction(command: dict[str, Any]) -> Any:
    """Discord Docs/Interactions: a command's option with a sub-command."""
    member = {"user": USER, "roles": [], "flags": 0, "joined_at": "2024-01-01T00:00:00+00:00"}
    channel = {"id": CHANNEL, "type": 0, "name": "general", "position": 0}
    data = {"id": "700", "name": "round", "type": 1, "options": [command]}
    whole = {"id": "600", "application_id": BOT, "type": 2, "token": "tok", "version": 1}
    rest = {"guild_id": GUILD, "channel_id": CHANNEL, "attachment_size_limit": 10485760}
    return (
        whole | rest | {"channel": channel, "member": member | {"permissions": "0"}, "data": data}
    )


def message(content: str) -> Any:
    """A message from the player."""
    ids = {"id": "500", "channel_id": CHANNEL, "author": USER, "type": 0, "content": content}
    empty = {"mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "pinned": False}
    flags = {"mention_everyone": False, "tts": False, "edited_timestamp": None}
    return ids | empty | flags | {"timestamp": "2024-01-01T00:00:00+00:00"}


@pytest.fixture
async def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Table]:
    """The bot, logged in."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'frolf.db'}")
    server = NotingServer()
    async with TestServer(server.app, host="127.0.0.1") as http:
        monkeypatch.setattr(discord.http.Route, "BASE", str(http.make_url("")).rstrip("/"))
        async with FrolfBot() as bot:
            await bot.login("token")
            yield Table(bot, server)


async def test_a_round_is_played_from_opening_to_leaderboard(table: Table) -> None:
    opened = await table.slash("create", course="Maple Hill", holes=2)
    assert opened["content"] == "**Maple Hill** (2 holes, par 6) is open. `/round join` to play."
    assert (await table.slash("join"))["content"] == "ann plays **Maple Hill**, 1 in all."
    scored = await table.slash("score", hole=1, strokes=2)
    assert scored["content"] == "Hole 1: birdie. ann is -1 after 1."
    listed = await table.slash("leaderboard")
    assert listed["content"] == "**Maple Hill** (2 holes, par 6)\n1. ann -1 after 1"
    last = await table.slash("score", hole=2, strokes=3)
    assert last["content"] == "Hole 2: par. ann is -1 after 2. The round is finished."


async def test_a_player_alone_sees_what_the_rules_forbid(table: Table) -> None:
    none_open = await table.slash("join")
    assert none_open["content"].startswith("No open round in this channel")
    assert none_open["flags"] == 64  # ephemeral, Discord Docs/Message Flags
    await table.slash("create", course="Maple Hill")
    assert "holes 1 to 18" in (await table.slash("score", hole=19, strokes=3))["content"]
    assert "/round join" in (await table.slash("score", hole=1, strokes=3))["content"]
    await table.slash("join")
    assert (await table.slash("join"))["content"] == "You already joined this round."
    assert "already open" in (await table.slash("create", course="Blue Lake"))["content"]


async def test_a_leaderboard_before_anybody_joined_says_how_to(table: Table) -> None:
    await table.slash("create", course="Maple_Hill_")
    listed = await table.slash("leaderboard")
    assert listed["content"] == r"Nobody plays **Maple\_Hill\_** yet: `/round join`."


async def test_open_rounds_are_listed_for_whoever_asks_in_the_channel(table: Table) -> None:
    assert (await table.says("!rounds")).startswith("No open round")
    await table.slash("create", course="Maple Hill")
    assert await table.says("!rounds") == "**Maple Hill** (18 holes, par 54), 0 playing."


async def test_a_probe_is_answered_with_its_number(table: Table) -> None:
    assert await table.says("!probe 4711") == "probe 4711"


async def test_a_probe_without_a_number_is_told_what_is_missing(table: Table) -> None:
    assert "number" in await table.says("!probe")


async def test_the_probe_is_a_bot_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = NotingServer()
    async with TestServer(server.app, host="127.0.0.1") as http:
        monkeypatch.setattr(discord.http.Route, "BASE", str(http.make_url("")).rstrip("/"))
        async with probe.ProbeBot() as bot:
            await bot.login("token")
            bot._connection.parse_message_create(message("!probe 7"))
            await eventually(lambda: [one["content"] for one in server.messages] == ["probe 7"])
