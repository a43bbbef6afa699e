"""``/livez``, ``/readyz`` and ``/metrics`` for whoever runs the process."""

import asyncio
import sys
import time
from collections.abc import Callable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from runtime.errors import StartError
from runtime.settings import AUTO_PORT
from runtime.telemetry import Telemetry

STALL = 5.0
"""Seconds without a turn of the event loop after which the process counts as dead."""

Check = Callable[[], bool]


class Probes:
    """The process's health; parts add their own checks by name."""

    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry = telemetry
        self._ready: dict[str, Check] = {}
        self._live: dict[str, Check] = {}
        self._turned_at = time.monotonic()
        self._lag = telemetry.gauge("loop_lag_seconds", "Delay of the event loop's last turn")
        self.draining = False

    def ready(self, part: str, check: Check) -> None:
        """The part gets work only while ``check`` holds."""
        self._ready[part] = check

    def live(self, part: str, check: Check) -> None:
        """The process is to be restarted when ``check`` fails."""
        self._live[part] = check

    def all_ready(self) -> bool:
        """Whether every part is ready."""
        return not self._unready()

    def _unready(self) -> list[str]:
        if not self._ready:
            return ["starting"]
        failed = [part for part, check in self._ready.items() if not check()]
        return [*failed, "draining"] if self.draining else failed

    async def watch_loop(self) -> None:
        """Measure the event loop's lag, once a second."""
        while True:
            asked = time.monotonic()
            await asyncio.sleep(1.0)
            self._turned_at = time.monotonic()
            self._lag.set(max(0.0, self._turned_at - asked - 1.0))

    async def serve(self, host: str, port: int) -> web.AppRunner | None:
        """Listen; 0 does not, AUTO_PORT takes a free port and prints it.

        Raises:
            StartError: the port is in use.
        """
        if port == 0:
            return None
        app = web.Application()
        app.router.add_get("/livez", self._livez)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._metrics)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, host, 0 if port == AUTO_PORT else port)
        try:
            await site.start()
        except OSError as error:
            await runner.cleanup()
            raise StartError(f"HTTP_PORT {port}: {error.strerror or error}") from None
        if port == AUTO_PORT:
            sys.stdout.write(f"probes on http://{host}:{runner.addresses[0][1]}\n")
            sys.stdout.flush()
        return runner

    async def _livez(self, _request: web.Request) -> web.Response:
        failed = [part for part, check in self._live.items() if not check()]
        if time.monotonic() - self._turned_at > STALL:
            failed.append("event loop")
        return _verdict(failed)

    async def _readyz(self, _request: web.Request) -> web.Response:
        return _verdict(self._unready())

    async def _metrics(self, _request: web.Request) -> web.Response:
        body = generate_latest(self._telemetry.registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


def _verdict(failed: list[str]) -> web.Response:
    if failed:
        return web.Response(status=503, text=f"not ok: {', '.join(failed)}\n")
    return web.Response(text="ok\n")
