"""People who act: they invoke commands, press buttons, write messages, and wait for what shows.

reply = await discord.user("ann").slash("round create", course="Maple Hill")
assert "Maple Hill" in reply["content"]
"""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from simulator.core.commands import GLOBAL, USER, Leaf, data_of
from simulator.core.entry import Entry
from simulator.core.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL_SUBMIT,
    Interaction,
    acting_member,
    partial_channel,
    render,
    token_for,
)
from simulator.core.rest import channels, deletion, messages, polls, reactions, voice
from simulator.core.rest.context import Api
from simulator.core.world import Json
from simulator.errors import NoReply, WrongValue

WAIT = 5.0
# Seconds from seeing a message to pressing what is below it. Nobody is faster, and some clients
# (nextcord) know their buttons only when the answer to their own request has been read.
REACH = 0.05
ON_USER = 2  # a command's type
_VISIBLE = frozenset({"message", "edit", "modal", "choices"})
_VISIBLE_IN_CHANNEL = frozenset({"message", "edit", "deletion", "reaction"})


class User:
    """One person in one place. Every act returns what the bot showed, as Discord's JSON."""

    def __init__(
        self, api: Api, person: Json, channel_id: int, clock: Callable[[], float],
        changed: Callable[[], None],
    ) -> None:  # fmt: skip
        self._api, self._clock, self._changed = api, clock, changed
        self.person = person
        self.channel_id = channel_id

    @property
    def id(self) -> int:
        return int(self.person["id"])

    async def slash(self, command: str, /, *, wait: float = WAIT, **options: Any) -> Json:
        """Invoke `command`, sub-commands separated by spaces. Raises WrongValue, NoReply.

        People, channels and roles may be given by name, choices by theirs; an attachment is
        `(name, bytes)`.
        """
        leaf, entry = self._leaf(command), self._entry()
        data = data_of(leaf, entry.options(leaf, options), entry.resolved)
        return await self._interact(COMMAND, data, command, wait)

    async def autocomplete(
        self, command: str, option: str, typed: str, /, *, wait: float = WAIT, **others: Any
    ) -> list[Json]:
        """The choices that the bot offers while `typed` stands in `option`."""
        leaf, entry = self._leaf(command), self._entry()
        options = entry.options(leaf, {**others, option: typed}, typing=option)
        data = data_of(leaf, options, entry.resolved)
        choices: list[Json] = (await self._interact(AUTOCOMPLETE, data, command, wait))["choices"]
        return choices

    async def menu(self, command: str, target: Json, *, wait: float = WAIT) -> Json:
        """Choose a context menu command on a message, or on a user (``person`` of another)."""
        leaf, entry = self._leaf(command), self._entry()
        if leaf.command["type"] == ON_USER:
            entry.refer(USER, target)
        else:
            entry.message(target)
        data = {**data_of(leaf, [], entry.resolved), "target_id": target["id"]}
        del data["options"]
        return await self._interact(COMMAND, data, command, wait)

    async def click(self, message: Json, custom_id: str, *, wait: float = WAIT) -> Json:
        """Press the button with this custom id below a message. Raises WrongValue, NoReply."""
        await asyncio.sleep(REACH)
        data = self._entry().press(message, custom_id)
        return await self._interact(COMPONENT, data, custom_id, wait, message)

    async def select(self, message: Json, custom_id: str, *values: Any, wait: float = WAIT) -> Json:
        """Choose in the menu with this custom id: options, people, roles or channels by name."""
        await asyncio.sleep(REACH)
        data = self._entry().choose(message, custom_id, values)
        return await self._interact(COMPONENT, data, custom_id, wait, message)

    async def submit(self, modal: Json, *, wait: float = WAIT, **fields: Any) -> Json:
        """Send a modal back with its fields, by custom id, filled in; a list chooses in a menu."""
        await asyncio.sleep(REACH)
        entry = self._entry()
        data: Json = {"custom_id": modal["custom_id"], "components": entry.fields(modal, fields)}
        if entry.resolved:
            data["resolved"] = entry.resolved
        below = modal.get("_message")
        message = None if below is None else self._api.message(*below)
        return await self._interact(MODAL_SUBMIT, data, modal["custom_id"], wait, message)

    async def upon(
        self, act: Callable[[], object], *, channel: int | str | None = None, wait: float = WAIT
    ) -> Json:
        """Do something and return what the bot shows next in the channel. Raises NoReply.

        `await ann.upon(lambda: ann.react(message, "👍"))`; also an edit, a deletion or a reaction
        of the bot's is something that shows, and `_event` tells which.
        """
        seen = _Waiter(_VISIBLE_IN_CHANNEL, self.id)
        stop = self._api.replies.watch_channel(int(channel or self.channel_id), seen)
        try:
            act()
            return await seen.within(wait, "what was done")
        finally:
            stop()

    async def say(
        self, content: str, *, channel: int | str | None = None, wait: float = WAIT
    ) -> Json:
        """Write a message and return the bot's next message in that channel."""
        channel_id = int(channel or self.channel_id)
        seen = _Waiter(frozenset({"message"}))
        stop = self._api.replies.watch_channel(channel_id, seen)
        try:
            self.write(content, channel=channel_id)
            return await seen.within(wait, f"{content!r}")
        finally:
            stop()

    def write(self, content: str, *, channel: int | str | None = None) -> Json:
        """Write a message and wait for nothing; returns the message."""
        channel_id, now = int(channel or self.channel_id), self._clock()
        self._api.channel(channel_id)
        message = messages.build(self._api, channel_id, {"content": content}, (), now, self.person)
        messages.post(self._api, message, now)
        self._changed()
        return message

    def edit(self, message: Json, content: str) -> None:
        """Change a message of one's own."""
        kept = self._api.message(int(message["channel_id"]), int(message["id"]))
        messages.apply_edit(self._api, kept, {"content": content}, (), self._clock())
        messages.publish(self._api, "MESSAGE_UPDATE", kept)
        self._changed()

    def delete(self, message: Json) -> None:
        """Delete a message."""
        channel_id, ident = int(message["channel_id"]), int(message["id"])
        deletion.remove(self._api, channel_id, ident, by_bot=False)
        self._changed()

    def react(self, message: Json, emoji: str) -> None:
        """React to a message."""
        kept = self._api.message(int(message["channel_id"]), int(message["id"]))
        reactions.react(self._api, kept, emoji, self.person["id"])
        self._changed()

    def unreact(self, message: Json, emoji: str) -> None:
        """Take a reaction back."""
        kept = self._api.message(int(message["channel_id"]), int(message["id"]))
        reactions.unreact(self._api, kept, emoji, self.person["id"])
        self._changed()

    def vote(self, message: Json, answer: int, *, withdraw: bool = False) -> None:
        """Answer a poll by the answer's number, from 1, or take the vote back."""
        kept = self._api.message(int(message["channel_id"]), int(message["id"]))
        polls.vote(self._api, kept, answer, self.person, self._clock(), comes=not withdraw)
        self._changed()

    def join(self) -> None:
        """Come into the guild, as far as the bot can tell."""
        world, guild_id = self._api.world, self._guild()
        member = world.member(guild_id, self.id) or world.add_member(guild_id, self.person)
        self._api.tell("GUILD_MEMBER_ADD", guild_id, {**member, "guild_id": str(guild_id)})
        self._changed()

    def leave(self) -> None:
        """Go out of the guild."""
        guild_id = self._guild()
        self._api.world.drop_member(guild_id, self.person)
        gone = {"guild_id": str(guild_id), "user": self.person}
        self._api.tell("GUILD_MEMBER_REMOVE", guild_id, gone)
        self._changed()

    def connect(self, channel: int | str | None) -> None:
        """Enter a voice channel; None leaves it."""
        guild_id = self._guild()
        member = self._api.world.member(guild_id, self.id) or {"user": self.person}
        voice.join(self._api, guild_id, member, None if channel is None else str(channel))
        self._changed()

    def type(self) -> None:
        """Be seen typing."""
        channels.typing_by(self._api, self.channel_id, self.id, self._clock())
        self._changed()

    def _guild(self) -> int:
        return self._api.world.guild_of(self.channel_id) or 0

    def _entry(self) -> Entry:
        return Entry(self._api, self._guild(), self._clock())

    def _leaf(self, command: str) -> Leaf:
        guild_id = self._api.world.guild_of(self.channel_id) or GLOBAL
        leaf = self._api.commands.find(command, guild_id)
        if leaf is None:
            names = ", ".join(leaf.name for leaf in self._api.commands.leaves()) or "none"
            raise WrongValue(f"no command {command!r} is registered; there are: {names}")
        return leaf

    async def _interact(
        self, kind: int, data: Json, name: str, wait: float, message: Json | None = None
    ) -> Json:
        record = self._record(kind, name, message)
        seen = _Waiter(_VISIBLE)
        stop = self._api.replies.watch_interaction(record.id, seen)
        try:
            self._send(record, data, message)
            shown = await seen.within(wait, name)
            if message is not None and shown["_event"] == "modal":
                shown["_message"] = (record.channel_id, record.source)
            return shown
        finally:
            stop()

    def _record(self, kind: int, name: str, message: Json | None) -> Interaction:
        now = self._clock()
        channel_id = self.channel_id if message is None else int(message["channel_id"])
        guild_id = self._api.world.guild_of(channel_id) or 0
        ident = self._api.ids.next(now)
        source = 0 if message is None else int(message["id"])
        user = msgspec.json.encode(self.person)
        return Interaction(
            ident, kind, guild_id, channel_id, user, now, token_for(ident), name, source
        )

    def _send(self, record: Interaction, data: Json, message: Json | None) -> None:
        api, encode = self._api, msgspec.json.encode
        member = record.user
        if record.guild_id:
            member = acting_member(api.world.member(record.guild_id, self.id) or {})
        channel = partial_channel(api.channel(record.channel_id))
        source = b"" if message is None else encode(message)
        body = render(record, channel, member, encode(data), source)
        api.owe(record)
        if not api.hub.publish_raw(b"INTERACTION_CREATE", record.guild_id, 0, body, None, 0.0):
            raise NoReply("no bot is connected")
        api.ledger.interactions.send(record.id, record.made)
        self._changed()


class _Waiter:
    """A future that the first visible event fills."""

    def __init__(self, wanted: frozenset[str], own: int = 0) -> None:
        self._wanted = wanted
        self._own = str(own)  # what this person did does not count
        self._shown: asyncio.Future[Json] = asyncio.get_running_loop().create_future()

    def __call__(self, event: str, what: Json) -> None:
        by = what.get("author", {}).get("id", what.get("user_id"))
        if event in self._wanted and by != self._own and not self._shown.done():
            self._shown.set_result({**what, "_event": event})

    async def within(self, seconds: float, act: str) -> Json:
        """What was shown. Raises NoReply."""
        try:
            return await asyncio.wait_for(self._shown, seconds)
        except TimeoutError:
            raise NoReply(f"the bot showed nothing for {act} in {seconds:g} s") from None
