"""Child processes of a fleet end when they should, whatever happens to whom."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from loadtests._child import Child, PartFailed, stop_all

STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('deaf', flush=True); time.sleep(60)"
)
PARENT = """
import os, pathlib, sys, time
from loadtests._child import Child
child = Child("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"], None)
child.start(os.environ, pathlib.Path.cwd())
print(child.pid, flush=True)
time.sleep(60)
"""

Start = Callable[[str], Child]


def wait_until(condition: Callable[[], object], within: float = 10.0) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"not true within {within} s"
        time.sleep(0.01)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    children: list[Child] = []

    def begin(code: str) -> Child:
        child = Child("part", [sys.executable, "-uc", code], tmp_path / "part.log")
        children.append(child)
        child.start(os.environ, tmp_path)
        return child

    yield begin
    stop_all(children, 0.0)


def test_a_line_of_the_log_is_found(start: Start) -> None:
    child = start("import time; print('port 17'); time.sleep(60)")
    found = child.find(re.compile(r"^port (\d+)$", re.MULTILINE), time.monotonic() + 10)
    assert found[1] == "17"


def test_a_part_that_ends_says_its_last_line_and_its_log(start: Start, tmp_path: Path) -> None:
    child = start("import sys; sys.exit('no such bot')")
    with pytest.raises(PartFailed, match=r"status 1; .*part\.log ends with: no such bot"):
        child.find(re.compile("ready"), time.monotonic() + 10)


def test_a_part_that_is_silent_fails_at_the_deadline(start: Start) -> None:
    child = start("import time; time.sleep(60)")
    with pytest.raises(PartFailed, match="did not become ready"):
        child.find(re.compile("ready"), time.monotonic())


def test_who_ignores_sigterm_is_killed_after_the_grace_period(start: Start) -> None:
    child = start(STUBBORN)
    child.find(re.compile("deaf"), time.monotonic() + 10)
    stop_all([child], 0.1)
    assert child.status == -signal.SIGKILL


def test_what_a_process_uses_is_measured_until_it_ends(start: Start) -> None:
    child = start("print('up'); import time; time.sleep(60)")
    child.find(re.compile("up"), time.monotonic() + 10)
    usage = child.usage()
    assert usage is not None
    assert usage.rss_bytes > 1 << 20
    stop_all([child], 5.0)
    assert child.usage() is None


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's")
def test_a_child_does_not_outlive_a_parent_that_was_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert psutil.pid_exists(child)
        parent.kill()
    wait_until(lambda: not psutil.pid_exists(child))


def test_a_command_that_does_not_exist_is_named(tmp_path: Path) -> None:
    child = Child("part", ["/no/such/program"], tmp_path / "part.log")
    child.start(os.environ, tmp_path)
    with pytest.raises(PartFailed, match="cannot run /no/such/program: No such file"):
        child.find(re.compile("ready"), time.monotonic() + 10)


def test_what_an_earlier_run_has_left_in_the_log_is_not_taken_for_this_ones(start: Start) -> None:
    first = start("print('listening on 1')")
    assert first.wait(10)
    second = start("import time; time.sleep(0.2); print('listening on 2')")
    found = second.find(re.compile(r"listening on (\d)"), time.monotonic() + 10)
    assert found[1] == "2"
    assert first.text().startswith("listening on 1\n")
