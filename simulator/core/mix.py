"""Which event happens next, where, and by whom: seeded, so the same seed is the same stream.

Weights. `presence`: GearBot's two weeks of January 2020 (discord-api-docs PR 1307): presence
updates 93 %, messages 3 %. `classic`: the same without presences, messages about 40 %, message
updates the second most common event (discord-api-docs issue 1691). `modern` is a proposal for the
time of slash commands; no per-event table of it is public. Only those rows are anchored.
"""

import hashlib
import random
from bisect import bisect
from collections.abc import Callable
from itertools import accumulate
from typing import ClassVar
from zlib import crc32

import msgspec

from simulator.core import templates, words
from simulator.core.commands import Commands, Invocation, invocations
from simulator.core.emission import Emission, Probe, invoked
from simulator.core.flow import Flow
from simulator.core.intents import needed
from simulator.core.scene import Scene, Scenes
from simulator.core.snowflake import Snowflakes
from simulator.core.world import LOW, World
from simulator.errors import WrongValue

PROFILES: dict[str, dict[str, float]] = {
    "presence": {
        "PRESENCE_UPDATE": 93, "MESSAGE_CREATE": 3, "MESSAGE_UPDATE": 1, "TYPING_START": 1.2,
        "MESSAGE_REACTION_ADD": 0.6, "MESSAGE_REACTION_REMOVE": 0.1, "GUILD_MEMBER_UPDATE": 0.5,
        "VOICE_STATE_UPDATE": 0.4, "INTERACTION_CREATE": 0.05, "GUILD_ROLE_UPDATE": 0.15,
    },
    "classic": {
        "MESSAGE_CREATE": 40, "MESSAGE_UPDATE": 15, "MESSAGE_REACTION_ADD": 11,
        "MESSAGE_REACTION_REMOVE": 3, "GUILD_MEMBER_UPDATE": 10, "GUILD_MEMBER_ADD": 2,
        "GUILD_MEMBER_REMOVE": 2, "VOICE_STATE_UPDATE": 12, "INTERACTION_CREATE": 1,
        "GUILD_ROLE_UPDATE": 2, "GUILD_UPDATE": 1, "MESSAGE_DELETE": 1,
    },
    "modern": {
        "MESSAGE_CREATE": 35, "MESSAGE_UPDATE": 10, "MESSAGE_REACTION_ADD": 8,
        "MESSAGE_REACTION_REMOVE": 2, "GUILD_MEMBER_UPDATE": 7, "GUILD_MEMBER_ADD": 2,
        "GUILD_MEMBER_REMOVE": 1, "VOICE_STATE_UPDATE": 10, "INTERACTION_CREATE": 20,
        "GUILD_ROLE_UPDATE": 3, "GUILD_UPDATE": 1, "MESSAGE_DELETE": 1,
    },
    "messages": {"MESSAGE_CREATE": 1},
    "interactions": {"INTERACTION_CREATE": 1},
}  # fmt: skip
_ZIPF = 1.1
_TEXTS = 256


_NEEDED = {name: needed(name) for profile in PROFILES.values() for name in profile}


