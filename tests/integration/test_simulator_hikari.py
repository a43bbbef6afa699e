"""hikari, unmodified, on the fake Discord."""

import base64
from collections.abc import AsyncIterator

import hikari
import pytest

from simulator import FakeDiscord
from simulator.core.profiles import PROFILES
from tests.eventually import eventually

TOKEN = base64.b64encode(b"1").decode() + ".x.y"  # hikari reads an id out of it


@pytest.fixture
async def fake(request: pytest.FixtureRequest) -> AsyncIterator[FakeDiscord]:
    profile = getattr(request, "param", "modern")
    async with FakeDiscord(guilds=2, grace=0, max_concurrency=16, profile=profile) as discord:
        yield discord


@pytest.fixture
async def bot(fake: FakeDiscord) -> AsyncIterator[hikari.GatewayBot]:
    bot = hikari.GatewayBot(
        TOKEN, rest_url=fake.url + "/v10", banner=None, intents=hikari.Intents.ALL, logs=None
    )

    @bot.listen()
    async def greet(event: hikari.InteractionCreateEvent) -> None:
        if isinstance(event.interaction, hikari.CommandInteraction):
            await event.interaction.create_initial_response(
                hikari.ResponseType.MESSAGE_CREATE, "hello from hikari"
            )

    @bot.listen()
    async def probe(event: hikari.GuildMessageCreateEvent) -> None:
        if event.content and event.content.startswith("!probe"):
            await event.message.respond(event.content[1:])

    @bot.listen()
    async def register(_: hikari.StartingEvent) -> None:
        application = await bot.rest.fetch_application()
        command = bot.rest.slash_command_builder("hello", "Greets.")
        await bot.rest.set_application_commands(application.id, [command])

    await bot.start(check_for_updates=False)
    await eventually(lambda: len(bot.cache.get_guilds_view()) == 2)
    yield bot
    await bot.close()


@pytest.mark.usefixtures("bot")
async def test_it_connects_and_answers(fake: FakeDiscord) -> None:
    assert (await fake.user("ann").slash("hello"))["content"] == "hello from hikari"
    assert (await fake.user("ann").say("!probe 1"))["content"] == "probe 1"
    assert fake.ledger()["rest"]["unlisted"] == 0


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("kind", "details"), [("op7", {}), ("op9", {"resumable": True}), ("close", {"code": 4000})]
)
async def test_it_resumes_after(fake: FakeDiscord, kind: str, details: dict[str, object]) -> None:
    fake.faults.add(kind, **details)
    await eventually(lambda: fake.ledger()["sessions"]["resume"] == 1, within=15)
    assert (await fake.user("ann").say("!probe 1"))["content"] == "probe 1"


@pytest.mark.usefixtures("bot")
async def test_after_op_9_false_it_identifies_anew(fake: FakeDiscord) -> None:
    fake.faults.add("op9", resumable=False)
    await eventually(lambda: fake.ledger()["sessions"]["identify"] >= 2, within=20)
    assert (await fake.user("ann").say("!probe 1"))["content"] == "probe 1"


@pytest.mark.parametrize("fake", ["presence", "classic", "modern"], indirect=True)
async def test_every_event_of_every_profile_is_understood(
    fake: FakeDiscord, bot: hikari.GatewayBot
) -> None:
    failed: list[object] = []

    @bot.listen()
    async def on_error(event: hikari.ExceptionEvent) -> None:  # type: ignore[type-arg]
        failed.append(event.exception)

    wanted = PROFILES[fake.settings.profile].keys()
    fake.set_rate(1000)
    await eventually(lambda: wanted <= fake.ledger()["dispatched_by_type"].keys(), within=40)
    fake.set_rate(0)
    await eventually(lambda: not any(fake.ledger()["pending"].values()), within=40)
    assert failed == []
