"""What is owed an answer: interactions and probes, each counted until it is settled.

Nothing counts as unanswered or lost before its time is up; then it does, until an answer comes.
"""

import re
from collections import OrderedDict, defaultdict

from simulator.core.timings import Timings

INTERACTION_DEADLINE = 3.0  # Discord Docs/Receiving and Responding: first response within 3 s
PROBE_DEADLINE = 10.0
_SETTLED_KEPT = 200_000
_PROBE_ANSWER = re.compile(r"probe (\d+)")


class InteractionTally:
    """Interactions sent, and what became of each."""

    def __init__(self) -> None:
        self.sent = self.answered = self.completed = self.late = self.repeated = 0
        self.latency = Timings()
        self._owed: OrderedDict[int, float] = OrderedDict()

    def send(self, interaction: int, intended: float) -> None:
        self.sent += 1
        self._owed[interaction] = intended

    def answer(self, interaction: int, now: float) -> None:
        """The first accepted callback."""
        intended = self._owed.pop(interaction, None)
        if intended is not None:
            self.answered += 1
            self.latency.add(now - intended)

    def pending(self, now: float) -> int:
        return sum(now - since <= INTERACTION_DEADLINE for since in self._owed.values())

    def as_json(self, now: float, final: bool) -> dict[str, object]:
        waiting = 0 if final else self.pending(now)
        return {
            "sent": self.sent,
            "answered": self.answered,
            "completed": self.completed,
            "unanswered": len(self._owed) - waiting,
            "late": self.late,
            "repeated": self.repeated,
            "latency_ms": self.latency.milliseconds(),
        }


class ProbeTally:
    """Probes sent, and the answers that came: none, one, several, or out of order."""

    def __init__(self) -> None:
        self.sent = self.answered = self.late = self.duplicated = self.reordered = self.unknown = 0
        self.latency = Timings()
        self._owed: OrderedDict[int, tuple[int, float]] = OrderedDict()
        self._settled: OrderedDict[int, int] = OrderedDict()
        self._highest: defaultdict[int, int] = defaultdict(int)

    def send(self, number: int, channel: int, intended: float) -> None:
        self.sent += 1
        self._owed[number] = (channel, intended)

    def message(self, content: str, channel: int, now: float) -> None:
        """A message by the bot; only `probe <n>` in the probe's own channel is an answer."""
        match = _PROBE_ANSWER.fullmatch(content)
        if match is None:
            return
        number = int(match[1])
        owed = self._owed.get(number)
        if owed is not None and owed[0] == channel:
            self._settle(number, channel, owed[1], now)
        elif self._settled.get(number) == channel:
            self.duplicated += 1
        else:
            self.unknown += 1

    def _settle(self, number: int, channel: int, intended: float, now: float) -> None:
        del self._owed[number]
        self.answered += 1
        self.late += now - intended > PROBE_DEADLINE
        self.reordered += number < self._highest[channel]
        self._highest[channel] = max(number, self._highest[channel])
        self.latency.add(now - intended)
        self._settled[number] = channel
        if len(self._settled) > _SETTLED_KEPT:
            self._settled.popitem(last=False)

    def pending(self, now: float) -> int:
        return sum(now - since <= PROBE_DEADLINE for _, since in self._owed.values())

    def as_json(self, now: float, final: bool) -> dict[str, object]:
        waiting = 0 if final else self.pending(now)
        return {
            "sent": self.sent,
            "answered": self.answered,
            "lost": len(self._owed) - waiting,
            "late": self.late,
            "duplicated": self.duplicated,
            "reordered": self.reordered,
            "unknown": self.unknown,
            "latency_ms": self.latency.milliseconds(),
        }
