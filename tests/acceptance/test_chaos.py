"""The short form of ``python -m loadtests chaos``: gateways and broker die, nothing is lost."""

import os
from pathlib import Path

import pytest

from loadtests import _chaos
from loadtests._chaos import Chaos


@pytest.mark.timeout(240)
@pytest.mark.parametrize("phase", _chaos.PHASES)
def test_nothing_is_lost_and_nothing_comes_twice(
    phase: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chaos = Chaos(tmp_path, rate=300.0, restarts=4, outage=3.0, phases=(phase,))
    status = _chaos.run(chaos, os.environ)
    assert status == 0, capsys.readouterr().out
