"""One event on its way to the sessions, and what it leaves owed."""

from typing import NamedTuple

from simulator.core.commands import Invocation
from simulator.core.interactions import COMMAND, Interaction, render, token_for
from simulator.core.scene import Scene


class Probe(NamedTuple):
    """A message that the bot must answer exactly once."""

    number: int
    channel: int


class Emission(NamedTuple):
    """One event, rendered. `redacted` is what sessions without MESSAGE_CONTENT get."""

    name: bytes
    guild: int
    needed: int
    d: bytes
    redacted: bytes | None = None
    owed: Interaction | Probe | None = None
    message: tuple[int, int] | None = None  # (id, channel) of a message to remember


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
    return Emission(b"INTERACTION_CREATE", scene.guild, 0, d, None, record)
