"""Run the counting client against `python -m simulator` and say what it saw; exit 1 if not all."""

import argparse
import asyncio
import json
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.endurance.counting import CountingClient

STARTING = 15.0
SPARE = 20.0  # seconds beyond the run after which it is given up
LONGEST = 120.0
QUIET = 0.1


def endure(rate: float, seconds: float, resumes: int, profile: str) -> dict[str, Any]:
    """The simulator's ledger, and under "client" the counts of a client in this process."""
    with tempfile.TemporaryDirectory() as folder:
        faults, report = Path(folder, "faults.json"), Path(folder, "report.json")
        faults.write_text(json.dumps(_cuts(seconds, resumes)))
        flags = (
            "--port", "0", "--rate", f"{rate:g}", "--duration", f"{seconds:g}", "--profile",
            profile, "--guilds", "50", "--probes", "0", "--faults", str(faults), "--report",
            str(report),
        )  # fmt: skip
        client = asyncio.run(_counted(flags, STARTING + seconds + SPARE))
        return {**json.loads(report.read_bytes()), "client": client}


def _cuts(seconds: float, resumes: int) -> list[dict[str, Any]]:
    """So many cuts, the last well before the end; every other one without a word."""
    every = 0.9 * seconds / max(1, resumes)
    cuts = []
    for number in range(resumes):
        kind = ("tcp_reset", "close")[number % 2]
        cuts.append({"kind": kind, "after": 3.0 + every * (number + 0.5), "count": 1})
    return cuts


async def _counted(flags: Sequence[str], within: float) -> dict[str, Any]:
    """Run a simulator to its end, and count; raises TimeoutError."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", *flags, stdout=PIPE
    )
    try:
        async with asyncio.timeout(within):
            return await _count(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _count(process: Process) -> dict[str, Any]:
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode().strip()
    url = line.removeprefix("listening on http")
    counting = CountingClient(f"ws{url}/gateway")
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(counting.run())
        await process.communicate()
        await _all_read(counting)
        running.cancel()
    return asdict(counting.counts)


async def _all_read(counting: CountingClient) -> None:
    """What the simulator sent before it ended may still be in the socket: wait until none comes."""
    before = -1
    while counting.counts.dispatches > before or counting.connected:
        before = counting.counts.dispatches
        await asyncio.sleep(QUIET)


def too_slow(book: dict[str, Any]) -> list[str]:
    """Whether the machine kept up: a fact about the machine as much as about the simulator."""
    if book["achieved_rate"] >= 0.99 * book["offered_rate"]:
        return []
    return [f"only {book['achieved_rate']:.0f} of {book['offered_rate']:.0f} events/s"]


def verdict(book: dict[str, Any]) -> list[str]:
    """What is lost, repeated or out of order in a run; nothing is what there should be."""
    client = book["client"]
    wrong = [f"{client[key]} {key}" for key in ("lost", "duplicated", "reordered") if client[key]]
    if client["identifies"] != 1:
        wrong.append(f"{client['identifies']} IDENTIFYs")
    if client["dispatches"] != book["dispatched"]:
        wrong.append(f"{client['dispatches']} of {book['dispatched']} dispatches came")
    return wrong


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.endurance", description=__doc__)
    parser.add_argument("--rate", type=float, default=10_000, help="events/s (10000)")
    parser.add_argument("--seconds", type=float, default=60, help=f"at most {LONGEST:g} (60)")
    parser.add_argument("--resumes", type=int, default=20, help="forced (20)")
    parser.add_argument("--profile", default="modern", help="mix of events (modern)")
    return parser.parse_args()


def main() -> int:
    """Returns the exit status."""
    asked = _parse()
    seconds = min(asked.seconds, LONGEST)
    book = endure(asked.rate, seconds, asked.resumes, asked.profile)
    shown = {key: book[key] for key in (
        "offered_rate", "achieved_rate", "offered", "emitted", "dispatched", "lag_ms", "sessions",
        "resumes", "closes", "faults", "client",
    )}  # fmt: skip
    wrong = [*verdict(book), *too_slow(book)]
    sys.stdout.write(
        json.dumps(shown, indent=1) + "\n" + ("; ".join(wrong) or "nothing lost") + "\n"
    )
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
