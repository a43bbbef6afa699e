"""Workers die and join, handlers fail, kill and are fixed: order, effects and dead letters."""

import asyncio
import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from loadtests._fleet import ROOT, PartFailed, ProcessFleet
from loadtests._nats_server import NatsServer
from runtime.bus.interface import Message
from runtime.bus.jetstream import JetStreamBus
from runtime.core.letter import Letter
from runtime.core.routing import Subjects
from runtime.core.topology import Topology
from tests.acceptance.conftest import StartFleet
from tests.eventually import eventually

GUILDS, EVENTS = 64, 20_000
TOPOLOGY = Topology(Subjects())


def event(number: int, **more: object) -> Message:
    """A message in one of the guilds; ``n`` grows in each guild."""
    guild = str(1000 + number % GUILDS)
    body = json.dumps({"guild_id": guild, "n": number, **more}).encode()
    return Message(
        TOPOLOGY.subjects.of("MESSAGE_CREATE", body),
        body,
        {
            "Nats-Msg-Id": f"order:{number}",
            "Event-Type": "MESSAGE_CREATE",
            "Shard": "0",
            "Received-Ns": str(time.time_ns()),
        },
    )


def interaction(**data: object) -> Message:
    """A command from the future, which is never too old."""
    made = (int((time.time() + 3600 - 1_420_070_400) * 1000)) << 22
    body = json.dumps({"id": str(made), "type": 2, **data}).encode()
    headers = {**event(0).headers, "Nats-Msg-Id": "deadly:1", "Event-Type": "INTERACTION_CREATE"}
    return Message(f"{TOPOLOGY.subjects.root}.interaction.command", body, headers)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """Where the handlers write."""
    made = tmp_path / "notes"
    made.mkdir()
    return made


def start(start_fleet: StartFleet, notes: Path, workers: int, handler: str) -> ProcessFleet:
    app, settings = f"tests.acceptance.handlers:{handler}", {"NOTES": str(notes)}
    return start_fleet(workers=workers, bot_app=app, settings=settings)


def effects(notes: Path) -> dict[str, list[int]]:
    """What each guild's events have done, in the order in which they did."""
    files = notes.glob("guild-*")
    return {one.name: [int(line) for line in one.read_text().split()] for one in files}


def count(notes: Path) -> int:
    return sum(len(numbers) for numbers in effects(notes).values())


async def test_order_and_effects_survive_a_death_a_birth_and_failures(
    start_fleet: StartFleet, notes: Path
) -> None:
    fleet = start(start_fleet, notes, 3, "numbered")
    async with JetStreamBus(fleet.nats_url) as bus:
        await asyncio.gather(*(bus.store(event(number)) for number in range(EVENTS)))
        await eventually(lambda: count(notes) > EVENTS // 4, within=40.0)
        fleet.kill(fleet.workers[0])
        await eventually(lambda: count(notes) > EVENTS // 2, within=40.0)
        await asyncio.to_thread(fleet.scale, 3)
        await eventually(lambda: count(notes) >= EVENTS, within=60.0)
        assert await bus.find(TOPOLOGY.dead) is None
    done = effects(notes)
    assert len(done) == GUILDS
    for guild, numbers in done.items():
        assert numbers == sorted(numbers), guild
    assert sorted(n for numbers in done.values() for n in numbers) == list(range(EVENTS))


async def test_an_event_that_kills_its_workers_dies_itself_while_others_go_on(
    start_fleet: StartFleet, notes: Path
) -> None:
    fleet = start(start_fleet, notes, 2, "deadly")
    async with JetStreamBus(fleet.nats_url) as bus:
        await bus.store(interaction(deadly=True))
        deadline, number = time.monotonic() + 60.0, 0
        while (kept := await bus.find(TOPOLOGY.dead)) is None:
            assert time.monotonic() < deadline
            number += 1
            await bus.store(event(number))
            await asyncio.to_thread(replace_the_dead, fleet)
        letter = Letter.read(kept.message.headers, kept.message.body)
        await eventually(lambda: len(handled(notes)) == number, within=20.0)
    assert (letter.reason, letter.event_type) == ("max-deliveries", "INTERACTION_CREATE")
    assert 2 < len((notes / "deaths").read_text().split()) <= letter.tries


async def test_an_event_that_failed_is_replayed_after_the_fix(
    start_fleet: StartFleet, notes: Path
) -> None:
    fleet = start(start_fleet, notes, 1, "unfinished")
    async with JetStreamBus(fleet.nats_url) as bus:
        for number in range(3):
            await bus.store(event(number))
        await eventually(lambda: dead(fleet, "list").endswith("3 dead letters\n"), within=40.0)
    assert "RuntimeError: not implemented" in dead(fleet, "list", "--reason", "failed")
    (notes / "fixed").touch()
    assert "replayed as order:0:r1" in dead(fleet, "replay", "--all")
    await eventually(lambda: handled(notes) == {"0", "1", "2"}, within=30.0)
    assert dead(fleet, "list").endswith("\n0 dead letters\n")


@pytest.mark.parametrize(
    ("arguments", "status", "complaint"),
    [
        (("show", "7"), 2, "there is no dead letter 7"),
        (("replay",), 2, "which?"),
        (("list", "elsewhere"), 2, "unrecognized"),
    ],
)
def test_a_wrong_order_is_one_clear_line(
    nats_server: NatsServer, arguments: tuple[str, ...], status: int, complaint: str
) -> None:
    prepared = run_dead(nats_server.url, "list", SUBJECT_PREFIX="nobody")
    assert (prepared.returncode, "cannot be had" in prepared.stderr) == (3, True)
    asyncio.run(make_streams(nats_server.url))
    done = run_dead(nats_server.url, *arguments)
    assert (done.returncode, done.stdout) == (status, "")
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


async def make_streams(url: str) -> None:
    async with JetStreamBus(url) as bus:
        await bus.ensure(TOPOLOGY)


def run_dead(url: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "runtime", "dead", *arguments],
        env={"PATH": os.environ["PATH"], "NATS_URL": url, **more},
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def dead(fleet: ProcessFleet, *arguments: str) -> str:
    """What ``python -m runtime dead`` prints."""
    done = run_dead(fleet.nats_url, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def handled(notes: Path) -> set[str]:
    found = notes / "handled"
    return set(found.read_text().split()) if found.exists() else set()


def replace_the_dead(fleet: ProcessFleet) -> None:
    """What an orchestrator does."""
    for worker in set(fleet.workers) - set(fleet.usage()):
        fleet.kill(worker)
    with suppress(PartFailed):  # died again, before it was ready
        fleet.scale(2)
