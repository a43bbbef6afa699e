"""All gateway sessions of the application: who is due which event, who may identify.

Source: Discord Docs/Gateway, "Sharding", "Session Start Limit", "Identifying".
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from simulator.core import intents, voice
from simulator.core.chunks import Chunks
from simulator.core.emission import Emission
from simulator.core.faults import Faults
from simulator.core.ledger import Ledger
from simulator.core.ready import ready
from simulator.core.replay import Bounds
from simulator.core.session import Session, Signal, State
from simulator.core.wire import Dispatch
from simulator.core.world import LOW, Json, World

IDENTIFY_WINDOW = 5.0
DAY = 86_400.0
LARGE_BOT = 150_000  # guilds


def daily(guilds: int) -> int:
    """IDENTIFYs a day; bots in very many guilds have more of them."""
    return 1000 if guilds < LARGE_BOT else max(2000, guilds // 1000 * 5)


class Identifies:
    """The budget of IDENTIFYs: one per `window` seconds and bucket, `total` a day."""

    def __init__(self, concurrency: int, total: int, window: float = IDENTIFY_WINDOW) -> None:
        self.concurrency = concurrency
        self.total = total
        self.window = window
        self._used = 0
        self._day_ends = 0.0
        self._last: dict[int, float] = {}

    def remaining(self, now: float) -> int:
        if now >= self._day_ends:
            self._used = 0
            self._day_ends = now + DAY
        return max(0, self.total - self._used)

    def reset_after_ms(self, now: float) -> int:
        self.remaining(now)
        return int((self._day_ends - now) * 1000)

    def take(self, shard: int, now: float) -> bool:
        """Whether this shard may identify now; the day's budget pays either way."""
        self.remaining(now)
        self._used += 1
        bucket = shard % self.concurrency
        early = now - self._last.get(bucket, -self.window) < self.window
        if not early:
            self._last[bucket] = now
        return not early


