"""Many events at once, on top of the offered rate: what breaks bots that a steady stream does not.

A storm is a list of (seconds after its beginning, how to make the event). `cold_start` and
`resume_burst` are not here: they happen to connections, so faults make them.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from itertools import count as counting

import msgspec

from simulator.core import templates
from simulator.core.commands import Commands
from simulator.core.emission import Emission, invoked
from simulator.core.intents import needed
from simulator.core.mix import Mix
from simulator.core.scene import Scene, Scenes
from simulator.core.snowflake import Snowflakes
from simulator.core.world import World
from simulator.errors import WrongValue

Make = Callable[[float], Emission]  # from the intended time to the event

OF_CONNECTIONS = frozenset({"cold_start", "resume_burst"})
_BULK = 100  # messages that one bulk deletion takes (Discord Docs/Message)
MOST = 1_000_000


class Storm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`events` of a raid or a flash crowd; `seconds` that it takes, or that an outage lasts."""

    kind: str
    events: int = 200
    seconds: float = 2.0
    guild: int = 0  # position of the guild that it befalls


class Storms:
    """The storms that are under way. Times are seconds since the Unix epoch."""

    def __init__(
        self, world: World, scenes: Scenes, ids: Snowflakes, mix: Mix, commands: Commands
    ) -> None:
        self._world, self._scenes, self._ids = world, scenes, ids
        self._mix, self._commands = mix, commands
        self._stamps = templates.Timestamps()
        self._due: list[tuple[float, int, str, Make]] = []
        self._numbers = counting()
        self.counts: Counter[str] = Counter()

    def begin(self, storm: Storm, now: float) -> int:
        """Schedule every event of a storm; returns how many. Raises WrongValue."""
        check(storm)
        guilds = self._world.guild_ids()
        scene = self._scenes.of(guilds[min(storm.guild, len(guilds) - 1)])
        events = list(self._makers[storm.kind](self, storm, scene))
        for offset, make in events:
            heappush(self._due, (now + offset, next(self._numbers), storm.kind, make))
        return len(events)

    def next_at(self) -> float | None:
        """When the next event is intended."""
        return self._due[0][0] if self._due else None

    def take(self, now: float, most: int) -> list[Emission]:
        """The events that are intended by `now`."""
        taken: list[Emission] = []
        while self._due and self._due[0][0] <= now and len(taken) < most:
            at, _, kind, make = heappop(self._due)
            self.counts[kind] += 1
            taken.append(make(at))
        return taken

    def _raid(self, storm: Storm, scene: Scene) -> Iterator[tuple[float, Make]]:
        """Many join and write the same; then a moderator deletes it in bulk."""
        sent: list[int] = []
        gap = storm.seconds / storm.events
        for number in range(storm.events):
            person = number % len(scene.uids)
            yield number * gap, self._member("GUILD_MEMBER_ADD", scene, person)
            yield number * gap, self._spam(scene, person, sent)
        for page in range(0, storm.events, _BULK):
            yield storm.seconds, self._purge(scene, sent, page)

    def _member(self, name: str, scene: Scene, person: int) -> Make:
        d = templates.member_event(scene, person)
        return lambda now: Emission(name.encode(), d, now, scene.guild, needed(name))

    def _spam(self, scene: Scene, person: int, sent: list[int]) -> Make:
        def make(now: float) -> Emission:
            ident, stamp = self._ids.next(now), self._stamps.text(now)
            sent.append(ident)
            d = templates.message(scene, 0, person, ident, b'"free discs here"', stamp)
            hidden = d.replace(b'"free discs here"', b'""', 1)
            bits, channel = needed("MESSAGE_CREATE"), scene.channels[0]
            return Emission(
                b"MESSAGE_CREATE", d, now, scene.guild, bits, hidden, None, ident, channel
            )

        return make

    def _purge(self, scene: Scene, sent: list[int], page: int) -> Make:
        def make(now: float) -> Emission:
            ids = [str(ident) for ident in sent[page : page + _BULK]]
            place = {"channel_id": str(scene.channels[0]), "guild_id": str(scene.guild)}
            d = msgspec.json.encode({"ids": ids, **place})
            bits = needed("MESSAGE_DELETE_BULK")
            return Emission(b"MESSAGE_DELETE_BULK", d, now, scene.guild, bits)

        return make

    def _outage(self, storm: Storm, _: Scene) -> Iterator[tuple[float, Make]]:
        """Every guild becomes unavailable, and after `seconds` comes back."""
        for guild in self._world.guild_ids():
            yield 0.0, self._gone(guild)
            yield storm.seconds, self._back(guild)

    def _gone(self, guild: int) -> Make:
        d = b'{"id":"%d","unavailable":true}' % guild
        return lambda now: Emission(b"GUILD_DELETE", d, now, guild, needed("GUILD_DELETE"))

    def _back(self, guild: int) -> Make:
        def make(now: float) -> Emission:
            d = msgspec.json.encode(self._world.guild_create(guild, everyone=True))
            return Emission(b"GUILD_CREATE", d, now, guild, needed("GUILD_CREATE"))

        return make

    def _member_updates(self, _: Storm, __: Scene) -> Iterator[tuple[float, Make]]:
        """The bot's profile was edited: one event for each guild, all at once."""
        for guild in self._world.guild_ids():
            yield 0.0, self._own_member(guild)

    def _own_member(self, guild: int) -> Make:
        def make(now: float) -> Emission:
            document = self._world.kept(guild) or self._world.fresh_guild(guild)
            mine = self._world.bot["id"]
            member = next(m for m in document["members"] if m["user"]["id"] == mine)
            d = msgspec.json.encode({**member, "guild_id": str(guild)})
            bits = needed("GUILD_MEMBER_UPDATE")
            return Emission(b"GUILD_MEMBER_UPDATE", d, now, guild, bits)

        return make

    def _flash_crowd(self, storm: Storm, scene: Scene) -> Iterator[tuple[float, Make]]:
        """One command, one guild, everybody, within seconds."""
        ways = self._mix.invocations(self._commands)
        chosen = next((way for way in ways if way.scope in {0, scene.guild}), None)
        if chosen is None:
            raise WrongValue("a flash crowd needs a registered command, and there is none")

        def invocation(person: int) -> Make:
            return lambda now: invoked(chosen, scene, 0, person, self._ids.next(now), now)

        gap = storm.seconds / storm.events
        for number in range(storm.events):
            yield number * gap, invocation(number % len(scene.uids))

    _makers = {  # noqa: RUF012 - a table that nobody changes
        "raid": _raid,
        "outage": _outage,
        "member_updates": _member_updates,
        "flash_crowd": _flash_crowd,
    }


KINDS = frozenset({"raid", "outage", "member_updates", "flash_crowd"}) | OF_CONNECTIONS


def check(storm: Storm) -> None:
    """Raises WrongValue that says what is wrong."""
    if storm.kind not in KINDS:
        kinds = ", ".join(sorted(KINDS))
        raise WrongValue(f"{storm.kind!r} is no kind of storm; there are: {kinds}")
    if not 1 <= storm.events <= MOST or not 0 <= storm.seconds <= 3600 or storm.guild < 0:
        raise WrongValue(f"a storm has 1 to {MOST:,} events in 0 to 3600 seconds, in a guild")


def parse(given: object) -> Storm:
    """A storm from JSON: an object with `kind`, and `events`, `seconds`, `guild` at will."""
    try:
        storm = msgspec.convert(given, Storm)
    except msgspec.ValidationError as error:
        raise WrongValue(f"no storm: {error}") from None
    check(storm)
    return storm
