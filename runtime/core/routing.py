"""Where an event goes: its class of traffic, its lane, its subject.

A lane is what keeps a guild's events in order: the broker has at most one event of a lane in
flight (see ``topology``), and all events of a guild share a lane. Direct messages have no guild;
their channel takes its place.
"""

import re
from enum import StrEnum
from functools import lru_cache
from typing import Any

import msgspec

from runtime.errors import ConfigurationError

LANES = 64
AMBIENT_TYPES = frozenset({"PRESENCE_UPDATE", "TYPING_START"})

_GUILD_IS_ID = frozenset({"GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE"})
_INTERACTION_KINDS = {2: "command", 3: "component", 4: "autocomplete", 5: "modal"}
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")


class TrafficClass(StrEnum):
    """How an event travels, what order it keeps and what happens when it fails."""

    INTERACTION = "interaction"
    EVENT = "event"
    AMBIENT = "ambient"


class Keys(msgspec.Struct, frozen=True):
    """The few fields of ``d`` that routing looks at; of any JSON type, since Discord is remote."""

    guild_id: Any = None
    channel_id: Any = None
    id: Any = None
    type: Any = None


decode_keys = msgspec.json.Decoder(Keys).decode


def fnv1a32(text: str) -> int:
    """FNV-1a, 32 bits, over the UTF-8 bytes; the hash of nats-server's ``partition(n, i)``."""
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


@lru_cache(maxsize=65536)
def lane_of(key: str) -> int:
    """The lane, 0 to ``LANES - 1``, of a guild id (or a channel id, for direct messages)."""
    return fnv1a32(key) % LANES


def classify(event_type: str) -> TrafficClass:
    """The class of a dispatch type such as ``MESSAGE_CREATE``."""
    if event_type == "INTERACTION_CREATE":
        return TrafficClass.INTERACTION
    if event_type in AMBIENT_TYPES:
        return TrafficClass.AMBIENT
    return TrafficClass.EVENT


def order_key(event_type: str, keys: Keys) -> str:
    """What the event is ordered by: guild, else channel, else the object itself."""
    if event_type in _GUILD_IS_ID:
        return str(keys.id or "")
    return str(keys.guild_id or keys.channel_id or keys.id or "")


class Subjects:
    """The subjects below one prefix, so that several bots can share one NATS.

    ``VERSION`` is that of the envelope: another one has other subjects, which no consumer of this
    one takes.

    Raises:
        ConfigurationError: the prefix is not one plain subject token.
    """

    VERSION = "v1"

    def __init__(self, prefix: str = "discord") -> None:
        if not _TOKEN.fullmatch(prefix):
            raise ConfigurationError(
                f"SUBJECT_PREFIX must be one token of letters, digits, - and _, not {prefix!r}"
            )
        self.prefix = prefix
        self.root = f"{prefix}.{self.VERSION}"
        self.rest = f"{self.root}.rest"
        self._events = lru_cache(maxsize=8192)(self._event)

    def of(self, event_type: str, body: bytes) -> str:
        """The subject of an event whose ``d`` is ``body``.

        Raises:
            msgspec.DecodeError: ``body`` is not a JSON object.
        """
        keys = decode_keys(body)
        if event_type == "INTERACTION_CREATE":
            kind = keys.type if isinstance(keys.type, int) else 0
            return f"{self.root}.interaction.{_INTERACTION_KINDS.get(kind, 'command')}"
        if event_type in AMBIENT_TYPES:
            return f"{self.root}.ambient.{event_type}"
        return self._events(lane_of(order_key(event_type, keys)), event_type)

    def _event(self, lane: int, event_type: str) -> str:
        return f"{self.root}.event.{lane}.{event_type}"

    def lane(self, lane: int) -> str:
        """The filter of one lane's consumer."""
        return f"{self.root}.event.{lane}.>"

    def all_of(self, traffic: TrafficClass) -> str:
        """The filter of a whole class of traffic."""
        return f"{self.root}.{traffic}.>"

    def dead(self, traffic: TrafficClass, event_type: str) -> str:
        """Where a dead letter of this class and type is kept."""
        return f"{self.root}.dead.{traffic}.{event_type}"

    @property
    def all_dead(self) -> str:
        """The filter of all dead letters."""
        return f"{self.root}.dead.>"
