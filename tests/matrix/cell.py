"""One experiment: one client, one fault, and what the client did, as seen from the gateway."""

import asyncio
import tomllib
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator import FakeDiscord
from simulator.settings import Settings
from tests.matrix import clients

SCENARIOS = Path(__file__).with_name("scenarios.toml")
STARTING = 30.0
_POLL = 0.02
_SETTLED = 1.0  # seconds that a client must stay before it counts as back
_LOOP = 4  # connections in one cell that say: it tries again and again


@dataclass(frozen=True, slots=True)
class Scenario:
    """A row. Times are seconds."""

    name: str
    faults: tuple[dict[str, Any], ...]
    within: float = 7.0
    heartbeat: float = 41.25
    rate: float = 0.0
    first: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """R resumed, I identified anew, X gave up, - noticed nothing; after how many seconds."""

    what: str
    seconds: float = 0.0
    connections: int = 0

    def __str__(self) -> str:
        if self.what in {"X", "-"}:
            return self.what
        tries = f", {self.connections} connections" if self.connections >= _LOOP else ""
        return f"{self.what} {self.seconds:.1f} s{tries}"


def read_scenarios(path: Path = SCENARIOS) -> list[Scenario]:
    """The rows in the order of the file."""
    found = []
    for given in tomllib.loads(path.read_text())["scenario"]:
        faults = given.pop("fault")
        listed = tuple(faults) if isinstance(faults, list) else (faults,)
        found.append(Scenario(faults=listed, **given))
    return found


async def observe(scenario: Scenario, client: str) -> Outcome:
    """Run one cell."""
    settings = Settings(
        guilds=1, probes=0, grace=0, identify_window=0, heartbeat=scenario.heartbeat,
        rate=scenario.rate,
    )  # fmt: skip
    async with FakeDiscord(settings) as fake:
        if scenario.first:
            _arm(fake, scenario)
        async with _started(clients.commands(fake.url, fake.gateway_url)[client]) as process:
            if not scenario.first:
                if not await _connected(fake, process):
                    return Outcome("did not start")
                _arm(fake, scenario)
            return await _watch(fake, process, scenario)


def _arm(fake: FakeDiscord, scenario: Scenario) -> None:
    for fault in scenario.faults:
        details = {key: value for key, value in fault.items() if key != "kind"}
        fake.faults.add(fault["kind"], **details)


@asynccontextmanager
async def _started(command: list[str]) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        *command, env=clients.environment(), stdout=DEVNULL, stderr=DEVNULL
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _connected(fake: FakeDiscord, process: Process) -> bool:
    """Whether the client came, and stayed long enough to have had every guild."""
    for _ in range(int(STARTING / _POLL)):
        if process.returncode is not None:
            return False
        if fake.ledger()["sessions"]["live"]:
            await asyncio.sleep(_SETTLED)
            return True
        await asyncio.sleep(_POLL)
    return False


async def _watch(fake: FakeDiscord, process: Process, scenario: Scenario) -> Outcome:
    """Wait until the client is back for good, has ended, or its time is up."""
    clock = asyncio.get_running_loop().time
    began, before = clock(), _attempts(fake)
    deadline = began + scenario.within + (STARTING if scenario.first else 0.0)
    back_at: float | None = None
    while clock() < deadline and process.returncode is None:
        sessions = fake.ledger()["sessions"]
        back = sessions["live"] == 1 and _attempts(fake) > before
        if not back:
            back_at = None
        elif back_at is None:
            back_at = clock()
        elif clock() - back_at > _SETTLED and process.returncode is None:
            break
        await asyncio.sleep(_POLL)
    sessions = fake.ledger()["sessions"]
    if back_at is not None and process.returncode is None:
        what = "R" if _resumed_last(fake) else "I"
        return Outcome(what, back_at - began, sessions["upgrades"] - (not scenario.first))
    quiet = sessions["live"] == 1 and process.returncode is None
    return Outcome("-" if quiet else "X")


def _attempts(fake: FakeDiscord) -> int:
    sessions = fake.ledger()["sessions"]
    return int(sessions["identify"] + sessions["resume"])


def _resumed_last(fake: FakeDiscord) -> bool:
    return bool(fake.ledger()["sessions"]["identify"] == 1 and fake.ledger()["sessions"]["resume"])
