"""One event on its way to the sessions, and what it leaves owed."""

from typing import NamedTuple

from simulator.core.commands import Invocation
from simulator.core.interactions import COMMAND, Interaction, render, token_for
from simulator.core.scene import Scene
from simulator.core.wire import Dispatch


class Probe(NamedTuple):
    """A message that the bot must answer exactly once."""

    number: int
    channel: int


class Emission(Dispatch, gc=False):
    """One event, rendered, for all sessions with one of the intents in `needed` (0: for all).

    `redacted` is the `d` of sessions without MESSAGE_CONTENT. `message` is 0, or the id of a
    message in `channel` that is to be remembered.
    """

    guild: int
    needed: int
    redacted: bytes | None = None
    owed: Interaction | Probe | None = None
    message: int = 0
    channel: int = 0


def invoked(
    chosen: Invocation, scene: Scene, place: int, author: int, ident: int, now: float
) -> Emission:
    """Somebody invokes a command; `place` and `author` are positions in the scene."""
    record = Interaction(
        ident, COMMAND, scene.guild, scene.channels[place], scene.users[author], now,
        token_for(ident),
    )  # fmt: skip
    data = chosen.data
    if chosen.slots:
        channel, role = b"%d" % scene.channels[place], b"%d" % (scene.guild + 900)
        data = data.replace(b"@CHANNEL@", channel).replace(b"@ROLE@", role)
    d = render(record, scene.partials[place], scene.acting[author], data)
    return Emission(b"INTERACTION_CREATE", d, now, scene.guild, 0, None, record)
