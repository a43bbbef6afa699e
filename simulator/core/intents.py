"""Which sessions may see which event, and what they may see of it.

Source: Discord Docs/Gateway, "Gateway Intents" and "Message Content Intent".
"""

from enum import IntFlag


class Intent(IntFlag):
    """The bits of IDENTIFY's `intents`."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_MODERATION = 1 << 2
    GUILD_EXPRESSIONS = 1 << 3
    GUILD_INTEGRATIONS = 1 << 4
    GUILD_WEBHOOKS = 1 << 5
    GUILD_INVITES = 1 << 6
    GUILD_VOICE_STATES = 1 << 7
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    GUILD_MESSAGE_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    DIRECT_MESSAGE_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15
    GUILD_SCHEDULED_EVENTS = 1 << 16
    EMBEDDED_ACTIVITIES = 1 << 17  # undocumented; interactions.py asks for it, Discord lets it
    AUTO_MODERATION_CONFIGURATION = 1 << 20
    AUTO_MODERATION_EXECUTION = 1 << 21
    GUILD_MESSAGE_POLLS = 1 << 24
    DIRECT_MESSAGE_POLLS = 1 << 25


KNOWN = int(sum(Intent))
PRIVILEGED = int(Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES | Intent.MESSAGE_CONTENT)
ALWAYS = 0  # events that no intent guards: READY, INTERACTION_CREATE, entitlements

_BY_PREFIX = (
    ("MESSAGE_REACTION_", Intent.GUILD_MESSAGE_REACTIONS, Intent.DIRECT_MESSAGE_REACTIONS),
    ("MESSAGE_POLL_", Intent.GUILD_MESSAGE_POLLS, Intent.DIRECT_MESSAGE_POLLS),
    ("MESSAGE_", Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES),
    ("TYPING_START", Intent.GUILD_MESSAGE_TYPING, Intent.DIRECT_MESSAGE_TYPING),
    ("CHANNEL_PINS_UPDATE", Intent.GUILDS, Intent.DIRECT_MESSAGES),
    ("PRESENCE_UPDATE", Intent.GUILD_PRESENCES, 0),
    ("VOICE_STATE_UPDATE", Intent.GUILD_VOICE_STATES, 0),
    ("GUILD_MEMBER_", Intent.GUILD_MEMBERS, 0),
    ("GUILD_BAN_", Intent.GUILD_MODERATION, 0),
    ("GUILD_AUDIT_LOG_", Intent.GUILD_MODERATION, 0),
    ("GUILD_EMOJIS_", Intent.GUILD_EXPRESSIONS, 0),
    ("GUILD_STICKERS_", Intent.GUILD_EXPRESSIONS, 0),
    ("GUILD_SOUNDBOARD_", Intent.GUILD_EXPRESSIONS, 0),
    ("GUILD_INTEGRATIONS_", Intent.GUILD_INTEGRATIONS, 0),
    ("INTEGRATION_", Intent.GUILD_INTEGRATIONS, 0),
    ("VOICE_CHANNEL_EFFECT_", Intent.GUILD_VOICE_STATES, 0),
    ("AUTO_MODERATION_RULE_", Intent.AUTO_MODERATION_CONFIGURATION, 0),
    ("AUTO_MODERATION_ACTION_", Intent.AUTO_MODERATION_EXECUTION, 0),
    ("GUILD_SCHEDULED_EVENT_", Intent.GUILD_SCHEDULED_EVENTS, 0),
    ("INVITE_", Intent.GUILD_INVITES, 0),
    ("WEBHOOKS_", Intent.GUILD_WEBHOOKS, 0),
    ("GUILD_", Intent.GUILDS, 0),
    ("CHANNEL_", Intent.GUILDS, 0),
    ("THREAD_", Intent.GUILDS, 0),
    ("STAGE_INSTANCE_", Intent.GUILDS, 0),
)


# Replies to what a session asked for itself: never filtered.
_ASKED_FOR = frozenset({"GUILD_MEMBERS_CHUNK"})


def needed(event: str, in_guild: bool = True) -> int:
    """The intent bits of which a session needs one to receive `event`; 0 when none is needed."""
    if event in _ASKED_FOR:
        return ALWAYS
    for prefix, guild, direct in _BY_PREFIX:
        if event.startswith(prefix):
            return int(guild if in_guild else direct)
    return ALWAYS
