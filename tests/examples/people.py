"""People who use the example bots; patient, as the machine may be busy."""

from typing import Any

import discord

from simulator import FakeDiscord
from simulator.core.rest.context import Api
from simulator.core.world import Json
from simulator.errors import NoReply
from simulator.users import User
from tests.eventually import eventually
from tests.examples.record import Record

TRIES = 16


class Person:
    """One user of the fake Discord."""

    def __init__(self, user: User, api: Api, clients: list[discord.Client]) -> None:
        self.user = user
        self.api = api
        self.clients = clients

    @property
    def name(self) -> str:
        return str(self.user.person["username"])

    @property
    def mention(self) -> str:
        return f"<@{self.user.id}>"

    async def slash(self, command: str, /, **options: Any) -> Json:
        await self.offered(command)
        return await self.user.slash(command, wait=30.0, **options)

    async def menu(self, command: str, target: Json) -> Json:
        await self.offered(command)
        return await self.user.menu(command, target, wait=30.0)

    async def offered(self, command: str) -> None:
        """Wait until the bot has registered it."""
        guild_id = self.api.world.guild_ids()[0]
        await eventually(lambda: self.api.commands.find(command, guild_id), within=30.0)

    async def autocomplete(self, command: str, option: str, typed: str) -> list[Json]:
        return await self.user.autocomplete(command, option, typed, wait=30.0)

    async def say(self, content: str) -> Json:
        """Say it once; the bot answers."""
        return await self.user.say(content, wait=30.0)

    async def answer(self, content: str) -> Json:
        """Say it when the bot listens, until it takes notice: workers hear by subscribing."""
        await eventually(lambda: any(_listens(one) for one in self.clients), within=30.0)
        for _ in range(TRIES):
            try:
                return await self.user.say(content, wait=2.0)
            except NoReply:
                continue
        raise NoReply(f"the bot takes no notice of {content!r}")

    async def click(self, message: Json, custom_id: str) -> Json:
        """Press when the bot has noted its own view: people are slower than that, tests are not."""
        await self._known(custom_id)
        return await self.user.click(message, custom_id, wait=30.0)

    async def select(self, message: Json, custom_id: str, *values: str) -> Json:
        await self._known(custom_id)
        return await self.user.select(message, custom_id, *values, wait=30.0)

    async def submit(self, modal: Json, **fields: str | list[str]) -> Json:
        await self._known(modal["custom_id"])
        return await self.user.submit(modal, wait=30.0, **fields)

    async def _known(self, custom_id: str) -> None:
        await eventually(lambda: any(_knows(one, custom_id) for one in self.clients), within=30.0)


def _knows(client: discord.Client, custom_id: str) -> bool:
    """Whether a view, modal or dynamic item of the bot has this custom id."""
    store: Any = client._connection._view_store
    views = [custom_id for view in list(store._views.values()) for _, custom_id in list(view)]
    patterns = list(store._dynamic_items)
    known = custom_id in views or custom_id in store._modals
    return known or any(pattern.fullmatch(custom_id) for pattern in patterns)


def _listens(client: discord.Client) -> bool:
    listeners: Any = client._listeners
    return any(not future.done() for future, _ in list(listeners.get("message", ())))


class Scene:
    """A fake Discord with a bot in it, whichever way it runs."""

    def __init__(self, fake: FakeDiscord, record: Record, clients: list[discord.Client]) -> None:
        self.fake = fake
        self.record = record
        self.clients = clients

    def person(self, name: str) -> Person:
        return Person(self.fake.user(name), self.fake.api, self.clients)

    def member(self, number: int) -> Person:
        """One who is in the guild from the beginning, so that a bot may know him."""
        world = self.fake.api.world
        guild = world.guild(world.guild_ids()[0]) or {}
        return self.person(guild["members"][number]["user"]["id"])

    async def until(self, event: str, text: str = "", times: int = 1) -> Json:
        """Wait until the bot has done that, and what it did has this text in it."""

        def found() -> list[Json]:
            return [what for kind, what in self.record.did if kind == event and text in str(what)]

        await eventually(lambda: len(found()) >= times, within=30.0)
        return found()[times - 1]

    async def until_whispered(self, text: str, times: int = 1) -> Json:
        """Wait until somebody was shown this text in answer to an interaction."""
        whispered = self.record.whispered

        def found() -> list[Json]:
            return [what for what in whispered if text in str(what)]

        await eventually(lambda: len(found()) >= times, within=30.0)
        return found()[times - 1]


def custom_ids(message: Json) -> list[str]:
    """Of all buttons and menus of a message, as they are arranged."""
    return [part["custom_id"] for part in _parts(message["components"]) if "custom_id" in part]


def _parts(components: list[Json]) -> list[Json]:
    found: list[Json] = []
    for part in components:
        inner = [*part.get("components", ()), *filter(None, [part.get("accessory")])]
        found += [part, *_parts(inner)]
    return found
