"""People who act: they invoke commands, press buttons, write messages, and wait for what shows.

reply = await discord.user("ann").slash("round create", course="Maple Hill")
assert "Maple Hill" in reply["content"]
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from simulator.core.commands import CHANNEL, GLOBAL, MENTIONABLE, ROLE, USER, Leaf, data_of
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
from simulator.core.rest import messages, reactions
from simulator.core.rest.context import Api
from simulator.core.world import Json
from simulator.errors import NoReply, WrongValue

WAIT = 5.0
# Seconds from seeing a message to pressing what is below it. Nobody is faster, and some clients
# (nextcord) know their buttons only when the answer to their own request has been read.
REACH = 0.05
ON_USER = 2  # a command's type
TEXT_INPUT, TEXT = 4, 10  # a component's
_VISIBLE = frozenset({"message", "edit", "modal", "choices"})


class User:
    """One person in one place. Every act returns what the bot showed, as Discord's JSON."""

    def __init__(
        self, api: Api, person: Json, channel_id: int, clock: Callable[[], float],
        changed: Callable[[], None],
    ) -> None:  # fmt: skip
        self._api, self._clock, self._changed = api, clock, changed
        self.person = person
        self.channel_id = channel_id
        self._modal: tuple[Json, int] | None = None

    @property
    def id(self) -> int:
        return int(self.person["id"])

    async def slash(self, command: str, /, *, wait: float = WAIT, **options: Any) -> Json:
        """Invoke `command`, sub-commands separated by spaces. Raises WrongValue, NoReply."""
        leaf = self._leaf(command)
        given, resolved = self._options(leaf, options)
        data = data_of(leaf, given, resolved)
        return await self._interact(COMMAND, data, command, wait)

    async def autocomplete(
        self, command: str, option: str, typed: str, /, *, wait: float = WAIT, **others: Any
    ) -> list[Json]:
        """The choices that the bot offers while `typed` stands in `option`."""
        leaf = self._leaf(command)
        given, resolved = self._options(leaf, {**others, option: typed})
        for item in given:
            if item["name"] == option:
                item["focused"] = True
        shown = await self._interact(AUTOCOMPLETE, data_of(leaf, given, resolved), command, wait)
        choices: list[Json] = shown["choices"]
        return choices

    async def click(self, message: Json, custom_id: str, *, wait: float = WAIT) -> Json:
        """Press the button with this custom id below a message."""
        await asyncio.sleep(REACH)
        data = {"custom_id": custom_id, "component_type": 2, "id": 1}
        return await self._interact(COMPONENT, data, custom_id, wait, message)

    async def select(self, message: Json, custom_id: str, *values: str, wait: float = WAIT) -> Json:
        """Choose values in the select menu with this custom id below a message."""
        await asyncio.sleep(REACH)
        data = {"custom_id": custom_id, "component_type": 3, "id": 1, "values": list(values)}
        return await self._interact(COMPONENT, data, custom_id, wait, message)

    async def submit(self, modal: Json, *, wait: float = WAIT, **fields: str | list[str]) -> Json:
        """Send a modal back with its fields, by custom id, filled in; a list chooses in a menu."""
        await asyncio.sleep(REACH)
        components = [_filled(row, fields) for row in modal["components"]]
        data = {"custom_id": modal["custom_id"], "components": components}
        return await self._interact(MODAL_SUBMIT, data, modal["custom_id"], wait)

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
        messages.remove(self._api, int(message["channel_id"]), int(message["id"]))
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

    def join(self) -> None:
        """Come into the guild, as far as the bot can tell."""
        guild_id = self._api.world.guild_of(self.channel_id) or 0
        member = self._api.world.member(guild_id, self.id) or {}
        event = {**member, "guild_id": str(guild_id)}
        self._api.hub.publish("GUILD_MEMBER_ADD", guild_id, event)
        self._changed()

    async def menu(self, command: str, target: Json, *, wait: float = WAIT) -> Json:
        """Choose a context menu command on a message, or on a user (``person`` of another)."""
        leaf = self._leaf(command)
        resolved: Json = {}
        if leaf.command["type"] == ON_USER:
            self._resolve(USER, target["id"], resolved)
        else:
            resolved["messages"] = {target["id"]: target}
        data = {**data_of(leaf, [], resolved), "target_id": target["id"]}
        return await self._interact(COMMAND, data, command, wait)

    def _leaf(self, command: str) -> Leaf:
        guild_id = self._api.world.guild_of(self.channel_id) or GLOBAL
        leaf = self._api.commands.find(command, guild_id)
        if leaf is None:
            names = ", ".join(leaf.name for leaf in self._api.commands.leaves()) or "none"
            raise WrongValue(f"no command {command!r} is registered; there are: {names}")
        return leaf

    def _options(self, leaf: Leaf, given: Mapping[str, Any]) -> tuple[list[Json], Json]:
        known = {option["name"]: option for option in leaf.options}
        wrong = next((name for name in given if name not in known), None)
        if wrong is not None:
            raise WrongValue(f"/{leaf.name} has no option {wrong!r}; it has: {', '.join(known)}")
        resolved: Json = {}
        options = [
            {"name": name, "type": known[name]["type"],
             "value": self._resolve(known[name]["type"], value, resolved)}
            for name, value in given.items()
        ]  # fmt: skip
        return options, resolved

    def _resolve(self, kind: int, value: Any, resolved: Json) -> Any:
        """Put what an option refers to into `resolved`; users may be given by name."""
        guild_id = self._api.world.guild_of(self.channel_id) or 0
        if kind in {USER, MENTIONABLE}:
            user = self._api.world.person(str(value))
            resolved.setdefault("users", {})[user["id"]] = user
            member = self._api.world.member(guild_id, int(user["id"]))
            if member is not None:
                partial = {k: v for k, v in member.items() if k not in {"user", "deaf", "mute"}}
                resolved.setdefault("members", {})[user["id"]] = {**partial, "permissions": "0"}
            return user["id"]
        if kind == CHANNEL:
            channel = self._api.channel(int(value))
            resolved.setdefault("channels", {})[str(value)] = {**channel, "permissions": "0"}
            return str(value)
        if kind == ROLE:
            roles = self._api.guild(guild_id)["roles"]
            found = {r["id"]: r for r in roles if r["id"] == str(value)}
            resolved.setdefault("roles", {}).update(found)
            return str(value)
        return value

    async def _interact(
        self, kind: int, data: Json, name: str, wait: float, message: Json | None = None
    ) -> Json:
        record = self._record(kind, name, message)
        seen = _Waiter(_VISIBLE)
        stop = self._api.replies.watch_interaction(record.id, seen)
        try:
            self._send(record, data, message)
            return await seen.within(wait, name)
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

    def __init__(self, wanted: frozenset[str]) -> None:
        self._wanted = wanted
        self._shown: asyncio.Future[Json] = asyncio.get_running_loop().create_future()

    def __call__(self, event: str, what: Json) -> None:
        if event in self._wanted and not self._shown.done():
            self._shown.set_result({**what, "_event": event})

    async def within(self, seconds: float, act: str) -> Json:
        """What was shown. Raises NoReply."""
        try:
            return await asyncio.wait_for(self._shown, seconds)
        except TimeoutError:
            raise NoReply(f"the bot showed nothing for {act} in {seconds:g} s") from None


def _filled(component: Json, fields: Mapping[str, str | list[str]]) -> Json:
    """A modal's component as a submission carries it: rows nest, inputs have values."""
    if "components" in component:
        inner = [_filled(child, fields) for child in component["components"]]
        return {"type": component["type"], "id": 1, "components": inner}
    if "component" in component:
        return {"type": component["type"], "id": 1,
                "component": _filled(component["component"], fields)}  # fmt: skip
    if component["type"] == TEXT:
        return {"type": TEXT, "id": 1}
    custom_id = component.get("custom_id", "")
    if component["type"] != TEXT_INPUT:
        chosen = fields.get(custom_id, [])
        return {"type": component["type"], "id": 1, "custom_id": custom_id, "values": chosen}
    value = fields.get(custom_id, component.get("value") or "")
    return {"type": component["type"], "id": 1, "custom_id": custom_id, "value": value}
