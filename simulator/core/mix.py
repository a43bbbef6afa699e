"""Which event happens next, where, and by whom: seeded, so the same seed is the same stream.

What a profile asks for and cannot be, such as a vote while there is no poll, becomes a message.
"""

import hashlib
import random
from array import array
from bisect import bisect
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import ClassVar, NamedTuple
from zlib import crc32

import msgspec

from simulator.core import templates
from simulator.core.commands import Commands, Invocation, invocations
from simulator.core.emission import Emission, Probe, invoked
from simulator.core.flow import Flow
from simulator.core.intents import needed
from simulator.core.profiles import PROFILES
from simulator.core.scene import Extra, Said, Scene, Scenes
from simulator.core.snowflake import LOW_MASK, Snowflakes
from simulator.core.texts import COUNT, texts
from simulator.core.world import World
from simulator.errors import WrongValue

_ZIPF = 1.1
_THREADS = 4  # that a guild has open at once
_EMPTY = len(b'""')
_SAYING = needed("MESSAGE_CREATE")


class Kind(NamedTuple):
    """A type of event and the intents for it."""

    name: bytes
    needed: int


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
        self._made = self._names = self._places = 0
        weights = dict(PROFILES[profile])
        total = sum(weights.values())
        self._probes = probes
        self._kinds: list[tuple[Kind, Callable[[Kind, Scene, float], Emission]]] = [
            (Kind(name.encode(), needed(name)), self._makers[name].__get__(self))
            for name in weights
        ]
        self._shares = list(accumulate(weight / total for weight in weights.values()))[:-1]
        self._guilds = list(world.guild_ids())
        zipf = list(accumulate((rank + 1) ** -_ZIPF for rank in range(max(1, world.size))))
        self._zipf = [share / zipf[-1] for share in zipf[:-1]]
        self._stamps = templates.Timestamps()
        self._texts = texts(seed, profile == "modern")
        self._invocations: list[Invocation] = []
        self._commands_seen = -1
        self._probe = 0
        self._redact = True

    def batch(
        self,
        began: float,
        times: Sequence[float],
        commands: Commands,
        readable: Callable[[int], bool],
        redact: bool,
    ) -> list[Emission]:
        """The next events, intended `times` seconds after the stream began. The hot path.

        `readable` tells where a probe can be read, `redact` whether anybody needs the version
        without content.
        """
        self._redact = redact
        if commands.changes != self._commands_seen:
            self.invocations(commands)
        made = [self._next(began + elapsed, elapsed, readable) for elapsed in times]
        self._made += len(made)
        self._names = crc32(b"".join([event.name for event in made]), self._names)
        places = array("Q", [event.guild + len(event.d) for event in made])
        self._places = crc32(places, self._places)
        return made

    def digest(self) -> dict[str, int | str]:
        """What the stream was so far, apart from ids and times: equal for an equal seed.

        Holds names, places and sizes of all events, and every choice made, by way of the dice.
        """
        state = f"{self._names} {self._places} {self._random.getstate()}"
        whole = hashlib.sha256(state.encode()).hexdigest()
        return {"seed": self._seed, "events": self._made, "digest": whole}

    def invocations(self, commands: Commands) -> list[Invocation]:
        """Seeded ways to invoke the registered commands."""
        if commands.changes != self._commands_seen:
            self._commands_seen = commands.changes
            self._invocations = invocations(commands, self._world, self._seed)
        return self._invocations

    def _next(self, now: float, elapsed: float, readable: Callable[[int], bool]) -> Emission:
        self._elapsed = elapsed
        dice = self._dice
        guild = self._guilds[bisect(self._zipf, dice())]
        scene = self._scenes.known.get(guild) or self._scenes.of(guild)
        if self._probes and dice() < self._probes and readable(guild):
            return self._send_probe(scene, now)
        kind, make = self._kinds[bisect(self._shares, dice())]
        return make(kind, scene, now)

    def _one_of(self, count: int) -> int:
        return int(self._dice() * count)

    def _send_probe(self, scene: Scene, now: float) -> Emission:
        self._probe += 1
        text = b'"!probe %d"' % self._probe
        place, author = self._one_of(len(scene.channels)), self._one_of(len(scene.uids))
        sent = self._say(scene, place, author, now, text, templates.ORDINARY)
        sent.owed = Probe(self._probe, sent.channel)
        return sent

    def _message(self, _: Kind, scene: Scene, now: float) -> Emission:
        dice, flow = self._dice, self._flow
        text, extra = self._texts[int(dice() * COUNT)]
        typist = flow.writer(self._elapsed) if flow.typing else None
        if typist is not None:
            return self._say(typist.scene, typist.place, typist.author, now, text, extra)
        caused = flow.answers()
        if caused is None:
            place = int(dice() * len(scene.channels))
        else:
            scene, place = caused.scene, caused.place
            if extra is templates.REPLY:
                extra = templates.reply(scene, place, caused.ident)
        return self._say(scene, place, int(dice() * len(scene.uids)), now, text, extra)

    def _say(
        self, scene: Scene, place: int, author: int, now: float, text: bytes, extra: Extra
    ) -> Emission:
        ids, stamp = self._ids, self._stamps.text(now)
        ident = ids.base(now) | next(ids.low) & LOW_MASK
        d = templates.message(scene, place, author, ident, text, stamp, extra[0])
        hidden = None
        if self._redact:
            hidden = templates.message(scene, place, author, ident, b'""', stamp, extra[1])
        said = Said(ident, scene, place, author, text)
        if len(text) > _EMPTY:  # others have no link that unfolds
            scene.recent.append(said)
            self._flow.said(said, self._elapsed)
        elif extra is templates.POLL:
            scene.polls.append(said)
        return Emission(
            b"MESSAGE_CREATE", d, now, scene.guild, _SAYING, hidden, None, ident,
            scene.channels[place],
        )  # fmt: skip

    def _message_update(self, kind: Kind, scene: Scene, now: float) -> Emission:
        said = self._flow.unfolds(self._elapsed)
        if said is None and scene.recent:
            said = scene.recent[self._one_of(len(scene.recent))]
        if said is None:
            return self._message(kind, scene, now)
        where, stamp = (said.scene, said.place, said.author, said.ident), self._stamps.text(now)
        full, bare = templates.UNFURLED
        d = templates.message(*where, said.text, stamp, full)
        hidden = templates.message(*where, b'""', stamp, bare) if self._redact else None
        return Emission(kind.name, d, now, said.scene.guild, kind.needed, hidden)

    def _message_delete(self, kind: Kind, scene: Scene, now: float) -> Emission:
        if not scene.recent:
            return self._message(kind, scene, now)
        said = scene.recent.popleft()
        d = templates.deletion(scene, scene.channels[said.place], said.ident)
        return Emission(kind.name, d, now, scene.guild, kind.needed)

    def _reaction(self, kind: Kind, scene: Scene, now: float) -> Emission:
        if not scene.recent:
            return self._message(kind, scene, now)
        said = scene.recent[self._one_of(len(scene.recent))]
        user, emoji = self._one_of(len(scene.uids)), templates.EMOJIS[self._one_of(4)]
        added = kind.name == b"MESSAGE_REACTION_ADD"
        d = templates.reaction(scene, user, said.author, said.place, said.ident, emoji, added)
        return Emission(kind.name, d, now, scene.guild, kind.needed)

    def _vote(self, kind: Kind, scene: Scene, now: float) -> Emission:
        if not scene.polls:
            return self._message(kind, scene, now)
        poll, user = scene.polls[self._one_of(len(scene.polls))], self._one_of(len(scene.uids))
        d = templates.vote(scene, user, poll.place, poll.ident, 1 + self._one_of(2))
        return Emission(kind.name, d, now, scene.guild, kind.needed)

    def _interaction(self, kind: Kind, scene: Scene, now: float) -> Emission:
        if not self._invocations:
            return self._message(kind, scene, now)
        chosen = self._invocations[self._one_of(len(self._invocations))]
        if chosen.scope:
            scene = self._scenes.of(chosen.scope)
        place, author = self._one_of(len(scene.channels)), self._one_of(len(scene.uids))
        return invoked(chosen, scene, place, author, self._ids.next(now), now)

    def _of_member(self, kind: Kind, scene: Scene, now: float) -> Emission:
        name, person = kind.name, self._one_of(len(scene.uids))
        if name == b"PRESENCE_UPDATE":
            d = templates.presence(scene, person, templates.STATUSES[self._one_of(4)], now)
        elif name == b"VOICE_STATE_UPDATE":
            d = templates.voice(scene, person, self._dice() < 0.7, self._dice() < 0.3)
        elif name == b"GUILD_MEMBER_REMOVE":
            d = templates.member_gone(scene, person)
        elif name == b"GUILD_AUDIT_LOG_ENTRY_CREATE":
            d = templates.audit(scene, 0, person, self._ids.next(now))
        else:
            d = templates.member_event(scene, person)
        return Emission(name, d, now, scene.guild, kind.needed)

    def _typing(self, kind: Kind, scene: Scene, now: float) -> Emission:
        talk = self._flow.answers()
        if talk is None:
            place = self._one_of(len(scene.channels))
        else:
            scene, place = talk.scene, talk.place
        person = self._one_of(len(scene.uids))
        self._flow.types(scene, place, person, self._elapsed)
        d = templates.typing(scene, place, person, now)
        return Emission(kind.name, d, now, scene.guild, kind.needed)

    def _of_guild(self, kind: Kind, scene: Scene, now: float) -> Emission:
        if kind.name == b"GUILD_ROLE_UPDATE":
            d = templates.role(scene)
        elif kind.name == b"CHANNEL_UPDATE":
            d = templates.channel(scene, self._one_of(len(scene.channels)))
        else:
            d = templates.guild(scene)
        return Emission(kind.name, d, now, scene.guild, kind.needed)

    def _thread(self, kind: Kind, scene: Scene, now: float) -> Emission:
        """Threads open, and the oldest is archived or deleted; never more than a few are open."""
        place, owner = self._one_of(len(scene.channels)), self._one_of(len(scene.uids))
        stamp, name, open_now = self._stamps.text(now), kind.name, scene.threads
        if not open_now or (name == b"THREAD_CREATE" and len(open_now) < _THREADS):
            ident, name = self._ids.next(now), b"THREAD_CREATE"
            open_now.append((ident, place))
            d = templates.thread(scene, place, owner, ident, stamp, archived=False, new=True)
            self._world.add_channel(scene.guild, msgspec.json.decode(d))
        else:
            ident, place = open_now.popleft()
            self._world.drop_thread(scene.guild, ident)
            if name == b"THREAD_DELETE":
                d = templates.thread_gone(scene, place, ident)
            else:
                name = b"THREAD_UPDATE"
                d = templates.thread(scene, place, owner, ident, stamp, archived=True, new=False)
        return Emission(name, d, now, scene.guild, kind.needed)

    _makers: ClassVar[dict[str, Callable[["Mix", Kind, Scene, float], Emission]]] = {
        "MESSAGE_CREATE": _message,
        "MESSAGE_UPDATE": _message_update,
        "MESSAGE_DELETE": _message_delete,
        **dict.fromkeys(("MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE"), _reaction),
        **dict.fromkeys(("MESSAGE_POLL_VOTE_ADD", "MESSAGE_POLL_VOTE_REMOVE"), _vote),
        "INTERACTION_CREATE": _interaction,
        "TYPING_START": _typing,
        **dict.fromkeys(("PRESENCE_UPDATE", "VOICE_STATE_UPDATE", "GUILD_MEMBER_ADD",
                         "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_REMOVE",
                         "GUILD_AUDIT_LOG_ENTRY_CREATE"), _of_member),
        **dict.fromkeys(("GUILD_ROLE_UPDATE", "GUILD_UPDATE", "CHANNEL_UPDATE"), _of_guild),
        **dict.fromkeys(("THREAD_CREATE", "THREAD_UPDATE", "THREAD_DELETE"), _thread),
    }  # fmt: skip
