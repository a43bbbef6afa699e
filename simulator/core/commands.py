"""The commands that the application registered, and plausible ways to invoke them.

Source: Discord Docs/Application Commands; option types 1 and 2 are sub-command and group.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from simulator.core import words
from simulator.core.world import LOW, Json, World, member_json

SUB_COMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE = 1, 2, 3, 4, 5, 6, 7, 8
MENTIONABLE, NUMBER, ATTACHMENT = 9, 10, 11
GLOBAL = 0
CHANNEL_SLOT, ROLE_SLOT = "@CHANNEL@", "@ROLE@"  # filled in per guild when an event is rendered
_VARIANTS = 8


@dataclass(frozen=True, slots=True)
class Leaf:
    """One thing a user can invoke: a command and the path of sub-commands down to its options."""

    scope: int  # a guild id, or GLOBAL
    command: Json
    path: tuple[str, ...]
    options: tuple[Json, ...]

    @property
    def name(self) -> str:
        return " ".join((self.command["name"], *self.path))


@dataclass(frozen=True, slots=True)
class Invocation:
    """A rendered `data` of INTERACTION_CREATE."""

    scope: int
    kind: int  # the interaction's type
    data: bytes
    slots: bool


class Commands:
    """Commands by scope and id."""

    def __init__(self) -> None:
        self._scopes: dict[int, dict[str, Json]] = {}
        self.changes = 0

    def all(self, scope: int) -> list[Json]:
        return list(self._scopes.get(scope, {}).values())

    def get(self, scope: int, command_id: str) -> Json | None:
        return self._scopes.get(scope, {}).get(command_id)

    def named(self, scope: int, name: str, kind: int) -> Json | None:
        same = (c for c in self.all(scope) if c["name"] == name and c["type"] == kind)
        return next(same, None)

    def put(self, scope: int, command: Json) -> None:
        self._scopes.setdefault(scope, {})[command["id"]] = command
        self.changes += 1

    def replace(self, scope: int, commands: list[Json]) -> None:
        self._scopes[scope] = {command["id"]: command for command in commands}
        self.changes += 1

    def remove(self, scope: int, command_id: str) -> bool:
        self.changes += 1
        return self._scopes.get(scope, {}).pop(command_id, None) is not None

    def __len__(self) -> int:
        return sum(len(scope) for scope in self._scopes.values())

    def leaves(self) -> list[Leaf]:
        """Everything that can be invoked, in the order of registration."""
        return [
            leaf
            for scope, commands in self._scopes.items()
            for command in commands.values()
            for leaf in _leaves(scope, command, (), command.get("options") or [])
        ]

    def find(self, name: str, guild_id: int) -> Leaf | None:
        """The leaf of this full name; a guild's own command comes before a global one."""
        found = [leaf for leaf in self.leaves() if leaf.name == name]
        return next(
            (leaf for scope in (guild_id, GLOBAL) for leaf in found if leaf.scope == scope), None
        )


def _leaves(
    scope: int, command: Json, path: tuple[str, ...], options: list[Json]
) -> Iterator[Leaf]:
    deeper = [o for o in options if o["type"] in {SUB_COMMAND, GROUP}]
    if not deeper:
        yield Leaf(scope, command, path, tuple(options))
    for option in deeper:
        yield from _leaves(scope, command, (*path, option["name"]), option.get("options") or [])


def data_of(leaf: Leaf, given: list[Json], resolved: Json) -> Json:
    """The interaction's `data`: options nested below sub-command and group."""
    options = given
    for depth, name in reversed(list(enumerate(leaf.path))):
        kind = SUB_COMMAND if depth == len(leaf.path) - 1 else GROUP
        options = [{"name": name, "type": kind, "options": options}]
    data: Json = {
        "id": leaf.command["id"], "name": leaf.command["name"], "type": leaf.command["type"],
        "options": options,
    }  # fmt: skip
    if leaf.scope != GLOBAL:
        data["guild_id"] = str(leaf.scope)
    if resolved:
        data["resolved"] = resolved
    return data


def invocations(commands: Commands, world: World, seed: int) -> list[Invocation]:
    """A few seeded ways to invoke each command, rendered once."""
    dice = random.Random(seed)
    return [_invocation(leaf, world, dice) for leaf in commands.leaves() for _ in range(_VARIANTS)]