class Mix:
    """A stream of events. `probes` is the share of all events that are probes."""

    def __init__(
        self, world: World, scenes: Scenes, ids: Snowflakes, seed: int, profile: str, probes: float
    ) -> None:
        if profile not in PROFILES:
            raise WrongValue(f"no profile {profile!r}; there are: {', '.join(PROFILES)}")
        self._scenes, self._ids, self._world, self._seed = scenes, ids, world, seed
        self._random = random.Random(seed)
        self._dice = self._random.random
        self._flow = Flow(self._dice)
        self._elapsed = 0.0
        self._made = self._print = 0
        weights = dict(PROFILES[profile])
        total = sum(weights.values())
        self._probes = probes
        self._kinds = [(name, self._makers[name]) for name in weights]
        self._shares = list(accumulate(weight / total for weight in weights.values()))[:-1]
        self._guilds = world.guild_ids()
        zipf = list(accumulate((rank + 1) ** -_ZIPF for rank in range(max(1, world.size))))
        self._zipf = [share / zipf[-1] for share in zipf[:-1]]
        self._stamps = templates.Timestamps()
        self._texts = _sentences(seed)
        self._invocations: list[Invocation] = []
        self._commands_seen = -1
        self._probe = 0
        self._redact = True

    def next(
        self,
        now: float,
        commands: Commands,
        readable: Callable[[int], bool],
        redact: bool,
        elapsed: float,
    ) -> Emission:
        """The event intended at `now`, `elapsed` seconds after the start of the stream.

        `readable` tells where a probe can be read, `redact` whether anybody needs the version
        without content.
        """
        self._redact, self._elapsed = redact, elapsed
        if commands.changes != self._commands_seen:
            self.invocations(commands)
        made = self._next(now, readable)
        self._made += 1
        seen = self._print ^ (made.guild >> LOW) ^ len(made.d) << 12
        self._print = crc32(made.name, seen & 0xFFFFFFFF)
        return made

    def digest(self) -> dict[str, int | str]:
        """What the stream was so far, apart from ids and times: equal for an equal seed.

        Holds names, places and sizes of all events, and every choice made, by way of the dice.
        """
        state = f"{self._print} {self._random.getstate()}"
        whole = hashlib.sha256(state.encode()).hexdigest()
        return {"seed": self._seed, "events": self._made, "digest": whole}

    def invocations(self, commands: Commands) -> list[Invocation]:
        """Seeded ways to invoke the registered commands."""
        if commands.changes != self._commands_seen:
            self._commands_seen = commands.changes
            self._invocations = invocations(commands, self._world, self._seed)
        return self._invocations

    def _next(self, now: float, readable: Callable[[int], bool]) -> Emission:
        scene = self._scenes.of(self._guilds[bisect(self._zipf, self._dice())])
        if self._dice() < self._probes and readable(scene.guild):
            return self._send_probe(scene, now)
        name, make = self._kinds[bisect(self._shares, self._dice())]
        return make(self, name, scene, now)

    def _one_of(self, count: int) -> int:
        return int(self._dice() * count)

    def _send_probe(self, scene: Scene, now: float) -> Emission:
        self._probe += 1
        text = b'"!probe %d"' % self._probe
        place, author = self._one_of(len(scene.channels)), self._one_of(len(scene.uids))
        sent = self._say(scene, place, author, now, text)
        assert sent.message is not None  # noqa: S101 - _say always remembers its message
        return sent._replace(owed=Probe(self._probe, sent.message[1]))

    def _message(self, name: str, scene: Scene, now: float) -> Emission:  # noqa: ARG002
        text = self._texts[self._one_of(_TEXTS)]
        typist = self._flow.writer(self._elapsed)
        if typist is not None:
            return self._say(typist.scene, typist.place, typist.author, now, text)
        scene, place = self._flow.answers() or (scene, self._one_of(len(scene.channels)))
        return self._say(scene, place, self._one_of(len(scene.uids)), now, text)

    def _say(self, scene: Scene, place: int, author: int, now: float, text: bytes) -> Emission:
        ident, stamp = self._ids.next(now), self._stamps.text(now)
        d = templates.message(scene, place, author, ident, text, stamp)
        hidden = None
        if self._redact:
            hidden = d.replace(b'"content":' + text, b'"content":""', 1)
        scene.recent.append((ident, place, author, text))
        self._flow.said(scene, place, author, ident, text, self._elapsed)
        message = (ident, scene.channels[place])
        return Emission(
            b"MESSAGE_CREATE", scene.guild, _NEEDED["MESSAGE_CREATE"], d, hidden, None, message
        )

    def _message_update(self, name: str, scene: Scene, now: float) -> Emission:
        if not scene.recent:
            return self._message(name, scene, now)
        link = self._flow.unfolds(self._elapsed)
        if link is None:
            ident, place, author, text = scene.recent[self._one_of(len(scene.recent))]
        else:
            _, ident, scene, place, author, text = link
        stamp = self._stamps.text(now)
        d = templates.unfurled(scene, place, author, ident, text, stamp, hide=False)
        hidden = None
        if self._redact:
            hidden = templates.unfurled(scene, place, author, ident, b'""', stamp, hide=True)
        return Emission(b"MESSAGE_UPDATE", scene.guild, _NEEDED["MESSAGE_UPDATE"], d, hidden)

    def _message_delete(self, name: str, scene: Scene, now: float) -> Emission:
        if not scene.recent:
            return self._message(name, scene, now)
        ident, place, _, _ = scene.recent.popleft()
        d = templates.deletion(scene, scene.channels[place], ident)
        return Emission(b"MESSAGE_DELETE", scene.guild, _NEEDED["MESSAGE_DELETE"], d)

    def _reaction(self, name: str, scene: Scene, now: float) -> Emission:
        if not scene.recent:
            return self._message(name, scene, now)
        ident, place, author, _ = scene.recent[self._one_of(len(scene.recent))]
        user, emoji = self._one_of(len(scene.uids)), templates.EMOJIS[self._one_of(4)]
        channel = scene.channels[place]
        added = name == "MESSAGE_REACTION_ADD"
        d = templates.reaction(scene, user, author, channel, ident, emoji, added)
        return Emission(name.encode(), scene.guild, _NEEDED[name], d)

    def _interaction(self, name: str, scene: Scene, now: float) -> Emission:
        if not self._invocations:
            return self._message(name, scene, now)
        chosen = self._invocations[self._one_of(len(self._invocations))]
        if chosen.scope:
            scene = self._scenes.of(chosen.scope)
        place, author = self._one_of(len(scene.channels)), self._one_of(len(scene.uids))
        return invoked(chosen, scene, place, author, self._ids.next(now), now)

    def _of_member(self, name: str, scene: Scene, now: float) -> Emission:
        person = self._one_of(len(scene.uids))
        if name == "PRESENCE_UPDATE":
            d = templates.presence(scene, person, templates.STATUSES[self._one_of(4)], now)
        elif name == "VOICE_STATE_UPDATE":
            d = templates.voice(scene, person, self._dice() < 0.7, self._dice() < 0.3)
        elif name == "GUILD_MEMBER_REMOVE":
            d = templates.member_gone(scene, person)
        else:
            d = templates.member_event(scene, person)
        return Emission(name.encode(), scene.guild, _NEEDED[name], d)

    def _typing(self, name: str, scene: Scene, now: float) -> Emission:
        scene, place = self._flow.answers() or (scene, self._one_of(len(scene.channels)))
        person = self._one_of(len(scene.uids))
        self._flow.types(scene, place, person, self._elapsed)
        d = templates.typing(scene, place, person, now)
        return Emission(b"TYPING_START", scene.guild, _NEEDED[name], d)

    def _of_guild(self, name: str, scene: Scene, now: float) -> Emission:  # noqa: ARG002
        d = templates.role(scene) if name == "GUILD_ROLE_UPDATE" else templates.guild(scene)
        return Emission(name.encode(), scene.guild, _NEEDED[name], d)

    _makers: ClassVar[dict[str, Callable[["Mix", str, Scene, float], Emission]]] = {
        "MESSAGE_CREATE": _message,
        "MESSAGE_UPDATE": _message_update,
        "MESSAGE_DELETE": _message_delete,
        "MESSAGE_REACTION_ADD": _reaction,
        "MESSAGE_REACTION_REMOVE": _reaction,
        "INTERACTION_CREATE": _interaction,
        "PRESENCE_UPDATE": _of_member,
        "TYPING_START": _typing,
        "VOICE_STATE_UPDATE": _of_member,
        "GUILD_MEMBER_ADD": _of_member,
        "GUILD_MEMBER_UPDATE": _of_member,
        "GUILD_MEMBER_REMOVE": _of_member,
        "GUILD_ROLE_UPDATE": _of_guild,
        "GUILD_UPDATE": _of_guild,
    }


def _sentences(seed: int) -> list[bytes]:
    """JSON strings of 1 to 40 words, short ones far more often."""
    dice = random.Random(seed)
    lengths = [max(1, min(40, int(dice.lognormvariate(1.9, 0.8)))) for _ in range(_TEXTS)]
    texts = (" ".join(dice.choice(words.CHATTER) for _ in range(length)) for length in lengths)
    return [msgspec.json.encode(text) for text in texts]
