"""The command line. Locust itself is started as ``locust -f loadtests``."""

import argparse
import os
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from loadtests import _chaos, _demo, _load
from loadtests._arguments import WRONG_VALUE, Parser, count, handler, list_of, number
from loadtests._child import PartFailed
from loadtests._fleets import IMAGE, KINDS, PROCESS
from loadtests._interrupts import Interrupted, interruptible
from loadtests._metrics import Unreachable
from loadtests._mix import ZIPF
from loadtests._nats_server import NatsServerMissing

STARTED = time.strftime("%Y%m%d-%H%M%S")

COULD_NOT_START = 3


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m loadtests", description=__doc__)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _add_demo(commands.add_parser("demo", help="the whole path for some seconds, live"))
    _add_load(commands.add_parser("load", help="a Locust run against a fleet of its own"))
    _add_sweep(commands.add_parser("sweep", help="many runs with real workers, one data set"))
    _add_publisher(commands.add_parser("publisher", help="the most that one generator can offer"))
    _add_plan(commands.add_parser("plan", help="how many replicas, as a file for deployment"))
    _add_capacity(commands.add_parser("capacity", help="measure this machine for the notebooks"))
    _add_bench(commands.add_parser("bench", help="what our parts cost, as ratios"))
    _add_chaos(commands.add_parser("chaos", help="gateways and broker die under load"))
    return parser


