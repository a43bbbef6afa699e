"""What the workers say about the bot: intents, event types, application commands.

Every live worker publishes its manifest. Workers of one version say the same; during a rollout two
versions live side by side, and the one that appeared last decides, so that a restarting worker of
the old version changes nothing.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

GLOBAL = "global"
DAILY_CREATES = 200
"""Commands that may be created a day and scope (Discord Docs/Application Commands)."""

# Kept by Discord, not sent by bots.
_SERVER_KEYS = frozenset(
    {"id", "application_id", "guild_id", "version", "name_localized", "description_localized"}
)
# A missing value and these mean the same.
_DEFAULTS: Mapping[str, Any] = {"type": 1, "dm_permission": True, "integration_types": [0]}


class Manifest(msgspec.Struct, frozen=True):
    """One worker's word; kept in the key-value bucket as JSON."""

    worker: str
    version: str
    """The same for all workers that run the same code."""
    appeared: float
    """When the first of these workers started, seconds since 1970."""
    intents: int
    event_types: list[str] | None = None
    """Dispatch types with a handler; None means all that the intents bring."""


def newest(manifests: Iterable[Manifest]) -> Manifest | None:
    """The manifest that decides: of the version that appeared last."""
    return max(manifests, key=lambda manifest: (manifest.appeared, manifest.version), default=None)


def appearance(version: str, manifests: Iterable[Manifest], now: float) -> float:
    """When a version appeared: with its first worker that still lives, else now."""
    return min((m.appeared for m in manifests if m.version == version), default=now)


def wanted_types(manifests: Iterable[Manifest], extra: Iterable[str]) -> frozenset[str] | None:
    """Event types to publish; None publishes all."""
    wanted = set(extra)
    for manifest in manifests:
        if manifest.event_types is None:
            return None
        wanted.update(manifest.event_types)
    return frozenset(wanted) if wanted else None


def normal(command: Mapping[str, Any], *, top: bool = True) -> dict[str, Any]:
    """A command, or an option of one, without what does not tell it apart from another."""
    kept: dict[str, Any] = {}
    for key, value in command.items():
        default = _DEFAULTS.get(key, False) if top else False
        if key in _SERVER_KEYS or value is None or value in ("", [], {}):
            continue
        if type(value) is type(default) and value == default:  # 0 and 1 are no booleans
            continue
        if key == "options":
            kept[key] = [normal(option, top=False) for option in value]
        else:
            kept[key] = value
    return kept


def fingerprint(commands: Iterable[Mapping[str, Any]]) -> str:
    """The same for the same commands, as they are, in any order."""
    rows = sorted(json.dumps(command, sort_keys=True) for command in commands)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def key_of(command: Mapping[str, Any]) -> tuple[int, str]:
    """What makes two commands the same command: type and name."""
    return int(command.get("type") or 1), str(command["name"])


class Plan(msgspec.Struct, frozen=True):
    """A bulk overwrite to send, or none."""

    overwrite: list[dict[str, Any]] | None
    created: int
    """Commands in it that are new: they count against ``DAILY_CREATES``."""


def plan(
    wanted: Sequence[dict[str, Any]], registered: Sequence[dict[str, Any]], *, prune: bool
) -> Plan:
    """What to write so that ``wanted`` is registered.

    Without ``prune`` a command that is registered and not wanted stays.
    """
    known = {key_of(command): command for command in registered}
    asked = {key_of(command) for command in wanted}
    stale = [command for key, command in known.items() if key not in asked]
    created = sum(1 for key in asked if key not in known)
    changed = any(
        key_of(command) in known and normal(known[key_of(command)]) != normal(command)
        for command in wanted
    )
    if not created and not changed and not (prune and stale):
        return Plan(None, 0)
    kept = [] if prune else [_resend(command) for command in stale]
    return Plan([*wanted, *kept], created)


def _resend(command: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in command.items() if key not in _SERVER_KEYS}
