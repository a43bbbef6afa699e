"""The command line of the fake Discord, and the lines that it prints."""

import argparse
import asyncio
import contextlib
import logging
import math
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import NoReturn

import msgspec
import uvloop

from simulator import direct
from simulator.app import FakeDiscord, read_faults
from simulator.core.faults import Fault
from simulator.core.mix import PROFILES
from simulator.core.summary import summary
from simulator.core.world import Json
from simulator.errors import CannotStart, SimulatorError, WrongValue
from simulator.settings import Settings

_OK, _WRONG_VALUE, _CANNOT_START = 0, 2, 3


class _Parser(argparse.ArgumentParser):
    """One line for a wrong value, not the whole usage."""

    def error(self, message: str) -> NoReturn:
        raise WrongValue(message)


def _parser() -> _Parser:
    amount, count = _between(float, 0, 1e6), _between(int, 1, 1e6)
    port, share = _between(int, 0, 65535), _between(float, 0, 1)
    parser = _Parser(
        prog="python -m simulator",
        description="A fake Discord: gateway at /gateway, REST at /api/v10, control at /sim/.",
    )
    add = parser.add_argument
    add("--rate", type=amount, default=500.0, help="events offered per second (500)")
    add("--port", type=port, default=8900, help="0 picks a free one (8900)")
    add("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    add("--duration", type=amount, metavar="S", help="seconds of offered events, from READY on")
    add("--guilds", type=count, default=10, metavar="N", help="seeded guilds (10)")
    add("--shards", type=count, default=1, metavar="N", help="what /gateway/bot recommends (1)")
    add("--seed", type=int, default=1, metavar="N", help="same seed, same stream (1)")
    add("--profile", choices=sorted(PROFILES), default="modern", help="mix of events (modern)")
    add(
        "--probes",
        type=share,
        default=0.02,
        metavar="SHARE",
        help="share of the mix that is `!probe <n>`, to be answered `probe <n>` (0.02)",
    )
    add("--faults", type=Path, metavar="FILE", help="JSON list of faults")
    add("--direct", metavar="NATS_URL", help="publish the events to NATS, no gateway between")
    add("--subject-prefix", default="discord", metavar="P", help="with --direct (discord)")
    add("--report", type=Path, metavar="FILE", help="write the ledger here at the end")
    add("--token", help="the only bot token that is accepted; any by default")
    add("--heartbeat", type=amount, default=41.25, metavar="S", help="heartbeat interval (41.25)")
    add("--max-concurrency", type=count, default=1, metavar="N", help="identifies per 5 s (1)")
    add("--limits", action="store_true", help="apply Discord's REST rate limits")
    return parser  # fmt: skip


def _between(kind: type[int] | type[float], low: float, high: float) -> Callable[[str], float]:
    """An argument type: a number from low to high; anything else is told in one line."""

    def convert(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from {low:g} to {high:g}")
        return value

    return convert


def _settings(argv: Sequence[str] | None) -> Settings:
    """Raises WrongValue."""
    given = _parser().parse_args(argv)
    faults: tuple[Fault, ...] = ()
    if given.faults is not None:
        try:
            faults = read_faults(given.faults.read_bytes())
        except OSError as error:
            raise WrongValue(f"--faults {given.faults}: {error.strerror}") from None
        except WrongValue as error:
            raise WrongValue(f"--faults {given.faults}: {error}") from None
    return Settings(
        rate=given.rate, port=given.port, host=given.host, duration=given.duration,
        guilds=given.guilds, shards=given.shards, seed=given.seed, profile=given.profile,
        probes=given.probes, token=given.token, heartbeat=given.heartbeat,
        max_concurrency=given.max_concurrency, faults=faults, report=given.report,
        limits=given.limits, direct=given.direct, subject_prefix=given.subject_prefix,
    )  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Run until the duration is over or a signal comes; returns the exit status."""
    try:
        settings = _settings(argv)
        if settings.report is not None:
            _check_writable(settings.report)
        uvloop.run(_serve(settings))
    except WrongValue as error:
        return _say(f"simulator: {error}", _WRONG_VALUE)
    except SimulatorError as error:
        return _say(f"simulator: {error}", _CANNOT_START)
    return _OK


def _say(line: str, status: int) -> int:
    print(line, file=sys.stderr)
    return status


def _check_writable(report: Path) -> None:
    try:
        report.touch()
    except OSError as error:
        raise CannotStart(f"cannot write --report {report}: {error.strerror}") from None


async def _serve(settings: Settings) -> None:
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)  # a client's nonsense is not our error
    logging.getLogger("runtime.bus").setLevel(logging.ERROR)  # we say it ourselves, in one line
    async with FakeDiscord(settings) as discord, _outlet(discord, settings):
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, discord.stop)
        print(f"listening on http://{settings.host}:{discord.port}", flush=True)
        await _watch(discord, sys.stdout.isatty())
        final = discord.ledger(final=True)
    if settings.report is not None:
        settings.report.write_bytes(msgspec.json.format(msgspec.json.encode(final)) + b"\n")
    print(summary(final), flush=True)


@contextlib.asynccontextmanager
async def _outlet(discord: FakeDiscord, settings: Settings) -> AsyncIterator[None]:
    """With --direct, the bus that events go to."""
    if settings.direct is None:
        yield
        return
    async with direct.publishing(discord, settings.direct, settings.subject_prefix):
        yield


async def _watch(discord: FakeDiscord, live: bool) -> None:
    """Print a line of rates each second on a terminal, every five seconds otherwise."""
    period, before = (1.0 if live else 5.0), 0
    while True:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(discord.finished(), period)
            break
        emitted = discord.api.ledger.emitted
        line = _line(discord.ledger(), (emitted - before) / period)
        before = emitted
        print(f"\r\x1b[K{line}" if live else line, end="" if live else "\n", flush=True)
    if live:
        print()


def _line(ledger: Json, rate: float) -> str:
    interactions, probes, sessions = (
        ledger["interactions"], ledger["probes"], ledger["sessions"],
    )  # fmt: skip
    return (
        f"{rate:,.0f} of {ledger['rate']:,.0f} ev/s · {ledger['emitted']:,} emitted · "
        f"{sessions['live']} live · interactions {interactions['answered']}/{interactions['sent']} "
        f"p99 {interactions['latency_ms']['p99']:.0f} ms · probes {probes['answered']}/"
        f"{probes['sent']} · lost {probes['lost']} · lag p99 {ledger['lag_ms']['p99']:.1f} ms"
    )