def _add_bench(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("rows", nargs="*", help="which rows; all when none is named")
    add("--turns", type=count(1, 100), default=5, help="of each side, in turns (5)")
    add("--events", type=count(100, 1_000_000), default=20_000, help="of one turn (20000)")
    add("--rate", type=number(0, 1e6), default=0.0, help="events/s; 0: as fast as taken (0)")
    add("--directory", type=Path, help="for logs and the report (var/...)")
    parser.set_defaults(run=_run_bench)


def _run_bench(options: argparse.Namespace) -> int:
    from loadtests import _bench  # noqa: PLC0415 - what one command needs, one command loads
    from loadtests._bench_row import Bench  # noqa: PLC0415

    unknown = sorted(set(options.rows) - {row.name for row in _bench.ROWS})
    if unknown:
        names = ", ".join(row.name for row in _bench.ROWS)
        return _refuse(options, ValueError(f"no row {unknown[0]}; there are: {names}"))
    bench = Bench(_directory(options), options.turns, options.events, options.rate)
    return _bench.run(bench, options.rows, os.environ)


def _add_chaos(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--rate", type=number(1, 1e6), default=500.0, help="events/s offered (500)")
    add("--restarts", type=count(1, 1000), default=20, help="of the gateway (20)")
    add("--outage", type=number(0, 600), default=10.0, help="seconds without nats-server (10)")
    add("--workers", type=count(1, 64), default=2, help="worker processes (2)")
    add("--seed", type=count(0, 1 << 31), default=1, help="of the moments (1)")
    add("--directory", type=Path, help="for logs and streams (var/...)")
    parser.set_defaults(run=_run_chaos)


def _run_chaos(options: argparse.Namespace) -> int:
    given = vars(options) | {"directory": _directory(options)}
    names = [item.name for item in fields(_chaos.Chaos) if item.name != "phases"]
    return _chaos.run(_chaos.Chaos(**{name: given[name] for name in names}), os.environ)


def _add_shared(parser: argparse.ArgumentParser, rate: float) -> None:
    add = parser.add_argument
    add("--duration", type=number(1, 86_400), default=20.0, help="seconds of load (20)")
    add("--rate", type=number(1, 1e6), default=rate, help=f"events/s offered ({rate:g})")
    add("--workers", type=count(1, 64), default=2, help="worker processes (2)")
    add("--directory", type=Path, help="for logs and streams (var/...)")


def _add_fleet(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--fleet", choices=KINDS, default=PROCESS, help="what workers are made of (process)")
    add("--image", default=IMAGE, help=f"of the workers with --fleet docker ({IMAGE})")


def _add_demo(parser: argparse.ArgumentParser) -> None:
    _add_shared(parser, 500.0)
    parser.set_defaults(run=_run_demo)


def _run_demo(options: argparse.Namespace) -> int:
    from rich.console import Console  # noqa: PLC0415 - what one command needs, one command loads

    demo = _demo.Demo(_directory(options), options.duration, options.rate, options.workers)
    return _demo.run(demo, os.environ, Console())


def _add_load(parser: argparse.ArgumentParser) -> None:
    _add_shared(parser, 1000.0)
    add = parser.add_argument
    add("--users", type=count(1, 10_000), default=20, help="Locust users that share the rate (20)")
    add("--bot-app", default="loadtests._handlers:io_2ms", help="what the workers run")
    _add_fleet(parser)
    parser.set_defaults(run=_run_load)


def _run_load(options: argparse.Namespace) -> int:
    load = _load.Load(
        _directory(options),
        options.duration,
        options.rate,
        options.users,
        options.workers,
        options.bot_app,
        options.fleet,
        options.image,
    )
    return _load.run(load, os.environ)


def _add_sweep(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    workers, rates = list_of(count(1, 64)), list_of(number(1, 1e6))
    add("--workers", type=workers, default=(1, 2, 4), help="numbers of workers (1,2,4)")
    add("--rates", type=rates, default=(100.0, 200.0), help="events/s, total (100,200)")
    add("--per-worker", action="store_true", help="the rates are those of one worker")
    add("--handler", type=list_of(handler), default=("io:20ms",), help="one or more (io:20ms)")
    add("--duration", type=number(1, 3600), default=10.0, help="seconds measured per run (10)")
    add("--warm-up", type=number(0, 600), default=2.0, help="seconds not measured (2)")
    add("--settle", type=number(1, 600), default=30.0, help="most seconds to drain (30)")
    add("--repetitions", type=count(1, 100), default=1, help="runs per point (1)")
    add("--guilds", type=count(1, 1_000_000), default=1000, help="number of guilds (1000)")
    add(
        "--zipf",
        type=list_of(number(0, 5)),
        default=(ZIPF,),
        help=f"how uneven they are ({ZIPF})",
    )
    add("--interactions", type=number(0, 1), default=0.0, help="share of slash commands (0)")
    late = number(0.001, 60)
    add("--lateness-limit", type=late, default=0.01, help="p99 of a valid generator, s (0.01)")
    add("--seed", type=count(0, 1 << 31), default=1, help="of the order and the events (1)")
    add("--kill", action="store_true", help="kill a worker in the middle of each run")
    add("--out", type=Path, required=True, help="the data set (Parquet)")
    add("--directory", type=Path, help="for logs and streams (var/...)")
    _add_fleet(parser)
    parser.set_defaults(run=_run_sweep)


def _run_sweep(options: argparse.Namespace) -> int:
    from loadtests import _sweep  # noqa: PLC0415 - pyarrow takes a while to load

    given = vars(options) | {"directory": _directory(options), "handlers": options.handler}
    names = [item.name for item in fields(_sweep.Sweep)]
    try:
        return _sweep.run(_sweep.Sweep(**{name: given[name] for name in names}), os.environ)
    except _sweep.ForeignFile as wrong:
        return _refuse(options, wrong)


def _add_publisher(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    rates = list_of(number(1, 1e6))
    add("--rate", type=rates, default=(20_000.0,), help="events/s, one or more (20000)")
    add("--duration", type=number(1, 3600), default=10.0, help="seconds for each (10)")
    add("--directory", type=Path, help="for logs and streams (var/...)")
    parser.set_defaults(run=_run_publisher)


def _run_publisher(options: argparse.Namespace) -> int:
    from loadtests import _ceiling  # noqa: PLC0415 - gevent is loaded by who needs it

    wanted = _ceiling.Ceiling(_directory(options), options.rate, options.duration)
    return _ceiling.run(wanted)


def _add_plan(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    data = Path("notebooks/data/calibration.parquet")
    add("--rate", type=number(0.001, 1e7), required=True, help="events/s at the busiest")
    add("--slo-p99", type=number(0.001, 3600), required=True, help="seconds for 99 %% of them")
    add("--headroom", type=number(0, 0.9), default=0.3, help="share that stays free (0.3)")
    add("--outage", type=number(0, 86_400), default=0.0, help="seconds to make up for (0)")
    add("--recovery", type=number(1, 86_400), default=60.0, help="within so many seconds (60)")
    add("--hottest-guild", type=number(0, 1e6), default=0.0, help="its events/s, if known")
    add("--data", type=Path, default=data, help=f"a sweep's data set ({data})")
    add("--out", type=Path, help="file for the result (JSON); else it is printed")
    parser.set_defaults(run=_run_plan)


def _run_plan(options: argparse.Namespace) -> int:
    from loadtests import _plan  # noqa: PLC0415 - pandas and scipy take a while to load

    need = {name: vars(options)[name] for name in _plan.NEEDS}
    try:
        _plan.run(options.data, need, options.out)
    except _plan.CANNOT as why:
        return _refuse(options, why)
    return 0


def _add_capacity(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    data = Path("notebooks/data")
    add("--data", type=Path, default=data, help=f"where the data sets go ({data})")
    add("--duration", type=number(1, 600), default=8.0, help="seconds measured per run (8)")
    add("--repetitions", type=count(1, 20), default=3, help="runs per point (3)")
    add("--directory", type=Path, help="for logs and streams (var/...)")
    parser.set_defaults(run=_run_capacity)


def _run_capacity(options: argparse.Namespace) -> int:
    from loadtests import _capacity  # noqa: PLC0415 - pandas and scipy take a while to load
    from notebooks.measurements import ForeignData  # noqa: PLC0415

    protocol = _capacity.Protocol(
        options.data, _directory(options), options.duration, options.repetitions
    )
    try:
        return _capacity.run(protocol, os.environ)
    except ForeignData as why:
        return _refuse(options, why)


def _refuse(options: argparse.Namespace, why: Exception) -> int:
    """One line about a wrong value."""
    print(f"python -m loadtests {options.command}: {why}", file=sys.stderr)
    return WRONG_VALUE


def _directory(options: argparse.Namespace) -> Path:
    """Where the run's files go; each run has its own."""
    if options.directory is not None:
        chosen: Path = options.directory
        return chosen.resolve()
    return Path("var").resolve() / f"{options.command}-{STARTED}-{os.getpid()}"


def _tidy(options: argparse.Namespace, status: int) -> None:
    """Logs of a run that went well interest nobody, unless a place for them was named."""
    if status == 0 and vars(options).get("directory", Path()) is None:
        shutil.rmtree(_directory(options), ignore_errors=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 0
    try:
        with interruptible():
            status: int = options.run(options)
            _tidy(options, status)
            return status
    except Interrupted as signal:
        print(f"stopped by {signal}", file=sys.stderr)
        return signal.exit_status
    except (PartFailed, Unreachable, NatsServerMissing) as wrong:
        _refuse(options, wrong)
        return COULD_NOT_START