class Hub:
    """The sessions, by id and by shard."""

    def __init__(
        self, world: World, ledger: Ledger, faults: Faults, bounds: Bounds, identifies: Identifies
    ) -> None:
        self.world = world
        self.ledger = ledger
        self.faults = faults
        self.bounds = bounds
        self.identifies = identifies
        self.chunks = Chunks(world)
        self.sessions: dict[str, Session] = {}
        self.redacting = False  # whether some session may not read message content
        self.first_ready_at: float | None = None
        # shard count -> shard -> sessions: several sessions of one shard are allowed
        self._shards: dict[int, defaultdict[int, list[Session]]] = {}
        self._made = 0

    def open(self, token: str, shard: tuple[int, int], wanted: int, now: float) -> Session:
        """A new session, live."""
        self._made += 1
        name = f"{int(now * 1000):x}{self._made:06x}{'0' * 15}"
        session = Session(name, token, shard, wanted, self.bounds)
        self.sessions[name] = session
        self._shards.setdefault(session.of, defaultdict(list))[session.shard].append(session)
        self.redacting = self.redacting or not wanted & intents.Intent.MESSAGE_CONTENT
        self.first_ready_at = now if self.first_ready_at is None else self.first_ready_at
        self.ledger.identify += 1
        self.ledger.session_lives(shard)
        return session

    def welcome(self, session: Session, resume_url: str, version: int = 10) -> None:
        """READY, then a GUILD_CREATE for each guild of the shard."""
        mine = self.guilds_of(session)
        self.send(session, "READY", ready(self.world, session, mine, resume_url, version))
        if session.intents & intents.Intent.GUILDS:
            everyone = bool(session.intents & intents.Intent.GUILD_PRESENCES)
            for guild in mine:
                self.send(session, "GUILD_CREATE", self.world.guild_create(guild, everyone))

    def attach(self, session: Session, sequence: int) -> None:
        """A socket resumes a session, which may still have an older socket."""
        if session.state is State.DETACHED:
            self.ledger.session_lives((session.shard, session.of))
        self.ledger.resume += 1
        self.ledger.replayed += session.attach(sequence)
        self.send(session, "RESUMED", {"_trace": ["fake"]})

    def detach(self, session: Session, now: float) -> None:
        """The socket is gone; the session waits for a RESUME."""
        session.signal(Signal.SOCKET_LOST)
        session.let_go = None
        session.detached_at = now
        self.ledger.session_rests((session.shard, session.of))

    def end(self, session: Session, signal: Signal) -> None:
        """The session is over and can never be resumed."""
        if session.state is State.LIVE:
            self.ledger.session_rests((session.shard, session.of))
        session.signal(signal)
        if session.let_go is not None:
            session.let_go()
        del self.sessions[session.id]
        voice.leave(self.world, session.id)
        self._shards[session.of][session.shard].remove(session)
        content = intents.Intent.MESSAGE_CONTENT
        self.redacting = any(not s.intents & content for s in self.sessions.values())

    def end_all(self) -> None:
        """The token is reset: no session outlives it."""
        for session in list(self.sessions.values()):
            self.end(session, Signal.INVALIDATED)

    def expire(self, now: float) -> None:
        """End the sessions that nobody resumed in time, or that missed more than is kept."""
        for session in [s for s in self.sessions.values() if s.state is State.DETACHED]:
            if now - session.detached_at > self.bounds.seconds:
                self.ledger.expired += 1
                self.end(session, Signal.EXPIRED)

    def guilds_of(self, session: Session) -> list[int]:
        """The guilds of a session's shard: (guild_id >> 22) % shards."""
        ids = self.world.guild_ids()
        return [guild for guild in ids if (guild >> LOW) % session.of == session.shard]

    def live_shards(self) -> set[int]:
        return {s.shard for s in self.sessions.values() if s.state is State.LIVE}

    def send(self, session: Session, event: str, d: Json) -> None:
        """One event for one session only."""
        session.dispatch(event.encode(), msgspec.json.encode(d))
        self._count(event.encode())

    def publish(self, event: str, guild_id: int | None, d: Json) -> bool:
        """One event for every session that is due it; message content is redacted as needed."""
        needed = intents.needed(event, guild_id is not None)
        redacted = None
        if event in {"MESSAGE_CREATE", "MESSAGE_UPDATE"} and guild_id is not None:
            redacted = msgspec.json.encode(redact(d, self.world.bot["id"]))
        body = msgspec.json.encode(d)
        return self.publish_raw(event.encode(), guild_id or 0, needed, body, redacted, 0.0)

    def publish_raw(
        self, name: bytes, guild_id: int, needed: int, d: bytes, redacted: bytes | None, at: float
    ) -> bool:
        """The same for rendered JSON. `at` is the intended time. False: nobody is due it."""
        return bool(self.emit([Emission(name, d, at, guild_id, needed, redacted)]))

    def emit(self, events: Sequence[Emission]) -> Sequence[Emission]:
        """Events for every session that is due them, in order; returns those that some session is.

        The hot path: what can be done once for all of them is not done for each.
        """
        asked = {event.needed for event in events}
        for count, shards in self._shards.items():
            for shard, mine in _by_shard(events, count):
                for session in shards.get(shard, ()):
                    session.log.extend(_visible(mine, asked, session.intents))
        due = events if self._reach_somebody(asked) else [e for e in events if self._is_due(e)]
        self.ledger.dispatched += len(due)
        self.ledger.by_type.update([event.name for event in due])
        self.ledger.undeliverable += len(events) - len(due)
        return due

    def _reach_somebody(self, asked: Iterable[int]) -> bool:
        """Whether events that need these intents have a taker whichever their guild."""
        for count, shards in self._shards.items():
            if all(
                any(_holds_all(session.intents, asked) for session in shards.get(shard, ()))
                for shard in range(count)
            ):
                return True
        return False

    def _is_due(self, event: Emission) -> bool:
        place, needed = event.guild >> LOW, event.needed
        return any(
            not needed or session.intents & needed
            for count, shards in self._shards.items()
            for session in shards.get(place % count, ())
        )

    def reads_content(self, guild_id: int) -> bool:
        """Whether some session of the guild's shard may read its messages."""
        both = intents.Intent.GUILD_MESSAGES, intents.Intent.MESSAGE_CONTENT
        return any(
            all(session.intents & bit for bit in both)
            for count, shards in self._shards.items()
            for session in shards.get((guild_id >> LOW) % count, ())
        )

    def _count(self, event: bytes) -> None:
        self.ledger.dispatched += 1
        self.ledger.by_type[event] += 1


def _by_shard(events: Sequence[Emission], count: int) -> Iterable[tuple[int, Sequence[Emission]]]:
    """The events of each shard: (guild_id >> 22) % count."""
    if count == 1:
        return ((0, events),)
    found: defaultdict[int, list[Emission]] = defaultdict(list)
    for event in events:
        found[(event.guild >> LOW) % count].append(event)
    return found.items()


def _holds_all(held: int, asked: Iterable[int]) -> bool:
    return all(not needed or held & needed for needed in asked)


def _visible(events: Sequence[Emission], asked: Iterable[int], held: int) -> Sequence[Dispatch]:
    """What a session with the intents `held` gets of the events, and of their content."""
    if not _holds_all(held, asked):
        events = [event for event in events if not event.needed or held & event.needed]
    if held & intents.Intent.MESSAGE_CONTENT.value:
        return events
    return [
        event if event.redacted is None else Dispatch(event.name, event.redacted, event.at)
        for event in events
    ]


def redact(message: Json, bot_id: str) -> Json:
    """A message as it looks without MESSAGE_CONTENT, unless the bot wrote it or is mentioned."""
    own = message.get("author", {}).get("id") == bot_id
    mentioned = any(user["id"] == bot_id for user in message.get("mentions", ()))
    if own or mentioned:
        return message
    empty = {"content": "", "embeds": [], "attachments": [], "components": []}
    hidden = {key: value for key, value in empty.items() if key in message}
    return {k: v for k, v in {**message, **hidden}.items() if k != "poll"}
