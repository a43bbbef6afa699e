"""Finding the bot that BOT_APP names."""

import sys
from collections.abc import Iterator
from pathlib import Path

import discord
import pytest

from runtime.errors import ConfigurationError
from runtime.worker.bot_app import load

SCRIPT = """
import discord
client = discord.Client(intents=discord.Intents.none())
{end}
"""


@pytest.fixture(autouse=True)
def imports_are_undone() -> Iterator[None]:
    path, main = list(sys.path), sys.modules["__main__"]
    yield
    sys.path[:], sys.modules["__main__"] = path, main


def script(directory: Path, end: str = "") -> Path:
    path = directory / "my_bot.py"
    path.write_text(SCRIPT.format(end=end))
    return path


def test_a_script_that_ends_in_run_is_noted_and_not_run(tmp_path: Path) -> None:
    app = load(str(script(tmp_path, "client.run('TOKEN')")))
    assert isinstance(app.target, discord.Client)


def test_a_run_behind_the_main_guard_is_noted_too(tmp_path: Path) -> None:
    end = "if __name__ == '__main__':\n    discord.Client(intents=client.intents).run('TOKEN')"
    assert isinstance(load(str(script(tmp_path, end))).target, discord.Client)


def test_a_script_without_run_has_its_only_bot_found(tmp_path: Path) -> None:
    assert isinstance(load(str(script(tmp_path))).target, discord.Client)


def test_of_two_bots_the_one_to_take_must_be_named(tmp_path: Path) -> None:
    path = script(tmp_path, "other = discord.Client(intents=client.intents)")
    with pytest.raises(ConfigurationError, match="2 bots found"):
        load(str(path))
    assert isinstance(load(f"{path}:other").target, discord.Client)


def test_a_module_is_imported_by_its_name() -> None:
    assert isinstance(load("runtime.bots.probe:bot").target, discord.Client)


def test_a_script_finds_modules_beside_it(tmp_path: Path) -> None:
    (tmp_path / "beside_my_bot.py").write_text("x = 1\n")
    load(str(script(tmp_path, "import beside_my_bot")))


def test_an_async_function_is_a_raw_handler(tmp_path: Path) -> None:
    path = script(tmp_path, "async def on_event(envelope): ...")
    assert not isinstance(load(f"{path}:on_event").target, discord.Client)


def test_an_error_in_the_bot_is_named_with_its_line(tmp_path: Path) -> None:
    path = script(tmp_path, "raise ValueError('first\\nsecond')")
    with pytest.raises(ConfigurationError) as caught:
        load(str(path))
    assert "ValueError: first" in str(caught.value)
    assert "my_bot.py:4" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_bot_that_exits_at_import_is_an_error_of_the_operator(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="SystemExit"):
        load(str(script(tmp_path, "raise SystemExit('no token')")))


def test_the_version_changes_with_the_code(tmp_path: Path) -> None:
    before = load(str(script(tmp_path))).version
    assert load(str(script(tmp_path))).version == before
    assert load(str(script(tmp_path, "x = 1"))).version != before
