"""The command line answers wrong values in one line."""

import subprocess
import sys

import pytest

from loadtests._cli import main


def test_without_a_command_it_helps(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert {"demo", "load"} <= set(capsys.readouterr().out.split())


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


def test_it_does_not_load_locust_which_patches_the_standard_library() -> None:
    code = (
        "import sys, loadtests._cli; sys.exit('locust' in sys.modules or 'gevent' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=30, check=False).returncode == 0
