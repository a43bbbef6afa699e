"""Each command runs with the extra that its make target installs, and needs no more."""

import subprocess
import sys

BEYOND_DEMO = [
    "hdrh",
    "locust",
    "gevent",
    "pandas",
    "pyarrow",
    "scipy",
    "simpy",
    "docker",
    "jupyterlab",
]
BEYOND_RUNTIME = [*BEYOND_DEMO, "rich", "psutil"]
WITHOUT = """
import sys
sys.modules.update(dict.fromkeys({absent!r}))
import {module}
"""


def imports_without(module: str, absent: list[str]) -> bool:
    code = WITHOUT.format(absent=absent, module=module)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    return done.returncode == 0


def test_the_runtime_needs_no_extra() -> None:
    assert imports_without("runtime.cli", BEYOND_RUNTIME)


def test_the_simulator_needs_no_load_test() -> None:
    assert imports_without("simulator.cli", BEYOND_DEMO)


def test_the_demo_needs_neither_locust_nor_pandas() -> None:
    assert imports_without("loadtests._cli, loadtests._demo", BEYOND_DEMO)
