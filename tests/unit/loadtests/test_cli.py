"""The command line answers wrong values in one line."""

import subprocess
import sys
from pathlib import Path

import pytest

from loadtests._cli import main


def test_without_a_command_it_helps(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert {"demo", "load", "sweep", "plan", "capacity"} <= set(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    "arguments",
    [["fly"], ["demo", "--rate", "much"], ["demo", "--workers", "0"], ["load", "--duration", "-1"]],
)
def test_a_wrong_value_is_one_line_and_status_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_demo_needs_little_and_never_locust_which_patches_the_standard_library() -> None:
    heavy = {"locust", "gevent", "hdrh", "pandas", "pyarrow", "numpy", "discord", "nats"}
    code = f"import sys, loadtests._cli; sys.exit(str({heavy} & set(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False
    )
    assert run.stderr.strip() == "set()"


def test_without_an_engine_a_fleet_of_containers_is_refused_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    assert main(["load", "--fleet", "docker", "--directory", str(tmp_path)]) == 3
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert "no container engine answers" in said
