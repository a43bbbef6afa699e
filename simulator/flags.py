"""The flags of `python -m simulator`, and the settings that they make."""

import argparse
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn, TypeVar

from simulator.core import faults, recording, shapes, storms
from simulator.core.profiles import PROFILES
from simulator.errors import WrongValue
from simulator.settings import Settings


class _Parser(argparse.ArgumentParser):
    """One line for a wrong value, not the whole usage."""

    def error(self, message: str) -> NoReturn:
        raise WrongValue(message)


def parse(argv: Sequence[str] | None) -> Settings:
    """Raises WrongValue."""
    parser = _Parser(
        prog="python -m simulator",
        description="A fake Discord: gateway at /gateway, REST at /api/v10, control at /sim/.",
    )
    _add_offer(parser)
    _add_trouble(parser)
    _add_server(parser)
    given = parser.parse_args(argv)
    return Settings(
        rate=given.rate, port=given.port, host=given.host, duration=given.duration,
        guilds=given.guilds, shards=given.shards, seed=given.seed, profile=given.profile,
        probes=given.probes, token=given.token, heartbeat=given.heartbeat,
        max_concurrency=given.max_concurrency, report=given.report, limits=given.limits,
        faults=(*(_file("--faults", given.faults, faults.read) or ()), *_faults(given.fault)),
        shape=None if given.shape is None else shapes.parse(given.shape),
        storms=tuple(_storm(text) for text in given.storm), direct=given.direct,
        creds=given.creds, ca=given.ca,
        subject_prefix=given.subject_prefix, speed=given.speed,
        replay=_file("--replay", given.replay, recording.read),
    )  # fmt: skip


def _add_offer(parser: _Parser) -> None:
    amount, count = _between(float, 0, 1e6), _between(int, 1, 1e6)
    add, kinds = parser.add_argument, ", ".join(shapes.KINDS)
    probes = "share of the mix that is `!probe <n>`, to be answered `probe <n>` (0.02)"
    shape = f"a rate that changes: KIND:LOW-HIGH/SECONDS, KIND one of {kinds}; instead of --rate"
    add("--rate", type=amount, default=500.0, help="events offered per second (500)")
    add("--shape", help=shape)
    add("--duration", type=amount, metavar="S", help="seconds of offered events, from READY on")
    add("--guilds", type=count, default=10, metavar="N", help="seeded guilds (10)")
    add("--seed", type=int, default=1, metavar="N", help="same seed, same stream (1)")
    add("--profile", choices=sorted(PROFILES), default="modern", help="mix of events (modern)")
    add("--probes", type=_between(float, 0, 1), default=0.02, metavar="SHARE", help=probes)
    add("--replay", type=Path, metavar="FILE", help="play a recording instead of a mix")
    add("--speed", type=_between(float, 0.001, 1e4), default=1.0, help="of the replay (1)")
    add("--direct", metavar="NATS_URL", help="publish the events to NATS, no gateway between")
    add("--creds", default="", metavar="FILE", help="with --direct: nkey seed or credentials")
    add("--ca", default="", metavar="FILE", help="with --direct: authority of a NATS with TLS")
    add("--subject-prefix", default="discord", metavar="P", help="with --direct (discord)")


def _add_trouble(parser: _Parser) -> None:
    add, kinds = parser.add_argument, ", ".join(sorted(storms.KINDS))
    fault = "one fault, such as close:code=4000,every=10; may be given again"
    storm = f"at S seconds, one of {kinds}; may be given again"
    add("--faults", type=Path, metavar="FILE", help="JSON list of faults")
    add("--fault", action="append", default=[], metavar="FAULT", help=fault)
    add("--storm", action="append", default=[], metavar="KIND@S", help=storm)
    add("--limits", action="store_true", help="apply Discord's REST rate limits")


def _add_server(parser: _Parser) -> None:
    amount, count = _between(float, 0, 1e6), _between(int, 1, 1e6)
    add = parser.add_argument
    add("--port", type=_between(int, 0, 65535), default=8900, help="0 picks a free one (8900)")
    add("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    add("--shards", type=count, default=1, metavar="N", help="what /gateway/bot recommends (1)")
    add("--token", help="the only bot token that is accepted; any by default")
    add("--heartbeat", type=amount, default=41.25, metavar="S", help="heartbeat interval (41.25)")
    add("--max-concurrency", type=count, default=1, metavar="N", help="identifies per 5 s (1)")
    add("--report", type=Path, metavar="FILE", help="write the ledger here at the end")


T = TypeVar("T")


def _file(flag: str, path: Path | None, read: Callable[[bytes], T]) -> T | None:
    """What a flag's file holds. Raises WrongValue."""
    if path is None:
        return None
    try:
        return read(path.read_bytes())
    except OSError as error:
        raise WrongValue(f"{flag} {path}: {error.strerror}") from None
    except WrongValue as error:
        raise WrongValue(f"{flag} {path}: {error}") from None


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


def _faults(texts: Sequence[str]) -> tuple[faults.Fault, ...]:
    """Raises WrongValue that names the flag."""
    try:
        return tuple(faults.from_flag(text) for text in texts)
    except WrongValue as error:
        raise WrongValue(f"--fault: {error}") from None


def _storm(text: str) -> tuple[float, storms.Storm]:
    """Raises WrongValue."""
    kind, _, at = text.partition("@")
    try:
        begins = float(at or 0)
    except ValueError:
        raise WrongValue(f"--storm {text!r}: {at!r} is not a number of seconds") from None
    return begins, storms.parse({"kind": kind})
