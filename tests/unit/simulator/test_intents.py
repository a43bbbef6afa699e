import pytest

from simulator.core.intents import ALWAYS, Intent, needed


@pytest.mark.parametrize(
    ("event", "in_guild", "intent"),
    [
        ("MESSAGE_CREATE", True, Intent.GUILD_MESSAGES),
        ("MESSAGE_CREATE", False, Intent.DIRECT_MESSAGES),
        ("MESSAGE_REACTION_ADD", True, Intent.GUILD_MESSAGE_REACTIONS),
        ("GUILD_MEMBER_ADD", True, Intent.GUILD_MEMBERS),
        ("GUILD_BAN_ADD", True, Intent.GUILD_MODERATION),
        ("GUILD_CREATE", True, Intent.GUILDS),
        ("THREAD_CREATE", True, Intent.GUILDS),
        ("VOICE_STATE_UPDATE", True, Intent.GUILD_VOICE_STATES),
        ("PRESENCE_UPDATE", True, Intent.GUILD_PRESENCES),
        ("GUILD_INTEGRATIONS_UPDATE", True, Intent.GUILD_INTEGRATIONS),
        ("GUILD_SOUNDBOARD_SOUND_CREATE", True, Intent.GUILD_EXPRESSIONS),
        ("VOICE_CHANNEL_EFFECT_SEND", True, Intent.GUILD_VOICE_STATES),
        ("AUTO_MODERATION_RULE_CREATE", True, Intent.AUTO_MODERATION_CONFIGURATION),
        ("AUTO_MODERATION_ACTION_EXECUTION", True, Intent.AUTO_MODERATION_EXECUTION),
    ],
)
def test_an_event_needs_its_intent(event: str, in_guild: bool, intent: Intent) -> None:
    assert needed(event, in_guild) == intent


@pytest.mark.parametrize("event", ["READY", "RESUMED", "INTERACTION_CREATE", "GUILD_MEMBERS_CHUNK"])
def test_some_events_need_none(event: str) -> None:
    assert needed(event) == ALWAYS
