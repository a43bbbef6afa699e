"""Whom a message mentions, and whom it may. Source: Discord Docs/Message, "Allowed Mentions"."""

import re

from simulator.core.rest.context import Api
from simulator.core.world import Json

_USER, _ROLE = re.compile(r"<@!?(\d{1,20})>"), re.compile(r"<@&(\d{1,20})>")
_EVERYONE = re.compile(r"@(everyone|here)\b")
_ALL: Json = {"parse": ["users", "roles", "everyone"]}


def of(api: Api, content: str, allowed: Json | None) -> Json:
    """The keys of a message that tell whom it mentions."""
    if "@" not in content:
        return {"mention_everyone": False, "mentions": [], "mention_roles": []}
    rule = _ALL if allowed is None else allowed
    ids = _may(rule, "users", _USER.findall(content))
    users = (api.world.user_by_id(int(ident)) for ident in ids)
    everyone = "everyone" in rule.get("parse", ()) and bool(_EVERYONE.search(content))
    return {
        "mention_everyone": everyone, "mentions": [user for user in users if user is not None],
        "mention_roles": _may(rule, "roles", _ROLE.findall(content)),
    }  # fmt: skip


def _may(rule: Json, kind: str, found: list[str]) -> list[str]:
    """Those who may be mentioned, each once, in order."""
    if kind in rule.get("parse", ()):
        return list(dict.fromkeys(found))
    named = rule.get(kind, ())
    return [ident for ident in dict.fromkeys(found) if ident in named]


def add_replied(message: Json, author: Json, allowed: Json | None) -> None:
    """A reply mentions the author of what it replies to, unless it says otherwise."""
    wanted = allowed is None or allowed.get("replied_user", False)
    if wanted and all(user["id"] != author["id"] for user in message["mentions"]):
        message["mentions"] = [*message["mentions"], author]
