"""A recorded stream, played again at its own times or at a multiple of their speed.

A recording is a text of JSON lines. The first is `{"recording": 1}`; each other one is an event,
`{"at": seconds, "t": its type, "d": its body}`, in any order. Interactions get new ids and
tokens when they are played: the recorded ones are too old to be answered, or were left out.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec

from simulator.core.commands import Commands
from simulator.core.emission import Emission, Probe
from simulator.core.hub import redact as without_content
from simulator.core.intents import needed
from simulator.core.interactions import Interaction, token_for
from simulator.core.pace import Pace
from simulator.core.shapes import Shape
from simulator.core.snowflake import Snowflakes
from simulator.core.world import APPLICATION_ID, Json, World
from simulator.errors import WrongValue

VERSION = 1
_OF_CONNECTIONS = frozenset({"READY", "RESUMED", "GUILD_MEMBERS_CHUNK"})
_GUILD_IS_ID = frozenset({"GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE"})
_PROBE = re.compile(r"!probe (\d{1,9})")


class Entry(msgspec.Struct):
    """One event; `at` in seconds since the first."""

    at: float
    t: str
    d: Json


class _Head(msgspec.Struct):
    recording: int


Id = Annotated[str, msgspec.Meta(pattern=r"^\d{1,20}$")] | Annotated[int, msgspec.Meta(ge=0)]


class _Thing(msgspec.Struct):
    id: Id


class _Body(msgspec.Struct):
    """What playing an event reads of its body: a foreign file is told of before it is played."""

    guild_id: Id | None = None
    channel_id: Id | None = None


class _Spoken(_Body):
    author: Json = {}
    mentions: list[_Thing] = []
    content: str | None = None


class _Message(_Spoken, kw_only=True):
    id: Id
    channel_id: Id


class _Interaction(_Body):
    type: int = 2
    user: Json | None = None
    member: Json | None = None
    message: _Thing | None = None


class _Guild(_Thing):
    channels: list[_Thing] = []
    threads: list[_Thing] = []


_BODIES: dict[str, type[msgspec.Struct]] = {
    "MESSAGE_CREATE": _Message, "MESSAGE_UPDATE": _Spoken, "INTERACTION_CREATE": _Interaction,
    **dict.fromkeys(_GUILD_IS_ID, _Guild),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recording:
    """The events, oldest first."""

    entries: tuple[Entry, ...]


def read(text: bytes) -> Recording:
    """Raises WrongValue that names the line."""
    lines = text.splitlines()
    try:
        head = msgspec.json.decode(lines[0] if lines else b"", type=_Head)
    except msgspec.MsgspecError:
        head = _Head(0)
    if head.recording != VERSION:
        raise WrongValue(f'no recording: the first line must be {{"recording": {VERSION}}}')
    entries, decode = [], msgspec.json.Decoder(Entry).decode
    for number, line in enumerate(lines[1:], 2):
        try:
            entry = decode(line)
            msgspec.convert(entry.d, _BODIES.get(entry.t, _Body))
        except msgspec.MsgspecError as error:
            raise WrongValue(f"line {number} is no event: {error}") from None
        if entry.t not in _OF_CONNECTIONS:
            entries.append(entry)
    if not entries:
        raise WrongValue("the recording holds no event")
    return Recording(tuple(sorted(entries, key=lambda entry: entry.at)))


class Schedule(Pace):
    """The pace of a recording: its own times, divided by the speed."""

    def __init__(self, recording: Recording, speed: float, duration: float | None) -> None:
        first = recording.entries[0].at
        self._times = [(entry.at - first) / speed for entry in recording.entries]
        length = self._times[-1] + 1e-3
        super().__init__(len(self._times) / length, min(length, duration or length))

    def change(self, rate: float, now: float) -> None:  # noqa: ARG002 - the signature of Pace
        """Raises WrongValue: a recording has times of its own."""
        raise WrongValue("a replay keeps the times of its recording")

    def follow(self, shape: Shape, now: float) -> None:
        """Raises WrongValue."""
        self.change(shape.rate(0), now)

    def offered(self, now: float) -> int:
        """How many events were intended up to `now`."""
        if self.started is None:
            return 0
        return bisect_right(self._times, self._elapsed(now) + 1e-6)

    def take(self, count: int) -> list[float]:
        """The next `count` events, which count as taken: seconds after the start."""
        first = self.taken
        self.taken += count
        return self._times[first : self.taken]

    def next_at(self) -> float | None:
        """When the next event is intended."""
        if self.started is None or self.taken >= len(self._times):
            return None
        return self.started + self._times[self.taken]


class Playback:
    """Turns the entries into events, one after the other."""

    def __init__(self, recording: Recording, world: World, ids: Snowflakes) -> None:
        self._entries = recording.entries
        self._world, self._ids = world, ids
        self._played = 0

    def batch(
        self,
        began: float,
        times: Sequence[float],
        commands: Commands,  # noqa: ARG002 - the signature of Mix
        readable: Callable[[int], bool],  # noqa: ARG002
        redact: bool,
    ) -> list[Emission]:
        """The next events, intended `times` seconds after `began`."""
        return [self._next(began + elapsed, redact) for elapsed in times]

    def _next(self, now: float, redact: bool) -> Emission:
        entry = self._entries[self._played % len(self._entries)]
        self._played += 1
        d = entry.d
        guild = int(d.get("guild_id") or (d["id"] if entry.t in _GUILD_IS_ID else 0))
        self._settle(entry, guild)
        bits = needed(entry.t, bool(guild))
        if entry.t == "INTERACTION_CREATE":
            return self._interaction(d, guild, now)
        plain = Emission(entry.t.encode(), msgspec.json.encode(d), now, guild, bits)
        if entry.t in {"MESSAGE_CREATE", "MESSAGE_UPDATE"} and redact:
            hidden = without_content(d, self._world.bot["id"])
            plain.redacted = msgspec.json.encode(hidden)
        return self._owing(plain, d) if entry.t == "MESSAGE_CREATE" else plain

    def _settle(self, entry: Entry, guild: int) -> None:
        """REST must know the places that a bot will answer in."""
        if entry.t == "GUILD_CREATE" and not entry.d.get("unavailable"):
            self._world.adopt(entry.d)
        elif guild and entry.d.get("channel_id"):
            self._world.place(guild, int(entry.d["channel_id"]))

    def _owing(self, event: Emission, d: Json) -> Emission:
        channel = int(d["channel_id"])
        probe = _PROBE.fullmatch(d.get("content") or "")
        event.owed = None if probe is None else Probe(int(probe[1]), channel)
        event.message, event.channel = int(d["id"]), channel
        return event

    def _interaction(self, d: Json, guild: int, now: float) -> Emission:
        ident = self._ids.next(now)
        user = d.get("user") or (d.get("member") or {}).get("user") or self._world.user(0)
        record = Interaction(
            ident, int(d.get("type") or 2), guild, int(d.get("channel_id") or 0),
            msgspec.json.encode(user), now, token_for(ident),
            source=int((d.get("message") or {}).get("id") or 0),
        )  # fmt: skip
        mine = {"id": str(ident), "token": record.token, "application_id": str(APPLICATION_ID)}
        body = msgspec.json.encode({**d, **mine})
        return Emission(b"INTERACTION_CREATE", body, now, guild, 0, None, record)
