"""The matrix of clients and faults: its file can be read, and a cell says what a client did."""

import pytest

from simulator.core.faults import parse
from tests.matrix.__main__ import table
from tests.matrix.cell import Scenario, observe, read_scenarios


def test_every_fault_of_the_scenario_file_is_one_that_the_simulator_knows() -> None:
    scenarios = read_scenarios()
    assert len({scenario.name for scenario in scenarios}) == len(scenarios) > 15
    assert all(parse(fault) for scenario in scenarios for fault in scenario.faults)


@pytest.mark.parametrize(
    ("client", "fault", "what"),
    [
        ("discord.py", {"kind": "op7"}, "R"),
        ("discord.py", {"kind": "close", "code": 4004}, "X"),
        ("hikari", {"kind": "close", "code": 4000}, "R"),
        ("hikari", {"kind": "close", "code": 4999}, "X"),
    ],
)
async def test_a_cell_says_what_the_client_did(
    client: str, fault: dict[str, object], what: str
) -> None:
    assert (await observe(Scenario("one", (fault,), within=8), client)).what == what


async def test_a_client_that_notices_nothing_is_told_from_one_that_gave_up() -> None:
    assert str(await observe(Scenario("none", ({"kind": "op1"},), within=1), "hikari")) == "-"


def test_the_table_is_markdown() -> None:
    lines = table(["hikari"], [["op 7", "R 1.0 s"]]).splitlines()
    assert [line.count("|") for line in lines[:3]] == [3, 3, 3]
