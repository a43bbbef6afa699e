"""What the REST resources share: the state they read and change."""

from dataclasses import dataclass, field

from simulator.core.commands import Commands
from simulator.core.faults import Faults
from simulator.core.history import History
from simulator.core.hub import Hub
from simulator.core.interactions import Interaction, Interactions
from simulator.core.ledger import Ledger
from simulator.core.media import Media
from simulator.core.replies import Replies
from simulator.core.rest.limits import Limits
from simulator.core.rest.route import unknown
from simulator.core.scene import Scenes
from simulator.core.snowflake import Snowflakes
from simulator.core.world import Json, World

_REACTORS = 20_000
IN_GUILD = frozenset({
    "emojis", "stickers", "roles", "channels", "threads", "members", "soundboard_sounds",
    "guild_scheduled_events", "stage_instances", "voice_states",
})  # fmt: skip


@dataclass(slots=True)
class Api:
    """One Discord. `gateway_url` and `shards` are what /gateway/bot says."""

    world: World
    hub: Hub
    ledger: Ledger
    faults: Faults
    ids: Snowflakes
    scenes: Scenes
    commands: Commands = field(default_factory=Commands)
    history: History = field(default_factory=History)
    interactions: Interactions = field(default_factory=Interactions)
    replies: Replies = field(default_factory=Replies)
    media: Media = field(default_factory=Media)
    webhooks: dict[str, Json] = field(default_factory=dict)  # of channels, by id
    # (message, emoji) -> users
    reactors: dict[tuple[str, str], dict[str, None]] = field(default_factory=dict)
    # what is kept for a guild and stands in no document of it, by guild and kind
    records: dict[tuple[int, str], list[Json]] = field(default_factory=dict)
    gateway_url: str = ""
    shards: int = 1
    token: str | None = None
    limits: Limits | None = None

    def owe(self, interaction: Interaction, shard: int | None = None) -> None:
        """An interaction is sent; its token lives for 15 minutes, or as short as a fault says."""
        fault = self.faults.take("expired_token", shard)
        if fault is not None:
            interaction.lives = fault.seconds
        self.interactions.add(interaction)

    def reacts(self, message: str, emoji: str, user: str) -> bool:
        """Note who reacted; False when they had before."""
        users = self.reactors.setdefault((message, emoji), {})
        new = user not in users
        users[user] = None
        if len(self.reactors) > _REACTORS:
            del self.reactors[next(iter(self.reactors))]
        return new

    def reacts_no_more(self, message: str, emoji: str, user: str) -> bool:
        """Forget that they reacted; False when they had not."""
        users = self.reactors.get((message, emoji), {})
        found = user in users
        users.pop(user, None)
        return found

    def listed(self, guild_id: int, key: str) -> list[Json]:
        """The kept list `key` of a guild: a part of its document, or beside it; 0 is no guild."""
        guild = self.world.guild(guild_id) if key in IN_GUILD else None
        if guild is not None:
            found: list[Json] = guild.setdefault(key, [])
            return found
        return self.records.setdefault((guild_id, key), [])

    def tell(self, event: str, guild_id: int | None, d: Json) -> None:
        """Publish what changed in a guild; what was rendered of it is forgotten."""
        if guild_id is not None:
            self.scenes.forget(guild_id)
        self.hub.publish(event, guild_id, d)

    def guild(self, guild_id: int) -> Json:
        """The guild's document. Raises ApiError 10004."""
        guild = self.world.guild(guild_id)
        if guild is None:
            raise unknown("guild")
        return guild

    def channel(self, channel_id: int) -> Json:
        """The channel's document. Raises ApiError 10003."""
        channel = self.world.channel(channel_id)
        if channel is None:
            raise unknown("channel")
        return channel

    def message(self, channel_id: int, message_id: int) -> Json:
        """The message's document. Raises ApiError 10003, 10008."""
        message = self.history.get(channel_id, message_id)
        if message is None:
            self.channel(channel_id)
            raise unknown("message")
        return message
