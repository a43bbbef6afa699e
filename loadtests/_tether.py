"""Run a command that cannot outlive whoever started it.

A process that is killed with SIGKILL cannot stop its children. Linux can: a child may ask to be
killed when its parent dies, and the request survives ``exec``. So the child is started through
this file, which asks and then becomes the command: same process id, no process in between.
Elsewhere only the orderly ways of stopping work.

Run as a script it needs the standard library only and starts in a few milliseconds.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1
"""From ``linux/prctl.h``."""


def tethered(command: Sequence[str]) -> list[str]:
    """The command line that runs ``command`` bound to the life of the calling thread."""
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


def _become(parent: int, command: list[str]) -> None:
    """Ask the kernel, undo what the spawning process set for the moment, and exec."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the request was made
            sys.exit(1)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    try:
        os.execvp(command[0], command)  # noqa: S606 - becoming the command is the point
    except OSError as wrong:
        sys.exit(f"cannot run {command[0]}: {wrong.strerror}")


if __name__ == "__main__":
    _become(int(sys.argv[1]), sys.argv[2:])
