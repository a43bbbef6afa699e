"""Each example bot does on two workers what it does in one process."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from loadtests._nats_server import NatsServer
from tests.examples import acts, presses
from tests.examples.people import Scene
from tests.examples.running import in_one_process, on_two_workers

BOTS = Path(__file__).parent / "bots"
NAMES = sorted(path.stem for path in BOTS.glob("[!_]*.py"))
NEEDS_MEMBERS = {"reaction_roles", "reactions", "loop_task", "asyncio_task", "hybrid"}
"""Bots that one process has to be ready for: it has fetched the members then."""

Act = Callable[[Scene], Awaitable[None]]


@pytest.mark.parametrize("name", NAMES)
async def test_a_bot_shows_on_two_workers_what_it_shows_in_one_process(
    name: str, nats_server: NatsServer, subject_prefix: str
) -> None:
    act: Act = getattr(acts, name, None) or getattr(presses, name)
    path = BOTS / f"{name}.py"
    async with in_one_process(path, ready=name in NEEDS_MEMBERS) as alone:
        await act(alone)
    async with on_two_workers(path, nats_server.url, subject_prefix) as together:
        await act(together)
    assert together.record.compared() == alone.record.compared()
