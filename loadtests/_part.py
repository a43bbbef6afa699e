"""What every part of a fleet can do, be it a process or a container."""

import re
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass

POLL = 0.02


class PartFailed(Exception):  # noqa: N818 - the part failed, the text says which and why
    """A part of the fleet does not come up, or ended on its own."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a part has used: CPU seconds since its start, resident bytes now."""

    cpu_seconds: float
    rss_bytes: int


class Part(ABC):
    """Something with a name that runs, prints and ends."""

    name: str

    @property
    @abstractmethod
    def where(self) -> str:
        """Where a person finds its output."""

    @property
    @abstractmethod
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""

    @property
    @abstractmethod
    def status(self) -> int | None:
        """The exit status; None while it runs."""

    @abstractmethod
    def usage(self) -> Usage | None:
        """CPU and memory so far, or None when it has ended."""

    @abstractmethod
    def send(self, number: signal.Signals) -> None:
        """Signal it; one that has ended is left alone."""

    @abstractmethod
    def wait(self, timeout: float) -> bool:
        """Wait for its end; false when it takes longer than ``timeout`` seconds."""

    @abstractmethod
    def text(self) -> str:
        """All that it has printed."""

    def find(self, pattern: re.Pattern[str], deadline: float) -> re.Match[str]:
        """Wait until a line of the output matches; ``deadline`` by ``time.monotonic``.

        Raises:
            PartFailed: it ended, or the deadline passed.
        """
        while True:
            alive = self.is_running
            found = pattern.search(self.text())
            if found is not None:
                return found
            self.fail_unless(alive, deadline)
            time.sleep(POLL)

    def fail_unless(self, alive: bool, deadline: float) -> None:
        """Raise PartFailed, with the log's place and last line, when waiting has no sense."""
        if alive and time.monotonic() < deadline:
            return
        said = self.text().strip().rpartition("\n")[2] or "nothing"
        happened = "did not become ready" if alive else f"ended with status {self.status}"
        raise PartFailed(f"{self.name} {happened}; {self.where} ends with: {said}")


def stop_all(parts: Iterable[Part], grace: float) -> None:
    """SIGTERM to all of them, and SIGKILL to those that still run after ``grace`` seconds."""
    parts = list(parts)
    for part in parts:
        part.send(signal.SIGTERM)
    deadline = time.monotonic() + grace
    for part in parts:
        if not part.wait(max(0.0, deadline - time.monotonic())):
            part.send(signal.SIGKILL)
            part.wait(5.0)
