"""Whole fleets of real processes."""

import json
import os
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from loadtests._fleet import Plan, ProcessFleet

StartFleet = Callable[..., ProcessFleet]


@pytest.fixture
def start_fleet(tmp_path: Path) -> Iterator[StartFleet]:
    """Starts a fleet from the fields of a ``Plan``; all fleets end with the test."""
    with ExitStack() as running:

        def start(**fields: Any) -> ProcessFleet:
            plan = Plan(tmp_path / "fleet", **fields)
            return running.enter_context(ProcessFleet(plan, os.environ))

        yield start


def ask(url: str, body: Any = None) -> Any:
    """GET, or POST when there is a body; the JSON of the answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return json.load(answer)


def ledger(fleet: ProcessFleet) -> dict[str, Any]:
    """What the fake Discord has seen."""
    found: dict[str, Any] = ask(f"{fleet.simulator_url}/sim/ledger")
    return found
