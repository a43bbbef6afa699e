"""Writes down whom this process speaks to: each name looked up, each address connected to.

`python -m tests.matrix.guard SCRIPT …` runs a script under this watch; GUARD_LOG names the file.
"""

import os
import runpy
import sys
from pathlib import Path
from typing import Any

ALLOWED = frozenset({"127.0.0.1", "::1", "localhost"})
_EVENTS = frozenset({"socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.sendmsg"})


def watch(log: Path) -> None:
    """Append a host to `log` for each contact from now on; an audit hook cannot be taken back."""
    file = log.open("a", buffering=1)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _EVENTS:
            return
        where = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
        if isinstance(where, tuple):  # a path is a socket of this machine
            file.write(f"{where[0]}\n")
        elif event == "socket.getaddrinfo" and where is not None:
            host = where.decode() if isinstance(where, bytes) else where
            file.write(f"{host}\n")

    sys.addaudithook(hook)


def strangers(log: Path) -> set[str]:
    """The hosts in `log` that are not this machine."""
    return set(log.read_text().split()) - ALLOWED


if __name__ == "__main__":
    watch(Path(os.environ["GUARD_LOG"]))
    del sys.argv[0]
    runpy.run_path(sys.argv[0], run_name="__main__")
