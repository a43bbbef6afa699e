"""A worker is killed in the middle of an interaction: another answers while Discord still waits."""

import asyncio
from pathlib import Path
from urllib.error import HTTPError

from loadtests._fleet import ProcessFleet
from tests.acceptance.conftest import StartFleet, ask, ledger
from tests.eventually import eventually

ROUNDS = 3
"""A machine that stands still for two seconds proves nothing: then it is asked once more."""


async def ping(fleet: ProcessFleet, notes: Path, number: int) -> tuple[str, str]:
    """Have the worker killed that begins with the command; its name, and what the user reads."""
    command = {"command": "ping", "options": {"number": number}, "wait": 8}
    url = f"{fleet.simulator_url}/sim/users/1/commands"
    asking = asyncio.create_task(asyncio.to_thread(ask, url, command))
    first = notes / "first"
    await eventually(lambda: first.exists() and len(first.read_text().split()) == number)
    killed = first.read_text().split()[-1]
    fleet.kill(killed)
    try:
        return killed, (await asking)["content"]
    except HTTPError as nothing:
        nothing.close()
        return killed, ""


async def test_another_worker_answers_within_three_seconds(
    start_fleet: StartFleet, tmp_path: Path
) -> None:
    settings = {"NOTES": str(tmp_path), "DEFER_AFTER": "3"}  # the gateway does not help out
    bot, quiet = "tests.acceptance.slow_bot:bot", ("--rate", "0")
    fleet = start_fleet(gateway=True, simulator=quiet, bot_app=bot, settings=settings)
    for number in range(1, ROUNDS + 1):
        killed, read = await ping(fleet, tmp_path, number)
        seen = ledger(fleet)["interactions"]
        if seen["late"] + seen["unanswered"] < number:
            break
        await asyncio.to_thread(fleet.scale, 2)
    assert seen["late"] + seen["unanswered"] < number
    assert read in {f"worker-{n} {number}" for n in range(1, 3 + number)} - {f"{killed} {number}"}
