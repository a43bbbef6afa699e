"""Regenerate the table of clients and faults as Markdown, on stdout or into a file."""

import argparse
import asyncio
import importlib.metadata
import sys
from pathlib import Path

from tests.clients.library import DISCORD_JS, LIBRARIES
from tests.matrix import clients
from tests.matrix.cell import Outcome, Scenario, observe, read_scenarios

AT_ONCE = 4  # cells that run at the same time: each is a process that mostly waits
LEGEND = (
    "R resumed, I identified anew, X gave up or ended, - noticed nothing; seconds from the fault "
    "until the session\nwas live again. Seen with"
)


async def regenerate(scenarios: list[Scenario], names: list[str]) -> str:
    """The table."""
    free = asyncio.Semaphore(AT_ONCE)

    async def run(scenario: Scenario, name: str) -> Outcome:
        async with free:
            return await observe(scenario, name)

    async with asyncio.TaskGroup() as tasks:
        cells = {
            (scenario.name, name): tasks.create_task(run(scenario, name))
            for scenario in scenarios
            for name in names
        }
    return table(
        names,
        [[s.name, *(str(cells[s.name, n].result()) for n in names)] for s in scenarios],
    )


def table(names: list[str], rows: list[list[str]]) -> str:
    """Markdown, columns as wide as their widest cell."""
    cells = [["fault", *names], ["---"] * (1 + len(names)), *rows]
    widths = [max(len(row[i]) for row in cells) for i in range(1 + len(names))]
    lines = (" | ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)) for r in cells)
    tried = ", ".join(f"{name} {version(name)}" for name in names)
    return "\n".join(f"| {line} |" for line in lines) + f"\n\n{LEGEND}\n{tried}.\n"


def version(name: str) -> str:
    """The version of a client library that is installed here."""
    listed = {library.name: library for library in (DISCORD_JS, *LIBRARIES)}
    return listed[name].version() if name in listed else importlib.metadata.version(name)


def main() -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.matrix", description=__doc__)
    parser.add_argument("--only", default="", help="rows whose name holds this")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the table here")
    asked = parser.parse_args()
    rows = [row for row in read_scenarios() if asked.only in row.name]
    text = asyncio.run(regenerate(rows, list(clients.commands("", ""))))
    sys.stdout.write(text)
    if asked.write is not None:
        asked.write.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
