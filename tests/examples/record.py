"""What a bot showed, so that two runs of it can be compared.

Of messages the visible part is kept, in order per channel and per interaction. What differs
by its nature is replaced: ids made at run time, and the random custom ids of components.
"""

import re
from collections import defaultdict
from typing import Any

import msgspec

from simulator.core.replies import Replies
from simulator.core.world import Json

_KEPT = (
    "content",
    "embeds",
    "components",
    "flags",
    "type",
    "title",
    "custom_id",
    "choices",
    "name",
)
_MADE_NOW = re.compile(r"\b1[5-9]\d{17}\b")
_RANDOM = re.compile(r"\b[0-9a-f]{32}\b")
_FROM_REST = frozenset(
    {"CHANNEL_CREATE", "THREAD_CREATE", "GUILD_MEMBER_UPDATE", "CHANNEL_PINS_UPDATE"}
)


class Record(Replies):
    """Takes the place of a fake Discord's ``Replies`` and keeps what they are told."""

    def __init__(self) -> None:
        super().__init__()
        self._channels: defaultdict[int, list[str]] = defaultdict(list)
        self._interactions: defaultdict[int, list[str]] = defaultdict(list)
        self.whispered: list[Json] = []
        self.did: list[tuple[str, Json]] = []

    def shown_in(self, channel_id: int, event: str, what: Json) -> None:
        """As told by Discord's REST side."""
        self._channels[channel_id].append(f"{event} {_text(what)}")
        self.did.append((event, what))
        super().shown_in(channel_id, event, what)

    def shown_for(self, interaction_id: int, event: str, what: Json) -> None:
        """The same for interactions."""
        self._interactions[interaction_id].append(f"{event} {_text(what)}")
        self.whispered.append(what)
        super().shown_for(interaction_id, event, what)

    def published(self, event: str, data: Json) -> None:
        """An event that only REST calls of the bot cause here."""
        if event in _FROM_REST:
            self._channels[0].append(f"{event} {_text(data)}")
            self.did.append((event, data))

    def compared(self) -> dict[str, list[str]]:
        """Everything, in a form that two runs have in common."""
        shown = {f"channel {place}": lines for place, lines in sorted(self._channels.items())}
        for number, (_, lines) in enumerate(sorted(self._interactions.items())):
            shown[f"interaction {number}"] = lines
        names: dict[str, str] = {}
        return {_renamed(place, names): [_renamed(line, names) for line in lines]
                for place, lines in shown.items()}  # fmt: skip


def _text(what: Json) -> str:
    kept: dict[str, Any] = {key: what[key] for key in _KEPT if what.get(key)}
    kept["files"] = [file["filename"] for file in what.get("attachments") or ()]
    replied = what.get("referenced_message")
    if replied:
        kept["replies_to"] = replied["content"]
    if "emoji" in what:
        kept["emoji"] = what["emoji"]["name"]
    if "permission_overwrites" in what:
        kept["overwrites"] = what["permission_overwrites"]
    return msgspec.json.encode(kept, order="deterministic").decode()


def _renamed(text: str, names: dict[str, str]) -> str:
    """Ids of this run are numbered in the order in which they appear."""

    def name(found: re.Match[str]) -> str:
        return names.setdefault(found.group(), f"#{len(names)}")

    return _RANDOM.sub(name, _MADE_NOW.sub(name, text))