def _invocation(leaf: Leaf, world: World, dice: random.Random) -> Invocation:
    resolved: Json = {}
    kind = leaf.command["type"]
    if kind == 1:
        chosen = [o for o in leaf.options if o.get("required") or dice.random() < 0.5]
        given = [
            {"name": o["name"], "type": o["type"], "value": value(o, world, dice, resolved)}
            for o in chosen
        ]
        data = data_of(leaf, given, resolved)
    else:
        data = _context_menu(leaf, world, dice, resolved)
    text = msgspec.json.encode(data)
    return Invocation(leaf.scope, 2, text, CHANNEL_SLOT.encode() in text or b"@ROLE@" in text)


def _context_menu(leaf: Leaf, world: World, dice: random.Random, resolved: Json) -> Json:
    data = data_of(leaf, [], resolved)
    del data["options"]
    user = world.user(dice.randrange(world.people))
    if leaf.command["type"] == 2:
        _resolve_user(user, resolved)
        return {**data, "target_id": user["id"], "resolved": resolved}
    message = {
        "id": str((200_000_000_000 << LOW) + 5), "channel_id": CHANNEL_SLOT, "author": user,
        "content": "look at this", "type": 0, "timestamp": "2024-06-01T00:00:00.000000+00:00",
        "edited_timestamp": None, "tts": False, "mention_everyone": False, "mentions": [],
        "mention_roles": [], "attachments": [], "embeds": [], "pinned": False, "flags": 0,
        "components": [],
    }  # fmt: skip
    resolved["messages"] = {message["id"]: message}
    return {**data, "target_id": message["id"], "resolved": resolved}


def _resolve_user(user: Json, resolved: Json) -> str:
    resolved.setdefault("users", {})[user["id"]] = user
    member = {k: v for k, v in member_json(user).items() if k not in {"user", "deaf", "mute"}}
    resolved.setdefault("members", {})[user["id"]] = {**member, "permissions": "0"}
    return str(user["id"])


def value(option: Json, world: World, dice: random.Random, resolved: Json) -> object:
    """A plausible value for one option; what it refers to goes into `resolved`."""
    kind = option["type"]
    if option.get("choices"):
        return dice.choice(option["choices"])["value"]
    if kind in {INTEGER, NUMBER}:
        low = option.get("min_value", 1)
        high = option.get("max_value", max(low, 100))
        return dice.randint(int(low), int(high)) if kind == INTEGER else dice.uniform(low, high)
    if kind == BOOLEAN:
        return dice.random() < 0.5
    if kind in {USER, MENTIONABLE}:
        return _resolve_user(world.user(dice.randrange(world.people)), resolved)
    referring = _REFERRING.get(kind)
    return _text(option, dice) if referring is None else referring(resolved)


def _channel(resolved: Json) -> str:
    resolved.setdefault("channels", {})[CHANNEL_SLOT] = {
        "id": CHANNEL_SLOT, "type": 0, "name": "general", "permissions": "0", "parent_id": None,
        "position": 0, "nsfw": False, "topic": None, "flags": 0, "rate_limit_per_user": 0,
        "last_message_id": None, "permission_overwrites": [],
    }  # fmt: skip
    return CHANNEL_SLOT


def _role(resolved: Json) -> str:
    resolved.setdefault("roles", {})[ROLE_SLOT] = {
        "id": ROLE_SLOT, "name": "player", "permissions": "0", "position": 1, "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False, "managed": False, "mentionable": False, "flags": 0,
    }  # fmt: skip
    return ROLE_SLOT


def _text(option: Json, dice: random.Random) -> str:
    low, high = option.get("min_length") or 1, option.get("max_length") or 24
    text = " ".join(dice.choice(words.TREES).lower() for _ in range(dice.randint(1, 3)))
    return text[:high].ljust(low, "x")


def _attachment(resolved: Json) -> str:
    name = str((200_000_000_000 << LOW) + 6)
    resolved.setdefault("attachments", {})[name] = {
        "id": name, "filename": "card.txt", "size": 5, "content_type": "text/plain",
        "url": "http://127.0.0.1/card.txt", "proxy_url": "http://127.0.0.1/card.txt",
    }  # fmt: skip
    return name


_REFERRING = {CHANNEL: _channel, ROLE: _role, ATTACHMENT: _attachment}
