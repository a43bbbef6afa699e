"""The seeded guilds, channels and people. Guild number i is a function of the seed and of i, so
100 000 guilds cost nothing until somebody looks at them; what REST calls change is kept.

Shapes are the union of what discord.py, hikari and discord.js parse (Discord Docs/Guild, User,
Channel). Ids: a guild's low 22 bits are zero and its first channels count up from it, so that a
channel tells its guild.
"""

import random
from typing import Any

from simulator.core import words

Json = dict[str, Any]

LOW = 22
_GUILD_BASE = 300_000_000_000  # milliseconds after Discord's epoch: guilds made in mid-2024
_USER_BASE = 200_000_000_000
# GATEWAY_PRESENCE, GATEWAY_GUILD_MEMBERS and GATEWAY_MESSAGE_CONTENT: granted (Docs/Application).
APPLICATION_FLAGS = (1 << 12) | (1 << 14) | (1 << 18)
APPLICATION_ID = (150_000_000_000 << LOW) + 1
ALL_PERMISSIONS = str((1 << 53) - 1)
JOINED = "2024-01-01T00:00:00.000000+00:00"


def user_json(user_id: int, name: str, bot: bool = False) -> Json:
    """A user object as it stands inside events."""
    return {
        "id": str(user_id), "username": name, "discriminator": "0", "global_name": name.title(),
        "avatar": None, "bot": bot, "flags": 0, "public_flags": 0, "banner": None,
        "accent_color": None, "avatar_decoration_data": None, "collectibles": None,
        "primary_guild": None, "clan": None,
    }  # fmt: skip


def member_json(user: Json) -> Json:
    """A guild member object with its user."""
    return {
        "user": user, "nick": None, "avatar": None, "banner": None, "roles": [],
        "joined_at": JOINED, "premium_since": None, "deaf": False, "mute": False, "flags": 0,
        "pending": False, "communication_disabled_until": None,
    }  # fmt: skip


def presence_json(user_id: str) -> Json:
    """Somebody who is online and does nothing."""
    return {
        "user": {"id": user_id}, "status": "online", "activities": [],
        "client_status": {"desktop": "online"},
    }  # fmt: skip


def channel_json(channel_id: int, guild_id: int, kind: int, name: str, position: int) -> Json:
    """A guild channel; `kind` 0 is text, 2 is voice."""
    return {
        "id": str(channel_id), "guild_id": str(guild_id), "type": kind, "name": name,
        "position": position, "permission_overwrites": [], "parent_id": None, "topic": None,
        "nsfw": False, "rate_limit_per_user": 0, "last_message_id": None, "flags": 0,
        **({"bitrate": 64000, "user_limit": 0, "rtc_region": None} if kind == 2 else {}),
    }  # fmt: skip


def role_json(role_id: int, name: str, position: int = 0) -> Json:
    """A role; the one that shares the guild's id is @everyone."""
    return {
        "id": str(role_id), "name": name, "permissions": ALL_PERMISSIONS, "position": position,
        "color": 0, "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False, "managed": False, "mentionable": False, "icon": None,
        "unicode_emoji": None, "description": None, "flags": 0,
    }  # fmt: skip


def _bare_guild(guild_id: int, name: str, owner_id: str) -> Json:
    return {
        "id": str(guild_id), "name": name, "icon": None, "splash": None, "discovery_splash": None,
        "owner_id": owner_id, "afk_channel_id": None, "afk_timeout": 300, "verification_level": 0,
        "default_message_notifications": 0, "explicit_content_filter": 0, "emojis": [],
        "features": [], "mfa_level": 0, "application_id": None, "system_channel_id": None,
        "system_channel_flags": 0, "rules_channel_id": None, "vanity_url_code": None,
        "description": None, "banner": None, "premium_tier": 0, "premium_subscription_count": 0,
        "preferred_locale": "en-US", "public_updates_channel_id": None, "nsfw_level": 0,
        "nsfw": False, "stickers": [], "premium_progress_bar_enabled": False,
        "safety_alerts_channel_id": None, "max_members": 500_000, "max_presences": None,
        "max_video_channel_users": 25, "max_stage_video_channel_users": 50, "home_header": None,
        "widget_enabled": False, "widget_channel_id": None, "region": "deprecated",
        "hub_type": None, "latest_onboarding_question_id": None, "incidents_data": None,
    }  # fmt: skip


