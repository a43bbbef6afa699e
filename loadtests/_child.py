"""One child process: started in a group of its own, its output in a log file, ended for sure."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO

import psutil

from loadtests._part import POLL, Part, PartFailed, Usage, stop_all
from loadtests._tether import tethered

BLOCKED = {signal.SIGINT, signal.SIGTERM}


class Child(Part):
    """A process with a name; both of its output streams go to ``log``, or with None to ours."""

    def __init__(self, name: str, command: Sequence[str], log: Path | None) -> None:
        self.name = name
        self.log = log
        self._printed_before = log.stat().st_size if log is not None and log.exists() else 0
        self._command = list(command)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, environ: Mapping[str, str], directory: Path) -> None:
        """Start it with this environment in this directory.

        Signals wait until the process is on record, or one that arrives in between would leave
        a process behind that nobody knows.
        """
        before = signal.pthread_sigmask(signal.SIG_BLOCK, BLOCKED)
        try:
            with _opened(self.log) as log:
                self._process = subprocess.Popen(
                    tethered(self._command),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=dict(environ),
                    cwd=directory,
                    start_new_session=True,
                )
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    @property
    def where(self) -> str:
        """The path of its log."""
        return str(self.log)

    @property
    def pid(self) -> int:
        """The process id, also that of its group."""
        if self._process is None:
            raise RuntimeError(f"{self.name} was not started")
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def status(self) -> int | None:
        """The exit status; negative for a signal, None while it runs."""
        return None if self._process is None else self._process.poll()

    def usage(self) -> Usage | None:
        """CPU and memory so far, or None when it has ended."""
        return usage_of(self.pid) if self.is_running else None

    def text(self) -> str:
        """All that it has printed into its log, which may hold an earlier run's words too."""
        if self.log is None or not self.log.exists():
            return ""
        return self.log.read_bytes()[self._printed_before :].decode(errors="replace")

    def send(self, number: signal.Signals) -> None:
        """Signal the whole group; an ended process is left alone."""
        if self.is_running:
            os.killpg(self.pid, number)

    def wait(self, timeout: float) -> bool:
        """Wait for its end; false when it takes longer than ``timeout`` seconds."""
        if self._process is None:
            return True
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return False
        return True


def usage_of(pid: int) -> Usage | None:
    """CPU and memory of any process, or None when there is none of that id."""
    try:
        process = psutil.Process(pid)
        times = process.cpu_times()
        return Usage(times.user + times.system, process.memory_info().rss)
    except psutil.NoSuchProcess:
        return None


def _opened(log: Path | None) -> AbstractContextManager[IO[bytes] | None]:
    if log is None:
        return nullcontext()
    log.parent.mkdir(parents=True, exist_ok=True)
    return log.open("ab")


__all__ = ["POLL", "Child", "PartFailed", "Usage", "stop_all", "usage_of"]
