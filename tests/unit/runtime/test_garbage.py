"""The collector's thresholds: ours, unless the bot has its own."""

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime import garbage


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*garbage._AT_THE_START)
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_thresholds_are_those_that_are_asked_for_and_what_is_loaded_is_left_alone() -> None:
    garbage.collect_seldom(garbage.WORKER)
    assert gc.get_threshold() == garbage.WORKER
    assert gc.get_freeze_count() > 0


def test_thresholds_that_somebody_has_set_count_as_chosen() -> None:
    assert garbage.is_unchosen()
    gc.set_threshold(5, 5, 5)
    assert not garbage.is_unchosen()


BOT = """
import atexit, gc, discord
bot = discord.Client(intents=discord.Intents.none())
atexit.register(lambda: print(gc.get_threshold()))
"""


@pytest.mark.parametrize(
    ("more", "used"), [("", garbage.WORKER), ("gc.set_threshold(5, 6, 7)", (5, 6, 7))]
)
def test_a_worker_process_looks_seldom_unless_its_bot_has_chosen(
    tmp_path: Path, more: str, used: garbage.Thresholds
) -> None:
    bot = tmp_path / "bot.py"
    bot.write_text(BOT + more)
    done = subprocess.run(
        [sys.executable, "-m", "runtime", "worker"],
        env={"PATH": os.environ["PATH"], "BOT_APP": str(bot), "NATS_URL": "nats://127.0.0.1:9"},
        cwd=Path(__file__).parents[3], capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (3, f"{used}\n"), done.stderr