class World:
    """Guilds, people and the bot. Mutable where REST is: `guild()` returns the kept document."""

    def __init__(self, guilds: int, seed: int, members: int = 12, people: int = 400) -> None:
        self.size = guilds
        self.seed = seed
        self.members = members
        self.people = people
        self.bot = user_json(APPLICATION_ID, "multipod", bot=True)
        self._kept: dict[int, Json] = {}
        self._named: dict[str, Json] = {}
        self._made_channels: dict[int, int] = {}
        self._direct: dict[int, Json] = {}
        self.voices: dict[int, str] = {}  # guilds in which a session of the bot speaks
        self._gone: set[tuple[int, str]] = set()  # (guild, user) of people who left

    def guild_ids(self) -> range:
        """All seeded guilds."""
        return range(_GUILD_BASE << LOW, (_GUILD_BASE + self.size) << LOW, 1 << LOW)

    def user(self, number: int) -> Json:
        """Seeded person `number`."""
        name = f"{words.PEOPLE[number % len(words.PEOPLE)]}{number // len(words.PEOPLE) or ''}"
        return user_json((_USER_BASE + number) << LOW, name)

    def user_by_id(self, user_id: int) -> Json | None:
        """Anybody: the bot, a seeded person or one who was named."""
        if user_id == APPLICATION_ID:
            return self.bot
        number = (user_id >> LOW) - _USER_BASE
        if 0 <= number < self.people and user_id == (_USER_BASE + number) << LOW:
            return self.user(number)
        return next((u for u in self._named.values() if u["id"] == str(user_id)), None)

    def person(self, name: str) -> Json:
        """The person of that name or id; an unknown name is a new person, in every guild."""
        if name.isdecimal() and (known := self.user_by_id(int(name))) is not None:
            return known
        if name not in self._named:
            number = self.people + len(self._named)
            user_id = int(name) if name.isdecimal() else (_USER_BASE + number) << LOW
            self._named[name] = user_json(user_id, name)
        return self._named[name]

    def shows(self, guild_id: int) -> bool:
        """Whether there is such a guild."""
        return guild_id in self.guild_ids()

    def fresh_guild(self, guild_id: int) -> Json:
        """The guild as the seed makes it, not kept."""
        number = (guild_id >> LOW) - _GUILD_BASE
        dice = random.Random(self.seed * 1_000_003 + number)
        people = dice.sample(range(self.people), min(self.members, self.people))
        name = f"{dice.choice(words.TREES)} {dice.choice(words.PLACES)} {number}"
        users = [self.user(n) for n in people]
        guild = _bare_guild(guild_id, name, users[0]["id"])
        guild["roles"] = [role_json(guild_id, "@everyone"), role_json(guild_id + 900, "player", 1)]
        names = [("general", 0), ("rounds", 0), ("off-topic", 0), ("Voice", 2)]
        guild["channels"] = [
            channel_json(guild_id + 1 + i, guild_id, kind, channel, i)
            for i, (channel, kind) in enumerate(names)
        ]
        guild["members"] = [member_json(user) for user in [*users, self.bot]]
        guild["threads"] = []
        return guild

    def guild(self, guild_id: int) -> Json | None:
        """The kept document of a guild, made on first use; None when there is no such guild."""
        if guild_id not in self._kept:
            if not self.shows(guild_id):
                return None
            self._kept[guild_id] = self.fresh_guild(guild_id)
        return self._kept[guild_id]

    def kept(self, guild_id: int) -> Json | None:
        """The kept document, None while nobody needed one."""
        return self._kept.get(guild_id)

    def guild_create(self, guild_id: int, everyone: bool) -> Json:
        """The `d` of GUILD_CREATE; without `everyone` only the bot is among the members."""
        guild = self._kept.get(guild_id) or self.fresh_guild(guild_id)
        members = guild["members"]
        mine = [m for m in members if m["user"]["id"] == self.bot["id"]]
        return {
            "stage_instances": [], "guild_scheduled_events": [], "soundboard_sounds": [], **guild,
            "voice_states": [
                {key: value for key, value in state.items() if key != "guild_id"}
                for state in guild.get("voice_states", ())
            ],
            "members": members if everyone else mine, "member_count": len(members),
            "large": False, "unavailable": False, "joined_at": JOINED, "presences": [],
            "lazy": True,
        }  # fmt: skip

    def add_channel(self, guild_id: int, channel: Json) -> None:
        """A channel or thread made by a REST call."""
        guild = self.guild(guild_id)
        if guild is not None:
            guild["threads" if channel["type"] in {10, 11, 12} else "channels"].append(channel)
            self._made_channels[int(channel["id"])] = guild_id

    def drop_thread(self, guild_id: int, thread_id: int) -> None:
        """A thread is archived or gone, if a REST call has not deleted it before."""
        threads = (self.guild(guild_id) or {"threads": []})["threads"]
        threads[:] = [thread for thread in threads if thread["id"] != str(thread_id)]
        self._made_channels.pop(thread_id, None)

    def adopt(self, guild: Json) -> None:
        """A guild that the seed did not make, such as a recorded one, becomes known to REST."""
        guild_id = int(guild["id"])
        bare = _bare_guild(guild_id, f"guild {guild_id}", self.user(0)["id"])
        empty: Json = {"roles": [role_json(guild_id, "@everyone")], "channels": [], "threads": [],
                       "members": [member_json(self.bot)]}  # fmt: skip
        kept = self._kept[guild_id] = {**bare, **empty, **guild}
        for channel in (*kept["channels"], *kept["threads"]):
            self._made_channels[int(channel["id"])] = guild_id

    def place(self, guild_id: int, channel_id: int) -> None:
        """See to it that the guild has this channel."""
        if self.guild(guild_id) is None:
            self.adopt({"id": str(guild_id)})
        if self.channel(channel_id) is None:
            self.add_channel(guild_id, channel_json(channel_id, guild_id, 0, "recorded", 0))

    def guild_of(self, channel_id: int) -> int | None:
        """The guild of a channel; None for direct messages and unknown channels."""
        made = self._made_channels.get(channel_id)
        if made is not None:
            return made
        guild_id = channel_id >> LOW << LOW
        return guild_id if self.shows(guild_id) else None

    def channel(self, channel_id: int) -> Json | None:
        """The kept document of a channel, thread or direct message channel."""
        if channel_id in self._direct:
            return self._direct[channel_id]
        guild_id = self.guild_of(channel_id)
        guild = None if guild_id is None else self.guild(guild_id)
        if guild is None:
            return None
        wanted = str(channel_id)
        places = (*guild["channels"], *guild["threads"])
        return next((c for c in places if c["id"] == wanted), None)

    def member(self, guild_id: int, user_id: int) -> Json | None:
        """A member of a guild; people who were named are members everywhere until they leave."""
        guild = self.guild(guild_id)
        if guild is None:
            return None
        wanted = str(user_id)
        found = next((m for m in guild["members"] if m["user"]["id"] == wanted), None)
        named = found is None and any(u["id"] == wanted for u in self._named.values())
        if named and (guild_id, wanted) not in self._gone:
            found = self.add_member(guild_id, self.user_by_id(user_id) or {})
        return found

    def add_member(self, guild_id: int, user: Json) -> Json:
        """Somebody joins."""
        self._gone.discard((guild_id, user["id"]))
        made = member_json(user)
        (self.guild(guild_id) or {"members": []})["members"].append(made)
        return made

    def drop_member(self, guild_id: int, user: Json) -> bool:
        """Somebody leaves, or has to; False when they were not there."""
        self._gone.add((guild_id, user["id"]))
        members = (self.guild(guild_id) or {"members": []})["members"]
        before = len(members)
        members[:] = [m for m in members if m["user"]["id"] != user["id"]]
        return len(members) < before

    def has_direct(self, user_id: int) -> bool:
        """Whether the bot and this person have such a channel already."""
        return user_id + 7 in self._direct

    def direct_channel(self, user: Json) -> Json:
        """The direct message channel between the bot and a person."""
        channel_id = int(user["id"]) + 7
        if channel_id not in self._direct:
            self._direct[channel_id] = {
                "id": str(channel_id), "type": 1, "last_message_id": None, "flags": 0,
                "recipients": [user],
            }  # fmt: skip
        return self._direct[channel_id]
