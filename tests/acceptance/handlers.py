"""Raw handlers for workers of the acceptance tests, by ``BOT_APP=tests.acceptance.handlers:name``.

Each notes what it has done in a file below ``NOTES``, one line for each effect, so that a test sees
the effects of processes that are gone. A file is opened for appending: short lines do not mix.
"""

import asyncio
import fcntl
import json
import os
from pathlib import Path

from runtime.core.envelope import Envelope

NOTES = Path(os.environ.get("NOTES", "."))


def note_once(name: str, line: str) -> None:
    """Append a line that is not there: effect and inbox are one write, as in a transaction."""
    with (NOTES / name).open("a+") as notes:
        fcntl.flock(notes, fcntl.LOCK_EX)
        notes.seek(0)
        if line not in notes.read().split():
            notes.write(line + "\n")


def note(name: str, line: str) -> None:
    """Append a line at once."""
    with (NOTES / name).open("a") as notes:
        notes.write(line + "\n")


async def numbered(envelope: Envelope) -> None:
    """An effect for each event, once; one event in a hundred fails at first."""
    if not envelope.id.startswith("order:"):
        return
    data = json.loads(envelope.body)
    await asyncio.sleep(0.002)
    if data["n"] % 100 == 7 and once(f"failed-{envelope.id}"):
        raise RuntimeError("not yet")
    note_once(f"guild-{data['guild_id']}", str(data["n"]))


def once(name: str) -> bool:
    """True for the first who asks, in whichever process."""
    try:
        os.close(os.open(NOTES / name, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


async def unfinished(envelope: Envelope) -> None:
    """Fails until somebody has fixed it."""
    if not (NOTES / "fixed").exists():
        raise RuntimeError("not implemented")
    note("handled", str(json.loads(envelope.body)["n"]))


async def deadly(envelope: Envelope) -> None:
    """An event that says so ends the process, as a crash in a C library would."""
    data = json.loads(envelope.body)
    if data.get("deadly"):
        note("deaths", str(os.getpid()))
        os._exit(1)
    if "n" in data:
        note("handled", str(data["n"]))
