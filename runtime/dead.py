"""``python -m runtime dead``: what an operator does about dead letters."""

import argparse
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from runtime.bus.bodies import Bodies
from runtime.bus.interface import Bus, Kept, Message
from runtime.bus.jetstream import JetStreamBus
from runtime.core.letter import Letter
from runtime.core.letter_text import as_json, as_page, as_row, heading
from runtime.core.routing import Subjects
from runtime.core.topology import Topology
from runtime.errors import BusUnavailable, ConfigurationError, MalformedEnvelope, StartError
from runtime.settings import Mode, Settings, read_environment
from runtime.transport import open_jetstream

FOREIGN = "unknown"


@dataclass(frozen=True, slots=True)
class Order:
    """What the operator asked for."""

    action: str
    sequences: tuple[int, ...] = ()
    everything: bool = False
    reason: str = ""
    event_type: str = ""
    json: bool = False


def parse(argv: Sequence[str]) -> Order:
    """The order in the arguments behind ``dead``; a wrong one ends the process with status 2."""
    parser = argparse.ArgumentParser(prog="python -m runtime dead", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    for name, text in {
        "list": "one line for each letter",
        "show": "a letter whole: its death, its headers, its body",
        "replay": "publish the event again with a new id and remove the letter",
        "drop": "remove the letter",
    }.items():
        action = actions.add_parser(name, help=text, description=text)
        if name != "list":
            action.add_argument("sequences", nargs="*", type=_sequence, metavar="SEQ")
        if name in {"replay", "drop"}:
            action.add_argument("--all", action="store_true", help="every letter, or all of the --")
        if name != "show":
            action.add_argument("--reason", default="", help="only those that died of this")
            action.add_argument("--type", default="", help="only this event type")
        if name in {"list", "show"}:
            action.add_argument("--json", action="store_true", help="one JSON object a line")
    asked = vars(parser.parse_args(argv))
    order = Order(
        asked["action"], tuple(asked.get("sequences", ())), asked.get("all", False),
        asked.get("reason", ""), asked.get("type", "").upper(), asked.get("json", False),
    )  # fmt: skip
    if order.action != "list" and bool(order.sequences) == order.everything:
        parser.error(
            f"{order.action}: which? SEQ" + ("" if order.action == "show" else " or --all")
        )
    return order


def _sequence(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) < 1 << 63:
        raise argparse.ArgumentTypeError(f"a sequence as 'list' shows it, not {text!r}")
    return int(text)


async def run(order: Order) -> None:
    """Carry it out on the bot of this environment.

    Raises:
        ConfigurationError: a sequence has no letter.
        StartError: NATS cannot be reached, or no such bot has run on it.
    """
    settings = read_environment(Mode.WORKER)
    async with _connected(settings) as bus:
        office = Office(bus, Topology(Subjects(settings.subject_prefix)), _write)
        try:
            await office.carry_out(order)
        except BusUnavailable as error:
            prefix = settings.subject_prefix
            raise StartError(f"the dead letters of {prefix!r} cannot be had: {error}") from None


def _connected(settings: Settings) -> JetStreamBus:
    return open_jetstream(settings, "multipod-dead")


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")


class Office:
    """Dead letters of one bot; what is to be read goes line by line to ``write``."""

    def __init__(self, bus: Bus, topology: Topology, write: Callable[[str], None]) -> None:
        self._bus = bus
        self._topology = topology
        self._write = write

    async def carry_out(self, order: Order) -> None:
        """Do what was asked.

        Raises:
            ConfigurationError: a sequence has no letter.
            BusUnavailable: the letters cannot be had.
        """
        actions: dict[str, Callable[[Kept, Letter], Awaitable[None]]] = {
            "replay": self._replay,
            "drop": self._drop,
        }
        if order.action == "list":
            await self._list(order)
        elif order.action == "show":
            for sequence in order.sequences:
                await self._show(*await self._one(sequence), order)
        else:
            for sequence in order.sequences or await self._wanted(order):
                await actions[order.action](*await self._one(sequence))

    async def _list(self, order: Order) -> None:
        if not order.json:
            self._write(heading())
        count = 0
        async with aclosing(self._letters(order)) as letters:
            async for sequence, letter in letters:
                count += 1
                text = as_json(sequence, letter) if order.json else as_row(sequence, letter)
                self._write(text)
        if not order.json:
            self._write(f"{count} dead letter{'' if count == 1 else 's'}")

    async def _wanted(self, order: Order) -> list[int]:
        """Those that are there now: an event that is replayed may die again while we go on."""
        async with aclosing(self._letters(order)) as letters:
            return [sequence async for sequence, _ in letters]

    async def _letters(self, order: Order) -> AsyncGenerator[tuple[int, Letter], None]:
        subject = f"{self._topology.subjects.root}.dead.*.{order.event_type or '>'}"
        after = 0
        while (kept := await self._bus.find(self._topology.dead, after, subject)) is not None:
            after = kept.sequence
            letter = _read(kept)
            if not order.reason or letter.reason == order.reason:
                yield kept.sequence, letter

    async def _one(self, sequence: int) -> tuple[Kept, Letter]:
        kept = await self._bus.find(self._topology.dead, sequence - 1)
        if kept is None or kept.sequence != sequence:
            raise ConfigurationError(f"there is no dead letter {sequence}")
        return kept, _read(kept)

    async def _show(self, kept: Kept, letter: Letter, order: Order) -> None:
        try:
            body = (await (await self._kept_bodies()).whole(kept.message)).body
        except MalformedEnvelope as error:
            body = f"({error})".encode()
        text = as_json if order.json else as_page
        self._write(text(kept.sequence, letter, body))

    async def _replay(self, kept: Kept, letter: Letter) -> None:
        if letter.reason == FOREIGN:
            raise ConfigurationError(f"{kept.sequence} is not a dead letter: {letter.error}")
        message = Message(letter.subject, letter.body, letter.to_replay())
        bodies = Bodies(await self._bus.bucket(self._topology.bodies), self._bus.max_payload)
        kept_bodies = await self._kept_bodies()
        await self._bus.store(await kept_bodies.move(message, bodies))
        await kept_bodies.drop(message)
        await self._bus.remove(self._topology.dead, kept.sequence)
        event_id = message.headers.get("Nats-Msg-Id", "an event without an id")
        self._write(f"{kept.sequence} replayed as {event_id}")

    async def _kept_bodies(self) -> Bodies:
        bucket = await self._bus.bucket(self._topology.dead_bodies)
        return Bodies(bucket, self._bus.max_payload)

    async def _drop(self, kept: Kept, letter: Letter) -> None:
        if letter.reason != FOREIGN:
            await (await self._kept_bodies()).drop(kept.message)
        await self._bus.remove(self._topology.dead, kept.sequence)
        self._write(f"{kept.sequence} dropped")


def _read(kept: Kept) -> Letter:
    """The letter; what others have put there shows as it is, and can only be dropped."""
    try:
        return Letter.read(kept.message.headers, kept.message.body)
    except MalformedEnvelope as error:
        message = kept.message
        return Letter(message.subject, message.headers, message.body, FOREIGN, str(error), 0, 0)
