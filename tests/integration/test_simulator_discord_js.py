"""discord.js, unmodified, on the fake Discord."""

import asyncio
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from simulator import FakeDiscord
from tests.clients.library import DISCORD_JS
from tests.conftest import missing
from tests.eventually import eventually

pytestmark = pytest.mark.node
REST = replace(DISCORD_JS, script=DISCORD_JS.script.with_name("simulator_rest.cjs"))
NOT_FOUND = "Node.js does not find discord.js; .ci/run says how it is installed"


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    if not DISCORD_JS.version():
        missing(NOT_FOUND)
    async with FakeDiscord(guilds=2, grace=0, max_concurrency=16) as discord:
        process = await asyncio.create_subprocess_exec(
            *DISCORD_JS.command(discord.url), env=DISCORD_JS.environment(), stdout=PIPE
        )
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 20) == b"ready\n"
        yield discord
        process.kill()
        await process.communicate()


async def test_it_connects_and_answers(fake: FakeDiscord) -> None:
    assert (await fake.user("ann").slash("hello"))["content"] == "hello from discord.js"
    assert (await fake.user("ann").say("!probe 1"))["content"] == "probe 1"
    assert fake.ledger()["rest"]["unlisted"] == 0


@pytest.mark.parametrize(
    ("kind", "details"), [("op7", {}), ("op9", {"resumable": True}), ("close", {"code": 4000})]
)
async def test_it_resumes_after(fake: FakeDiscord, kind: str, details: dict[str, object]) -> None:
    fake.faults.add(kind, **details)
    await eventually(lambda: fake.ledger()["sessions"]["resume"] == 1, within=15)
    assert (await fake.user("ann").say("!probe 1"))["content"] == "probe 1"


async def test_after_op_9_false_it_identifies_anew(fake: FakeDiscord) -> None:
    fake.faults.add("op9", resumable=False)
    await eventually(lambda: fake.ledger()["sessions"]["identify"] == 2, within=20)
    await eventually(lambda: fake.ledger()["sessions"]["live"] == 1, within=20)
    assert (await fake.user("ann").say("!probe 1"))["content"] == "probe 1"


async def test_its_parsers_understand_what_rest_answers() -> None:
    if not REST.version():
        missing(NOT_FOUND)
    async with FakeDiscord(guilds=1, grace=0) as discord:
        process = await asyncio.create_subprocess_exec(
            *REST.command(discord.url), env=REST.environment(), stdout=PIPE
        )
        try:
            told, _ = await asyncio.wait_for(process.communicate(), 60)
        finally:
            if process.returncode is None:
                process.kill()
        assert told.decode() == "done\n"
        assert discord.ledger()["rest"]["unlisted_routes"] == {}
