"""One guild as the event templates need it: everything rendered once, nothing built per event."""

from collections import deque

import msgspec

from simulator.core.interactions import acting_member, partial_channel
from simulator.core.world import Json, World


class Scene:
    """Rendered pieces of one guild. `recent` holds (message id, channel, author, text) of late."""

    __slots__ = ("acting", "channels", "gid", "guild", "members", "partials", "recent", "roles",
                 "texts", "uids", "users", "voice")  # fmt: skip

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
        self.members = [encode({k: v for k, v in m.items() if k != "user"}) for m in people]
        self.acting = [acting_member(m) for m in people]
        self.roles = [encode(bare), encode(guild["roles"][-1])]
        self.recent: deque[tuple[int, int, int, bytes]] = deque(maxlen=8)


class Scenes:
    """Scenes made on first use; forgotten all at once when there are too many."""

    def __init__(self, world: World, kept: int = 2000) -> None:
        self._world = world
        self._kept = kept
        self._scenes: dict[int, Scene] = {}

    def of(self, guild_id: int) -> Scene:
        """The scene of a seeded guild."""
        found = self._scenes.get(guild_id)
        if found is None:
            if len(self._scenes) >= self._kept:
                self._scenes.clear()
            guild = self._world.kept(guild_id) or self._world.fresh_guild(guild_id)
            found = self._scenes[guild_id] = Scene(guild)
        return found

    def forget(self, guild_id: int) -> None:
        """The guild was changed by a REST call."""
        self._scenes.pop(guild_id, None)
