"""Shows a running demonstration: a live table on a terminal, one plain line a second elsewhere."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table

from loadtests._progress import Snapshot, summary


class Screen:
    """A context manager; ``show`` replaces what was shown before."""

    def __init__(self, console: Console, duration: float) -> None:
        self._console = console
        self._duration = duration
        self._live = Live(console=console, auto_refresh=False) if console.is_terminal else None

    def say(self, text: str) -> None:
        """A line that stays."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def show(self, snapshot: Snapshot) -> None:
        """The state now."""
        if self._live is None:
            self.say(line(snapshot))
        else:
            self._live.update(table(snapshot, self._duration), refresh=True)

    def finish(self, end: Snapshot, faults: list[str]) -> None:
        """The summary."""
        grid = Table.grid(padding=(0, 2))
        for name, value in summary(end):
            grid.add_row(name, value)
        self._console.print(grid)
        verdict = "all events arrived once and in time" if not faults else "; ".join(faults)
        self.say(("OK: " if not faults else "FAILED: ") + verdict)

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()


def line(snapshot: Snapshot) -> str:
    """A snapshot in one line."""
    interactions, probes = snapshot.interactions, snapshot.probes
    latency = interactions["latency_ms"]
    workers = " ".join(f"{name}={rate:.0f}/s" for name, rate in snapshot.rates.items())
    return (
        f"{snapshot.elapsed:5.1f}s offered={snapshot.ledger['offered_rate']:.0f}/s"
        f" achieved={snapshot.ledger['achieved_rate']:.0f}/s {workers}"
        f" answered={interactions['answered']}/{interactions['sent']}"
        f" p50={latency['p50']:.0f}ms p99={latency['p99']:.0f}ms"
        f" backlog={snapshot.total_backlog} lost={probes['lost']}"
        f" duplicated={probes['duplicated']} late={interactions['late']}"
    )


def table(snapshot: Snapshot, duration: float) -> Table:
    """A snapshot as a table of what, now and total."""
    ledger, interactions, probes = snapshot.ledger, snapshot.interactions, snapshot.probes
    latency = interactions["latency_ms"]
    result = Table(title=f"multipod demo, {snapshot.elapsed:.0f} of {duration:.0f} s")
    result.add_column("", min_width=32)
    result.add_column("now", justify="right", min_width=14)
    result.add_column("in all", justify="right", min_width=14)
    result.add_row("fake Discord offers", f"{ledger['rate']:.0f}/s", f"{ledger['offered']}")
    result.add_row("achieved", f"{ledger['achieved_rate']:.0f}/s", f"{ledger['emitted']}")
    for name, count in snapshot.handled.items():
        result.add_row(f"handled by {name}", f"{snapshot.rates.get(name, 0.0):.0f}/s", f"{count}")
    for stream, count in snapshot.backlog.items():
        result.add_row(f"backlog {stream}", f"{count}", "")
    answered = f"{interactions['answered']} of {interactions['sent']}"
    result.add_row("interactions answered", "", answered)
    result.add_row("reply latency p50 / p99", f"{latency['p50']:.0f} / {latency['p99']:.0f} ms", "")
    result.add_row("probes answered", "", f"{probes['answered']} of {probes['sent']}")
    wrong = f"{probes['lost']} / {probes['duplicated']} / {interactions['late']}"
    result.add_row("lost / duplicated / late", "", wrong)
    return result
