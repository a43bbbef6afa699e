"""Synthetic events as Discord would send them: seeded, Zipf-popular guilds, bodies as bytes.

Bodies are rendered from byte templates, a microsecond or two each, with the fields that
discord.py's parsers read. Field lists: Discord Docs/Gateway Events. No I/O and no clock.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from random import Random
from time import gmtime, strftime
from typing import Any

from loadtests._templates import TEMPLATES, Template
from runtime.core.deadline import DISCORD_EPOCH
from runtime.core.routing import LANES, Subjects, lane_of

ZIPF = 1.1
"""Popularity of the n-th guild is ``1 / n ** ZIPF``, unless told otherwise."""
CHANNELS = 4
MEMBERS = 50
AHEAD = 512
APPLICATION = 100_000_000_000_000_001


@dataclass(frozen=True, slots=True)
class Event:
    """One event, ready to be put into an envelope."""

    event_type: str
    subject: bytes
    body: bytes
    guild: int
    """Index of the guild, 0 is the most popular."""


def guild_weights(guilds: int, zipf: float = ZIPF) -> list[float]:
    """The share of the events that each guild has, by popularity; sums to 1."""
    raw = [1 / rank**zipf for rank in range(1, guilds + 1)]
    total = sum(raw)
    return [weight / total for weight in raw]


def guild_ids(guilds: int, seed: int) -> list[int]:
    """Snowflakes of guilds made in the years before, in the order of popularity."""
    random = Random(f"guilds {seed}")
    return [(random.randrange(1 << 35, 1 << 38) << 22) | rank for rank in range(guilds)]


def lane_shares(guilds: int, seed: int, zipf: float = ZIPF) -> list[float]:
    """The share of the events that each lane has; the largest one bounds the throughput."""
    shares = [0.0] * LANES
    weights = guild_weights(guilds, zipf)
    for guild, weight in zip(guild_ids(guilds, seed), weights, strict=True):
        shares[lane_of(str(guild))] += weight
    return shares


@lru_cache(maxsize=4)
def _stamp(second: int) -> bytes:
    return strftime("%Y-%m-%dT%H:%M:%S.000000+00:00", gmtime(second)).encode()


class Mix:
    """A stream of random events.

    Args:
        subjects: where they go.
        guilds: how many guilds there are.
        seed: of everything but ``draws``: generators with the same seed have the same guilds.
        draws: names this generator's own sequence of events.
        payload_size: bytes that a body is filled up to; 0 leaves lengths to chance.
        interactions: share of slash commands, 0 to 1.
        zipf: how uneven the guilds are; 0 makes them equal.
    """

    def __init__(
        self,
        subjects: Subjects,
        *,
        guilds: int = 1000,
        seed: int = 1,
        draws: str = "",
        payload_size: int = 0,
        interactions: float = 0.0,
        zipf: float = ZIPF,
    ) -> None:
        self._random = Random(f"events {seed} {draws}")
        self._subjects = subjects
        self._size = payload_size
        self._guilds = guild_ids(guilds, seed)
        self._popularity = list(accumulate(guild_weights(guilds, zipf)))
        self._templates, self._weights = _choice(interactions)
        self._paths: dict[tuple[str, int], bytes] = {}
        self._text = _filler(Random(f"text {seed}"))
        self._ahead: list[tuple[Template, int]] = []
        self._count = 0

    def draw(self, now: float) -> Event:
        """The next event; ``now`` is its time in seconds since 1970."""
        if not self._ahead:
            self._draw_ahead()
        template, guild = self._ahead.pop()
        body = self._render(template, self._guilds[guild], now)
        path = self._paths.get((template.event_type, guild))
        if path is None:
            path = self._subjects.of(template.event_type, body).encode()
            self._paths[template.event_type, guild] = path
        return Event(template.event_type, path, body, guild)

    def _draw_ahead(self) -> None:
        """Types and guilds of the next events: many at once cost a fraction of each by itself."""
        choices, guilds = self._random.choices, range(len(self._guilds))
        templates = choices(self._templates, cum_weights=self._weights, k=AHEAD)
        self._ahead.extend(
            zip(templates, choices(guilds, cum_weights=self._popularity, k=AHEAD), strict=True)
        )

    def _render(self, template: Template, guild: int, now: float) -> bytes:
        random = self._random.random
        self._count += 1
        member = int(random() * MEMBERS)
        values: dict[bytes, Any] = {
            b"id": (int((now - DISCORD_EPOCH) * 1000) << 22) | (self._count & 0x3FFFFF),
            b"guild": guild,
            b"channel": guild + 1 + int(random() * CHANNELS),
            b"user": guild + 1000 + member,
            b"name": b"member%d" % member,
            b"application": APPLICATION,
            b"stamp": _stamp(int(now)),
            b"text": b"",
        }
        if not template.has_text:
            return template.body % values
        values[b"text"] = self._words(int(self._random.lognormvariate(3.6, 1.0)) + 2)
        body = template.body % values
        if len(body) < self._size:
            values[b"text"] += self._words(self._size - len(body))
            body = template.body % values
        return body

    def _words(self, length: int) -> bytes:
        """A piece of text of exactly this many bytes."""
        start = int(self._random.random() * (len(self._text) // 2))
        text = self._text[start : start + length]
        while len(text) < length:
            text += self._text[: length - len(text)]
        return text


def _choice(interactions: float) -> tuple[list[Template], list[float]]:
    """The templates with their cumulated weights."""
    commands = [template for template in TEMPLATES if template.event_type == "INTERACTION_CREATE"]
    events = [template for template in TEMPLATES if template not in commands]
    total = sum(template.weight for template in events)
    weights = [template.weight / total * (1 - interactions) for template in events]
    weights += [interactions / len(commands)] * len(commands)
    return events + commands, list(accumulate(weights))


def _filler(random: Random) -> bytes:
    """64 KiB of small words: plain letters, so that no byte of it needs escaping in JSON."""
    letters = "abcdefghijklmnoprstuvwy"
    words = ["".join(random.choices(letters, k=random.randint(2, 9))) for _ in range(500)]
    text = " ".join(random.choices(words, k=14_000))
    return text.encode()[: 1 << 16]
