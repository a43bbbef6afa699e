"""A script runs as ``python bot.py`` would run it, a worker in place of the connection."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import discord
import pytest

from runtime.errors import ConfigurationError, StartError
from runtime.worker.script import Awaits, Runs, Script


@pytest.fixture(autouse=True)
def main_is_put_back() -> Iterator[None]:
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


def begun(directory: Path, text: str) -> Script:
    path = directory / "bot.py"
    client = "client = discord.Client(intents=discord.Intents.none())"
    head = f"import asyncio, discord\n{client}\nlog = []\n"
    path.write_text(head + text)
    script = Script(path)
    script.begin()
    return script


def logged(script: Script) -> list[Any]:
    return list(script.module.__dict__["log"])


async def test_what_stands_after_run_is_executed_when_the_worker_stops(tmp_path: Path) -> None:
    script = begun(tmp_path, "try:\n    client.run('T')\nfinally:\n    log.append('closed')\n")
    assert isinstance(script.halt, Runs)
    async with asyncio.TaskGroup() as tasks, script.running(tasks) as client:
        assert isinstance(client, discord.Client)
        assert logged(script) == []
    assert logged(script) == ["closed"]


MAIN = """
class Resource:
    async def __aenter__(self): log.append("open")
    async def __aexit__(self, *error): log.append(error[0].__name__)

async def main():
    async with Resource(), client:
        await client.start("T")

try:
    asyncio.run(main())
except KeyboardInterrupt:
    log.append("interrupted")
"""


async def test_what_main_holds_open_stays_open_until_the_worker_stops(tmp_path: Path) -> None:
    script = begun(tmp_path, MAIN)
    assert isinstance(script.halt, Awaits)
    async with asyncio.TaskGroup() as tasks, script.running(tasks):
        assert logged(script) == ["open"]
    assert logged(script) == ["open", "CancelledError", "interrupted"]


async def test_a_coroutine_before_the_bot_is_run_to_its_end(tmp_path: Path) -> None:
    setup = "async def setup():\n    return 7\nlog.append(asyncio.run(setup()))\nclient.run('T')\n"
    script = begun(tmp_path, setup)
    async with asyncio.TaskGroup() as tasks, script.running(tasks):
        assert logged(script) == [7]


async def test_a_coroutine_after_the_bot_is_run_too(tmp_path: Path) -> None:
    after = "async def bye():\n    log.append('bye')\nclient.run('T')\nasyncio.run(bye())\n"
    script = begun(tmp_path, after)
    async with asyncio.TaskGroup() as tasks, script.running(tasks):
        assert logged(script) == []
    assert logged(script) == ["bye"]


async def test_a_loop_of_old_runs_the_bot_as_well(tmp_path: Path) -> None:
    old = "loop = asyncio.new_event_loop()\ntry:\n    loop.run_until_complete(client.start('T'))\n"
    script = begun(tmp_path, old + "finally:\n    loop.close()\n")
    async with asyncio.TaskGroup() as tasks, script.running(tasks) as client:
        assert isinstance(client, discord.Client)


@pytest.mark.parametrize("login", ["start('T')", "login('T')\n    await client.connect()"])
async def test_a_bot_is_held_where_it_logs_in(tmp_path: Path, login: str) -> None:
    text = f"async def main():\n    await client.{login}\n    log.append('on')\n"
    script = begun(tmp_path, text + "asyncio.run(main())\n")
    async with asyncio.TaskGroup() as tasks, script.running(tasks) as client:
        inner: Any = client
        inner._ready.set()
        await asyncio.sleep(0)
    assert logged(script) == []


async def test_a_script_that_ends_without_a_bot_cannot_start(tmp_path: Path) -> None:
    script = begun(tmp_path, "async def main(): ...\nasyncio.run(main())\n")
    with pytest.raises(StartError, match=r"bot.py has ended without running a bot"):
        async with script.running(asyncio.TaskGroup()):
            pass


async def test_what_main_raises_before_the_bot_is_said_in_one_line(tmp_path: Path) -> None:
    script = begun(tmp_path, "async def main():\n    raise OSError('no')\nasyncio.run(main())\n")
    with pytest.raises(StartError, match=r"bot.py has failed: OSError: no"):
        async with script.running(asyncio.TaskGroup()):
            pass


ENDS = """
async def main():
    starting = asyncio.create_task(client.start("T"))
    await asyncio.sleep(0)
    raise OSError("the other half")
asyncio.run(main())
"""


async def test_a_main_that_ends_by_itself_ends_the_worker(tmp_path: Path) -> None:
    script = begun(tmp_path, ENDS)
    with pytest.raises(ExceptionGroup) as caught:
        async with asyncio.TaskGroup() as tasks, script.running(tasks):
            await asyncio.Event().wait()
    assert "has ended by itself: OSError: the other half" in str(caught.value.exceptions[0])


TWO = """
other = discord.Client(intents=client.intents)
async def main():
    await asyncio.gather(client.start("T"), other.start("T"))
asyncio.run(main())
"""


async def test_a_second_bot_in_one_script_is_refused(tmp_path: Path) -> None:
    script = begun(tmp_path, TWO)
    with pytest.raises(ExceptionGroup) as caught:
        async with asyncio.TaskGroup() as tasks, script.running(tasks):
            await asyncio.Event().wait()
    cause = caught.value.exceptions[0].__cause__
    assert isinstance(cause, ConfigurationError)


def test_outside_of_a_script_the_libraries_are_as_they_were(tmp_path: Path) -> None:
    run, login = asyncio.run, discord.Client.run
    begun(tmp_path, "client.run('T')")
    assert (asyncio.run, discord.Client.run) == (run, login)


async def test_an_error_after_the_bot_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    script = begun(tmp_path, "client.run('T')\nraise OSError('late')\n")
    async with asyncio.TaskGroup() as tasks, script.running(tasks):
        pass
    assert "bot.py has failed after its bot was closed" in caplog.text
