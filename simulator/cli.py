"""The command line of the fake Discord, and the lines that it prints."""

import asyncio
import contextlib
import gc
import logging
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import msgspec
import uvloop

from simulator import direct, flags
from simulator.app import FakeDiscord
from simulator.core.summary import summary
from simulator.core.world import Json
from simulator.errors import CannotStart, SimulatorError, WrongValue
from simulator.settings import Settings

_OK, _WRONG_VALUE, _CANNOT_START = 0, 2, 3


def main(argv: Sequence[str] | None = None) -> int:
    """Run until the duration is over or a signal comes; returns the exit status."""
    try:
        settings = flags.parse(argv)
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
    async with FakeDiscord(settings) as discord:
        async with _outlet(discord, settings):
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, discord.stop)
            gc.freeze()  # what is here now stays: the collector need not go through it again
            print(f"listening on http://{settings.host}:{discord.port}", flush=True)
            await _watch(discord, sys.stdout.isatty())
        final = discord.ledger(final=True)  # with the last acknowledgements of the outlet
    if settings.report is not None:
        settings.report.write_bytes(msgspec.json.format(msgspec.json.encode(final)) + b"\n")
    print(summary(final), flush=True)


@contextlib.asynccontextmanager
async def _outlet(discord: FakeDiscord, settings: Settings) -> AsyncIterator[None]:
    """With --direct, the bus that events go to."""
    if settings.direct is None:
        yield
        return
    prefix, creds, ca = settings.subject_prefix, settings.creds, settings.ca
    async with direct.publishing(discord, settings.direct, prefix, creds=creds, ca=ca):
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
