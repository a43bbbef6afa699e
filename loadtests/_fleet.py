"""A fleet of real processes on this machine."""

import sys
from collections.abc import Mapping, Sequence

from loadtests._child import Child
from loadtests._fleet_base import (
    LISTENING,
    NATS_CONFIG,
    NOWHERE,
    PROBES,
    ROOT,
    START_TIMEOUT,
    Fleet,
    Plan,
)
from loadtests._part import PartFailed

INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH", "TZ")


class ProcessFleet(Fleet):
    """The fleet as child processes; of the caller's ``environ`` only little is passed on."""

    def __init__(self, plan: Plan, environ: Mapping[str, str]) -> None:
        super().__init__(plan)
        self._environ = {name: environ[name] for name in INHERITED if name in environ}

    def _begin(self, name: str, arguments: Sequence[str], settings: Mapping[str, str]) -> Child:
        log = self.plan.directory / f"{name}.log"
        child = Child(name, [sys.executable, *arguments], log)
        child.start({**self._environ, **settings}, ROOT)
        return child

    def _database_url(self) -> str:
        return f"sqlite:///{self.plan.directory.resolve()}/bot.db"


__all__ = [
    "INHERITED",
    "LISTENING",
    "NATS_CONFIG",
    "NOWHERE",
    "PROBES",
    "ROOT",
    "START_TIMEOUT",
    "Fleet",
    "PartFailed",
    "Plan",
    "ProcessFleet",
]
