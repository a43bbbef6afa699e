"""One guild as the event templates need it: what can be rendered once is.

Pieces that end in a comma or begin without a brace are parts of objects; `templates` joins them.
"""

from collections import deque

import msgspec

from simulator.core.interactions import acting_member, partial_channel
from simulator.core.world import Json, World


class Said(msgspec.Struct, frozen=True):
    """A message that was sent: positions in the scene; `text` is its content as JSON."""

    ident: int
    scene: "Scene"
    place: int
    author: int
    text: bytes


THREAD = "round talk"  # how threads of the mix are called; those of others are left alone
# A pair of parts of a message: one is for sessions that may not read what it says.
Extra = tuple[bytes, bytes]


class Scene:
    """Rendered pieces of one guild. `recent`, `polls` and `threads` are those of late."""

    __slots__ = (
        "acting",
        "authors",
        "channels",
        "gid",
        "guild",
        "partials",
        "people",
        "places",
        "polls",
        "recent",
        "roles",
        "texts",
        "threads",
        "uids",
        "users",
        "voice",
    )  # fmt: skip

    def __init__(self, guild: Json) -> None:
        bare = {
            key: value for key, value in guild.items()
            if key not in {"channels", "members", "threads"}
        }  # fmt: skip
        encode = msgspec.json.encode
        self.guild = int(guild["id"])
        self.gid = guild["id"].encode()
        texts = [c for c in guild["channels"] if c["type"] == 0]
        self.channels = [int(c["id"]) for c in texts]
        self.partials = [partial_channel(c) for c in texts]
        self.texts = [encode(c) for c in texts]
        self.voice = next((c["id"].encode() for c in guild["channels"] if c["type"] == 2), b"null")
        people = [m for m in guild["members"] if not m["user"]["bot"]]
        self.uids = [m["user"]["id"].encode() for m in people]
        self.users = [encode(m["user"]) for m in people]
        self.people = [_part({"user": None, **m}) + b"}" for m in people]  # user comes first
        self.authors = [
            _part({"author": m["user"], "member": {k: v for k, v in m.items() if k != "user"}})
            + b"," for m in people
        ]  # fmt: skip
        self.places = [b'"channel_id":"%d","guild_id":"%b",' % (c, self.gid) for c in self.channels]
        self.acting = [acting_member(m) for m in people]
        self.roles = [encode(bare), encode(guild["roles"][-1])]
        self.recent: deque[Said] = deque(maxlen=8)
        self.polls: deque[Said] = deque(maxlen=4)
        self.threads = deque(
            (int(t["id"]), self.channels.index(int(t["parent_id"]))) for t in guild["threads"]
            if t["name"] == THREAD and int(t["parent_id"]) in self.channels
        )  # fmt: skip


def _part(document: Json) -> bytes:
    """An object's inside, without its braces."""
    return msgspec.json.encode(document)[1:-1]


class Scenes:
    """Scenes made on first use; forgotten all at once when there are too many."""

    def __init__(self, world: World, kept: int = 2000) -> None:
        self._world = world
        self._kept = kept
        self.known: dict[int, Scene] = {}  # for looking only

    def of(self, guild_id: int) -> Scene:
        """The scene of a seeded guild."""
        found = self.known.get(guild_id)
        if found is None:
            if len(self.known) >= self._kept:
                self.known.clear()
            guild = self._world.kept(guild_id) or self._world.fresh_guild(guild_id)
            found = self.known[guild_id] = Scene(guild)
        return found

    def forget(self, guild_id: int) -> None:
        """The guild was changed by a REST call."""
        self.known.pop(guild_id, None)
