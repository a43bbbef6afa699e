"""How many of which event: the weights of each profile, and where they come from.

`presence`: all intents. GearBot counted two weeks of January 2020 (discord-api-docs PR 1307):
250 million presence updates, 93 % of all events, and 7.5 million messages, 3 %.
`classic`: the same count without presences and typing: messages are about 40 % of the rest, and
message updates the second most common event, as links unfold (discord-api-docs issue 1691, 2020).
`modern`: a bot of slash commands. Nobody has published a table per event of that time, so its
weights are a proposal: a bot that answers one event in five, and the events that came since 2022,
threads, polls and the audit log, at a few in a hundred.
Only the figures given here are anchored; the other weights fill up the rest by judgement.
`messages` and `interactions` are for measuring one thing.
"""

PROFILES: dict[str, dict[str, float]] = {
    "presence": {
        "PRESENCE_UPDATE": 93, "MESSAGE_CREATE": 3, "MESSAGE_UPDATE": 1, "TYPING_START": 1.2,
        "MESSAGE_REACTION_ADD": 0.6, "MESSAGE_REACTION_REMOVE": 0.1, "GUILD_MEMBER_UPDATE": 0.5,
        "VOICE_STATE_UPDATE": 0.4, "INTERACTION_CREATE": 0.05, "GUILD_ROLE_UPDATE": 0.15,
    },
    "classic": {
        "MESSAGE_CREATE": 40, "MESSAGE_UPDATE": 15, "MESSAGE_REACTION_ADD": 11,
        "MESSAGE_REACTION_REMOVE": 3, "GUILD_MEMBER_UPDATE": 10, "GUILD_MEMBER_ADD": 2,
        "GUILD_MEMBER_REMOVE": 2, "VOICE_STATE_UPDATE": 12, "INTERACTION_CREATE": 1,
        "GUILD_ROLE_UPDATE": 2, "GUILD_UPDATE": 1, "MESSAGE_DELETE": 1,
    },
    "modern": {
        "MESSAGE_CREATE": 35, "MESSAGE_UPDATE": 10, "MESSAGE_REACTION_ADD": 7.5,
        "MESSAGE_REACTION_REMOVE": 1.5, "MESSAGE_POLL_VOTE_ADD": 0.8,
        "MESSAGE_POLL_VOTE_REMOVE": 0.2, "GUILD_MEMBER_UPDATE": 6, "GUILD_MEMBER_ADD": 2,
        "GUILD_MEMBER_REMOVE": 1, "GUILD_AUDIT_LOG_ENTRY_CREATE": 1, "VOICE_STATE_UPDATE": 10,
        "INTERACTION_CREATE": 20, "THREAD_CREATE": 1, "THREAD_UPDATE": 0.6, "THREAD_DELETE": 0.4,
        "CHANNEL_UPDATE": 0.5, "GUILD_ROLE_UPDATE": 1, "GUILD_UPDATE": 0.5, "MESSAGE_DELETE": 1,
    },
    "messages": {"MESSAGE_CREATE": 1},
    "interactions": {"INTERACTION_CREATE": 1},
}  # fmt: skip
EVENTS = frozenset(name for profile in PROFILES.values() for name in profile)

# Shares of the texts of `modern` that are something else than plain words.
POLLS, LAYOUTS, REPLIES = 0.02, 0.04, 0.15
