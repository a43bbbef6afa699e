"""Whether a load test measured what it says. No I/O and no clock.

A generator that falls behind, drops events or loses count measures itself, not the system. Such a
run is INVALID, with the reasons, whatever nice numbers it shows.
"""

from dataclasses import dataclass

from loadtests._tally import Tally

LATENESS_LIMIT = 0.010


@dataclass(frozen=True, slots=True)
class Limits:
    """What a valid run keeps. Seconds and shares (0 to 1)."""

    lateness_p99: float = LATENESS_LIMIT
    skipped: float = 0.001
    sent: float = 0.995
    cpu: float = 0.80

    @property
    def lateness_max(self) -> float:
        """For a single event: 1 s where 10 ms is what the 99th percentile may be."""
        return 100 * self.lateness_p99


@dataclass(frozen=True, slots=True)
class Streams:
    """What the broker holds: undone events and dead letters."""

    pending: int
    dead: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Valid when there are no reasons against it. ``balance`` says the conservation in a line."""

    reasons: tuple[str, ...]
    balance: str

    @property
    def valid(self) -> bool:
        """Whether the numbers may be used."""
        return not self.reasons

    def __str__(self) -> str:
        word = "VALID" if self.valid else "INVALID: " + "; ".join(self.reasons)
        return f"{word}\n{self.balance}"


def judge(tally: Tally, before: Streams, after: Streams, limits: Limits | None = None) -> Verdict:
    """Judge a run that has settled.

    Args:
        tally: the sum over all generator processes.
        before: the broker's streams before the first event.
        after: the same when nothing moved any more.
        limits: what counts as valid.
    """
    limits = limits or Limits()
    dead = after.dead - before.dead
    missing = tally.acked - tally.handled - dead - after.pending
    reasons = [*_generator(tally, limits), *_conservation(tally, before, after.pending, missing)]
    if tally.acked and not tally.handled and not dead:
        reasons.append("no event was handled: no worker runs, or not with this --subject-prefix")
    balance = (
        f"offered {tally.offered} = acked {tally.acked} + duplicate {tally.duplicate}"
        f" + rejected {tally.rejected} + timed out {tally.timed_out} + skipped {tally.skipped}"
        f"; stored {tally.acked} = handled {tally.handled} + dead {dead}"
        f" + pending {after.pending}" + (f" + unaccounted {missing}" if missing else "")
    )
    return Verdict(tuple(reasons), balance)


def _generator(tally: Tally, limits: Limits) -> list[str]:
    """Whether the generator kept up with its own clock."""
    if tally.offered == 0:
        return ["nothing was offered"]
    sent, skipped = tally.sent / tally.offered, tally.skipped / tally.offered
    late, latest = tally.lateness.percentile(99), tally.lateness.max
    checks = [
        (
            late > limits.lateness_p99,
            f"events left {late * 1e3:.1f} ms late at the 99th percentile",
        ),
        (latest > limits.lateness_max, f"an event left {latest:.2f} s late"),
        (skipped > limits.skipped, f"{skipped:.2%} of the events were skipped"),
        (sent < limits.sent, f"only {sent:.2%} of the offered events were sent"),
        (tally.cpu_share > limits.cpu, f"the generator used {tally.cpu_share:.0%} of its core"),
    ]
    return [text for failed, text in checks if failed]


def _conservation(tally: Tally, before: Streams, pending: int, missing: int) -> list[str]:
    """Whether every event is where it must be, once and in order."""
    checks = [
        (before.pending > 0, f"{before.pending} events waited before the run began"),
        (tally.duplicate > 0, f"{tally.duplicate} ids were used before"),
        (tally.rejected > 0, f"{tally.rejected} events were rejected"),
        (tally.timed_out > 0, f"{tally.timed_out} events were never acknowledged"),
        (tally.unaccounted != 0, f"{tally.unaccounted} offered events have no outcome"),
        (missing > 0 and not pending, f"{missing} stored events are neither handled nor dead"),
        (
            missing > 0 and pending > 0,
            (
                f"the fleet was still working on {missing + pending} events at the end: "
                "give it a longer --settle, or less load"
            ),
        ),
        (missing < 0, f"{-missing} more events were handled than stored"),
        (tally.reordered > 0, f"{tally.reordered} events overtook an earlier one of their guild"),
    ]
    return [text for failed, text in checks if failed]
