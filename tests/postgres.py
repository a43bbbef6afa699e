"""A PostgreSQL server of a test's own, on a socket in its own directory and on no port."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

from tests.conftest import missing

_OPTIONS = "-c listen_addresses='' -c fsync=off -c max_connections=60"


def find_binaries() -> Path:
    """The folder of the newest server; Debian keeps it off PATH. Skips, in CI fails, without."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    on_path = shutil.which("postgres")
    if not found and on_path is None:
        missing("no PostgreSQL server: apt-get install postgresql")
    return found[-1].parent if found else Path(str(on_path)).parent


class PostgresServer:
    """Started on entering; ``stop`` and ``start`` are an outage."""

    def __init__(self) -> None:
        self._binaries = find_binaries()
        self._home = Path(tempfile.mkdtemp(prefix="pg"))
        # The server refuses to run as root.
        self._user = "postgres" if os.getuid() == 0 else None
        if self._user:
            shutil.chown(self._home, self._user)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._binaries / program), *arguments]
        subprocess.run(
            command, user=self._user, cwd=self._home, capture_output=True, check=True, timeout=60
        )

    def start(self) -> None:
        """Returns when it accepts connections."""
        options, log = f"-k {self._home} {_OPTIONS}", str(self._home / "log")
        self._run("pg_ctl", "start", "-w", "-D", self._data, "-l", log, "-o", options)

    def stop(self) -> None:
        """At once: open connections break."""
        self._run("pg_ctl", "stop", "-m", "immediate", "-D", self._data)

    @property
    def _data(self) -> str:
        return str(self._home / "data")

    def new_database(self) -> str:
        """The URL of an empty database."""
        name = f"t{uuid4().hex[:10]}"
        self._run("createdb", "-h", str(self._home), "-U", "postgres", name)
        return f"postgresql+asyncpg://postgres@/{name}?host={self._home}"

    def __enter__(self) -> Self:
        self._run("initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "--no-sync")
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.stop()
        finally:
            shutil.rmtree(self._home, ignore_errors=True)
