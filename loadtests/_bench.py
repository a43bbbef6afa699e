"""``python -m loadtests bench``: what our parts cost against what they stand in for.

Each row measures both in one run on one machine, in turns, and reports the ratio: absolute numbers
belong to the machine, the ratio less so. Rows live in files of their own (``ROWS``).
"""

import json
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

import psutil

from loadtests import _bench_age, _bench_gateway, _bench_hosted, _bench_simulator, _bench_worker
from loadtests._bench_row import Bench, Measured, Row
from loadtests._nats_server import find_binary

ROWS: tuple[Row, ...] = (
    *_bench_gateway.ROWS,
    *_bench_worker.ROWS,
    *_bench_hosted.ROWS,
    *_bench_age.ROWS,
    *_bench_simulator.ROWS,
)
PACKAGES = ("discord.py", "nats-py", "faststream", "aiohttp", "msgspec", "uvloop", "zstandard")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: all turns of one row and variant."""

    row: str
    variant: str
    unit: str
    ours: float
    """Median."""
    theirs: float | None
    lowest: float
    ratio: float
    """Median of the ratios; without a rival the value itself."""
    highest: float
    turns: int
    bar: float | None
    stretch: float | None
    more: bool
    """Whether more is better."""

    @property
    def verdict(self) -> str:
        """Whether the bar is met; ``-`` where there is none."""
        if self.bar is None:
            return "-"
        if self.stretch is not None and self._reaches(self.stretch):
            return "stretch"
        return "ok" if self._reaches(self.bar) else "MISSED"

    def _reaches(self, mark: float) -> bool:
        return self.ratio >= mark if self.more else self.ratio <= mark

    @property
    def aim(self) -> str:
        """The bar with its direction."""
        return "" if self.bar is None else f"{'≥' if self.more else '≤'} {self.bar:g}"


def run(bench: Bench, names: Iterable[str], environ: Mapping[str, str]) -> int:
    """Measure the rows of these names (all when there is none); 0 when every bar is met.

    Raises:
        PartFailed: a part does not come up or ends on its own.
        NatsServerMissing: there is no nats-server.
    """
    wanted = set(names) or {row.name for row in ROWS}
    lines: list[Line] = []
    for row in ROWS:
        if row.name in wanted:
            print(f"{row.name}: {row.meaning} ...", flush=True)
            for line in summarise(row, row.run(bench, environ)):
                lines.append(line)
                print(f"  {text(line)}", flush=True)
    found = machine()
    report = {"machine": found, "rows": [asdict(line) for line in lines]}
    bench.directory.mkdir(parents=True, exist_ok=True)
    path = bench.directory / "bench.json"
    path.write_text(json.dumps(report, indent=2) + "\n")
    print(f"\n{table(lines)}\n\n{describe(found)}\nwritten to {path}")
    return 1 if any(line.verdict == "MISSED" for line in lines) else 0


def summarise(row: Row, measured: Iterable[Measured]) -> Iterator[Line]:
    """One line for each variant."""
    variants: dict[str, list[Measured]] = {}
    for one in measured:
        variants.setdefault(one.variant, []).append(one)
    for variant, turns in variants.items():
        ratios = [turn.ratio for turn in turns]
        rivals = [turn.theirs for turn in turns if turn.theirs is not None]
        yield Line(
            row=row.name,
            variant=variant,
            unit=row.unit,
            ours=round(statistics.median(turn.ours for turn in turns), 2),
            theirs=round(statistics.median(rivals), 2) if rivals else None,
            lowest=round(min(ratios), 3),
            ratio=round(statistics.median(ratios), 3),
            highest=round(max(ratios), 3),
            turns=len(turns),
            bar=row.bar,
            stretch=row.stretch,
            more=row.more,
        )


def text(line: Line) -> str:
    """One line for the eyes of who waits."""
    rival = f" against {line.theirs:g}" if line.theirs is not None else ""
    spread = f"{line.ratio:g} ({line.lowest:g} to {line.highest:g})"
    return f"{line.variant}: {line.ours:g}{rival} {line.unit}, {spread}, {line.verdict}"


def table(lines: Iterable[Line]) -> str:
    """The same as Markdown."""
    rows = [
        "| row | variant | ours | rival | ratio | min to max | bar | verdict |",
        "| --- " * 8 + "|",
    ]
    for line in lines:
        rival = "" if line.theirs is None else f"{line.theirs:g}"
        rows.append(
            f"| {line.row} | {line.variant} | {line.ours:g} {line.unit} | {rival} "
            f"| {line.ratio:g} | {line.lowest:g} to {line.highest:g} | {line.aim} "
            f"| {line.verdict} |"
        )
    return "\n".join(rows)


def machine() -> dict[str, Any]:
    """Where the numbers come from."""
    server = subprocess.run(
        [str(find_binary()), "--version"], capture_output=True, text=True, check=True, timeout=10
    )
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": psutil.cpu_count(),
        "load": [round(load, 2) for load in os.getloadavg()],
        "nats_server": server.stdout.strip().rpartition(" ")[2],
        "packages": {name: version(name) for name in PACKAGES},
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def describe(found: Mapping[str, Any]) -> str:
    """The same in one line."""
    packages = ", ".join(f"{name} {number}" for name, number in found["packages"].items())
    return (
        f"Python {found['python']}, {found['system']}, {found['cores']} cores, load "
        f"{found['load'][0]}, nats-server {found['nats_server']}, {packages}"
    )
