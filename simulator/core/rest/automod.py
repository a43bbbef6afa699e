"""Rules of auto moderation. They are kept and told of; nothing is moderated by them.

Source: Discord Docs/Auto Moderation.
"""

from simulator.core.rest.audit import Action
from simulator.core.rest.authority import Permission
from simulator.core.rest.collection import Collection
from simulator.core.rest.context import Api
from simulator.core.rest.form import (
    Form,
    choice,
    clearable,
    flag,
    integer,
    many,
    needed,
    snowflake,
    text,
)
from simulator.core.rest.route import ApiError, Request
from simulator.core.world import Json

KEYWORD, SPAM, PRESET, MENTIONS, PROFILE = 1, 3, 4, 5, 6
_MOST = {KEYWORD: 6, SPAM: 1, PRESET: 1, MENTIONS: 1, PROFILE: 1}
_TRIGGER = Form(
    keyword_filter=many(text(1, 60), 0, 1000), regex_patterns=many(text(1, 260), 0, 10),
    presets=many(choice(1, 2, 3), 0, 3), allow_list=many(text(1, 60), 0, 1000),
    mention_total_limit=integer(0, 50), mention_raid_protection_enabled=flag,
)  # fmt: skip
_ACTION = Form(
    type=needed(choice(1, 2, 3, 4)),
    metadata=Form(channel_id=snowflake, duration_seconds=integer(0, 2_419_200),
                  custom_message=clearable(text(0, 150))),
)  # fmt: skip
_FORM = Form(
    name=needed(text(1, 100)), event_type=needed(choice(1, 2)),
    trigger_type=needed(choice(*_MOST)), trigger_metadata=clearable(_TRIGGER),
    actions=needed(many(_ACTION, 1, 5)), enabled=flag, exempt_roles=many(snowflake, 0, 20),
    exempt_channels=many(snowflake, 0, 50),
)  # fmt: skip
_DEFAULTS: dict[int, Json] = {
    KEYWORD: {"keyword_filter": [], "regex_patterns": [], "allow_list": []},
    PROFILE: {"keyword_filter": [], "regex_patterns": [], "allow_list": []},
    SPAM: {}, PRESET: {"presets": [], "allow_list": []},
    MENTIONS: {"mention_total_limit": 20, "mention_raid_protection_enabled": False},
}  # fmt: skip


def _make(api: Api, request: Request, guild_id: int, given: Json) -> Json:
    kind = given["trigger_type"]
    kept = api.listed(guild_id, "auto moderation")
    if sum(rule["trigger_type"] == kind for rule in kept) >= _MOST[kind]:
        raise ApiError(400, 30045, f"Maximum number of rules of this type reached ({_MOST[kind]})")
    return {
        "id": str(api.ids.next(request.now)), "guild_id": str(guild_id),
        "creator_id": api.world.bot["id"], "enabled": False, "exempt_roles": [],
        "exempt_channels": [], **given,
        "trigger_metadata": {**_DEFAULTS[kind], **(given.get("trigger_metadata") or {})},
    }  # fmt: skip


def _settle(rule: Json) -> None:
    """Actions always have metadata; a trigger only what its kind has."""
    known = _DEFAULTS[rule["trigger_type"]]
    given = rule["trigger_metadata"] or {}
    rule["trigger_metadata"] = {**known, **{k: v for k, v in given.items() if k in known}}
    rule["actions"] = [{"metadata": {}, **action} for action in rule["actions"]]


def _tell(api: Api, guild_id: int, verb: str, rule: Json) -> None:
    api.hub.publish(f"AUTO_MODERATION_RULE_{verb}", guild_id, rule)


_RULES = Collection(
    "auto moderation rule", "auto moderation", "auto-moderation/rules", _FORM, _make, _tell,
    Action.RULE_CREATE, Permission.MANAGE_GUILD, created=200, check=_settle,
    fixed=frozenset({"trigger_type"}),
)  # fmt: skip
ROUTES = _RULES.routes()
