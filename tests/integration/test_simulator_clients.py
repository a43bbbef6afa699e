"""disnake, Eris, Oceanic and Discordeno, unmodified, on the fake Discord."""

import asyncio
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator

import pytest

from simulator import FakeDiscord
from tests.clients.library import LIBRARIES, Library
from tests.conftest import missing
from tests.eventually import eventually

STARTING = 30.0


@pytest.fixture(params=LIBRARIES, ids=[library.name for library in LIBRARIES])
async def fake(request: pytest.FixtureRequest) -> AsyncIterator[FakeDiscord]:
    """A Discord with one client that is ready and has registered its command."""
    library: Library = request.param
    if not library.version():
        missing(f"{library.package} is not installed; .ci/run says how it is")
    async with FakeDiscord(guilds=2, grace=0, identify_window=0.5) as discord:
        process = await asyncio.create_subprocess_exec(
            *library.command(discord.url), env=library.environment(), stdout=PIPE
        )
        try:
            assert process.stdout is not None
            assert await asyncio.wait_for(process.stdout.readline(), STARTING) == b"ready\n"
            await eventually(lambda: len(discord.api.commands) == 1)
            yield discord
        finally:
            process.kill()
            await process.communicate()


async def test_it_receives_and_answers(fake: FakeDiscord) -> None:
    ann = fake.user("ann")
    reply = await ann.slash("hello")
    assert reply["content"].startswith("hello from ")
    assert (await ann.click(reply, "more"))["content"] == "more"
    assert (await ann.say("!probe 1"))["content"] == "probe 1"
    assert fake.ledger()["rest"]["unlisted_routes"] == {}


async def test_it_resumes_after_op_7_and_after_close_4000(fake: FakeDiscord) -> None:
    for resumes, fault in enumerate(("op7", "close"), 1):
        fake.faults.add(fault)
        await eventually(lambda n=resumes: fake.ledger()["sessions"]["resume"] == n)
        assert (await fake.user("ann").say(f"!probe {resumes}"))["content"] == f"probe {resumes}"
    assert fake.ledger()["sessions"]["identify"] == 1


async def test_a_gap_of_a_thousand_events_is_replayed_in_order(fake: FakeDiscord) -> None:
    fake.faults.add("stall", seconds=60)
    await eventually(lambda: fake.ledger()["faults"].get("stall"))
    for number in range(1000):
        fake.user("ann").write(f"gap {number}")
    fake.faults.add("tcp_reset")
    await eventually(lambda: fake.ledger()["sessions"]["resume"] == 1)
    assert fake.ledger()["resumes"]["replayed_events"] >= 1000
    assert (await fake.user("ann").say("!count"))["content"] == "counted 1000, wrong 0"


async def test_after_op_9_false_it_identifies_anew(fake: FakeDiscord) -> None:
    fake.faults.add("op9", resumable=False)
    await eventually(lambda: fake.ledger()["sessions"]["identify"] == 2, within=30)
    assert (await fake.user("ann").say("!probe 1"))["content"] == "probe 1"
