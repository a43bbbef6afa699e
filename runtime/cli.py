"""``python -m runtime``: which service this process is, its signals and its exit status."""

import argparse
import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager

import uvloop

from runtime import dead, garbage, record, standalone, tracing
from runtime.bus.interface import Bus
from runtime.bus.memory import MemoryBus
from runtime.core.routing import Subjects
from runtime.core.topology import Topology
from runtime.errors import ConfigurationError, MultipodError, StartError
from runtime.gateway.service import GatewayService
from runtime.probes import Probes
from runtime.settings import Mode, Settings, hide_token, read_environment, wants_traces
from runtime.stopping import stop_on_signals
from runtime.telemetry import Telemetry, configure_logging
from runtime.transport import open_jetstream
from runtime.worker import bot_app
from runtime.worker.bot_app import BotApp
from runtime.worker.service import WorkerService

log = logging.getLogger("runtime")

OK, FAILED, WRONG_VALUE, COULD_NOT_START = 0, 1, 2, 3
THRESHOLDS = {
    Mode.GATEWAY: garbage.GATEWAY,
    Mode.WORKER: garbage.WORKER,
    Mode.STANDALONE: garbage.GATEWAY,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run until told to stop; returns the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if arguments[:1] == ["dead"]:
            uvloop.run(dead.run(dead.parse(arguments[1:])))
            return OK
        if arguments[:1] == ["record"]:
            uvloop.run(record.run(record.parse(arguments[1:])))
            return OK
        settings = read_environment(_parse(arguments))
        configure_logging(settings.log_format)
        app = _load_app(settings)
        if garbage.is_unchosen():
            garbage.collect_seldom(THRESHOLDS[settings.bot_mode])
        with tracing.exported(f"multipod-{settings.bot_mode}", wanted=wants_traces()):
            uvloop.run(_run(settings, app))
    except MultipodError as error:
        return _report(error)
    except BaseExceptionGroup as group:
        expected, unexpected = group.split((MultipodError, asyncio.CancelledError))
        if unexpected is not None or expected is None:
            raise
        return _report(next(_leaves(expected)))
    return OK


def _parse(argv: Sequence[str]) -> Mode | None:
    epilog = (
        "python -m runtime dead -h: list, show, replay and drop dead letters; "
        "python -m runtime record -h: write down what the gateway publishes"
    )
    parser = argparse.ArgumentParser("python -m runtime", description=__doc__, epilog=epilog)
    parser.add_argument("mode", nargs="?", help="gateway, worker or standalone; wins over BOT_MODE")
    asked = parser.parse_args(argv).mode
    if asked is None:
        return None
    try:
        return Mode(asked)
    except ValueError:
        raise ConfigurationError(f"mode must be one of {', '.join(Mode)}, not {asked!r}") from None


def _load_app(settings: Settings) -> BotApp | None:
    """Check what can be checked before anything is opened."""
    if settings.bot_mode is not Mode.WORKER and not settings.discord_token:
        raise ConfigurationError("DISCORD_TOKEN is missing: the gateway needs the bot's token")
    token_was_set = hide_token()
    if settings.bot_mode is Mode.WORKER and token_was_set:
        log.warning("DISCORD_TOKEN is set: a worker does not need it and has not read it")
    if settings.bot_mode is Mode.GATEWAY:
        return None
    return bot_app.load(settings.bot_app)


async def _run(settings: Settings, app: BotApp | None) -> None:
    telemetry = Telemetry()
    probes = Probes(telemetry)
    stop = asyncio.Event()

    def drain() -> None:
        probes.draining = True

    stop_on_signals(stop, "draining", drain)
    runner = await probes.serve(settings.http_host, settings.http_port)
    try:
        async with _open_bus(settings) as bus, asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(probes.watch_loop())
            await _serve(settings, app, bus, telemetry, probes, stop)
            watching.cancel()
    finally:
        if runner is not None:
            await runner.cleanup()


async def _serve(
    settings: Settings,
    app: BotApp | None,
    bus: Bus,
    telemetry: Telemetry,
    probes: Probes,
    stop: asyncio.Event,
) -> None:
    if app is None:
        await GatewayService(settings, bus, telemetry, probes).run(stop)
        return
    worker = WorkerService(settings, bus, app, telemetry, probes)
    if settings.bot_mode is Mode.WORKER:
        await worker.run(stop)
        return
    gateway = GatewayService(settings, bus, telemetry, probes)
    topology = Topology(Subjects(settings.subject_prefix))
    await standalone.run(gateway, worker, bus, topology, stop, settings.grace_period)


@asynccontextmanager
async def _open_bus(settings: Settings) -> AsyncIterator[Bus]:
    if settings.bot_mode is Mode.STANDALONE:
        async with MemoryBus() as memory:
            yield memory
    else:
        name = f"multipod-{settings.bot_mode}"
        async with open_jetstream(settings, name) as jetstream:
            yield jetstream


def _leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[MultipodError]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        elif isinstance(error, MultipodError):
            yield error


def _report(error: MultipodError) -> int:
    sys.stderr.write(f"multipod: {error}\n")
    match error:
        case ConfigurationError():
            return WRONG_VALUE
        case StartError():
            return COULD_NOT_START
        case _:
            return FAILED
