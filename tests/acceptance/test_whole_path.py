"""Events travel from the fake Discord through gateway, JetStream and two workers and back."""

from typing import Any

from loadtests._fleet import ProcessFleet
from tests.acceptance.conftest import StartFleet, ask, ledger
from tests.eventually import eventually

EVENTS = 5000


def handled(fleet: ProcessFleet, worker: str) -> float:
    return fleet.metrics(worker).total("multipod_worker_events_total", outcome="handled")


async def settled(fleet: ProcessFleet, emitted: int) -> dict[str, Any]:
    """The ledger once ``emitted`` events are out and every answer is in."""
    await eventually(lambda: ledger(fleet)["emitted"] >= emitted, within=60.0)
    ask(f"{fleet.simulator_url}/sim/rate", {"rate": 0})
    await eventually(lambda: not any(ledger(fleet)["pending"].values()), within=20.0)
    return ledger(fleet)


def assert_nothing_is_lost(seen: dict[str, Any]) -> None:
    probes, interactions = seen["probes"], seen["interactions"]
    assert interactions["sent"] > 0
    assert probes["sent"] > 0
    assert interactions["answered"] == interactions["sent"]
    assert probes["answered"] == probes["sent"]
    assert (probes["lost"], probes["duplicated"]) == (0, 0)
    assert (interactions["unanswered"], interactions["late"]) == (0, 0)


async def test_two_workers_share_every_event_and_none_is_lost(start_fleet: StartFleet) -> None:
    fleet = start_fleet(gateway=True, simulator=("--rate", "500", "--probes", "0.05"))
    seen = await settled(fleet, EVENTS)
    assert_nothing_is_lost(seen)
    shares = [handled(fleet, worker) for worker in fleet.workers]
    assert min(shares) > 0.2 * sum(shares)
    assert sum(shares) >= EVENTS
    assert seen["rest"]["authorized_interaction_calls"] == 0
    assert seen["sessions"]["identify"] == 1


async def test_a_worker_that_is_killed_takes_no_event_with_it(start_fleet: StartFleet) -> None:
    fleet = start_fleet(gateway=True, simulator=("--rate", "300", "--probes", "0.05"))
    await eventually(lambda: ledger(fleet)["emitted"] > 600, within=30.0)
    fleet.kill(fleet.workers[0])
    seen = await settled(fleet, 1800)
    probes = seen["probes"]
    assert probes["answered"] == probes["sent"]
    assert probes["lost"] == 0
    assert seen["interactions"]["unanswered"] == 0
    assert seen["emitted"] >= 1800
