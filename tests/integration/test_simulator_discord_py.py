"""discord.py, unmodified, on the fake Discord."""

from collections.abc import AsyncIterator, Awaitable, Callable

import discord
import pytest

from simulator import FakeDiscord
from simulator.core.profiles import PROFILES
from tests.eventually import eventually
from tests.integration.simulator_bot import Bot, ShardedBot, connected, point_discord_py_at


@pytest.fixture
async def fake(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(guilds=2, grace=0) as discord:
        point_discord_py_at(discord, monkeypatch)
        yield discord


@pytest.fixture
async def bot(fake: FakeDiscord) -> AsyncIterator[Bot]:
    async with connected(Bot(), fake) as running:
        await eventually(lambda: len(running.guilds) == 2 and running.seen)
        yield running


@pytest.mark.usefixtures("bot")
async def test_a_slash_command_is_answered(fake: FakeDiscord) -> None:
    assert (await fake.user("ann").slash("hello", who="world"))["content"] == "hello world"


@pytest.mark.usefixtures("bot")
async def test_a_deferred_answer_is_waited_for(fake: FakeDiscord) -> None:
    reply = await fake.user("ann").slash("round create", course="Maple Hill")
    assert reply["content"] == "round at Maple Hill"
    assert fake.ledger()["interactions"]["completed"] == 1


@pytest.mark.usefixtures("bot")
async def test_autocomplete_offers_choices(fake: FakeDiscord) -> None:
    offered = await fake.user("ann").autocomplete("round create", "course", "ma")
    assert offered == [{"name": "Maple Hill", "value": "Maple Hill"}]


@pytest.mark.usefixtures("bot")
async def test_buttons_edit_and_modals_are_submitted(fake: FakeDiscord) -> None:
    ann = fake.user("ann")
    message = await ann.slash("hello", who="world")
    assert (await ann.click(message, "more"))["content"] == "more"
    modal = await ann.click(message, "ask")
    assert (await ann.submit(modal, name="Ann"))["content"] == "you are Ann"


@pytest.mark.usefixtures("bot")
async def test_a_prefix_command_is_answered_in_its_channel(fake: FakeDiscord) -> None:
    assert (await fake.user("ann").say("!probe 7"))["content"] == "probe 7"


@pytest.mark.usefixtures("bot")
async def test_interaction_calls_carry_no_token_and_no_route_is_missing(fake: FakeDiscord) -> None:
    await fake.user("ann").slash("round create", course="x")
    rest = fake.ledger()["rest"]
    assert (rest["authorized_interaction_calls"], rest["unlisted"]) == (0, 0)


@pytest.mark.parametrize(
    ("kind", "details"),
    [("op7", {}), ("op9", {"resumable": True}), ("tcp_reset", {}), ("close", {"code": 4000}),
     ("close", {"code": 1001}), ("close", {"code": 4008})],
)  # fmt: skip
async def test_it_resumes_after(
    fake: FakeDiscord, bot: Bot, kind: str, details: dict[str, object]
) -> None:
    fake.faults.add(kind, **details)
    await eventually(lambda: fake.ledger()["sessions"]["resume"] == 1, within=15)
    assert fake.ledger()["sessions"]["identify"] == 1
    assert (await fake.user("ann").say("!probe 1"))["content"] == "probe 1"
    assert fake.ledger()["sessions"]["resume_url_used"] == 1


async def test_after_op_9_false_it_identifies_anew(fake: FakeDiscord, bot: Bot) -> None:
    fake.faults.add("op9", resumable=False)
    await eventually(lambda: fake.ledger()["sessions"]["identify"] == 2, within=15)
    assert (await fake.user("ann").say("!probe 1"))["content"] == "probe 1"


async def test_a_gap_of_a_thousand_events_is_replayed_in_order(
    fake: FakeDiscord, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    async def on_message(message: object) -> None:
        read.append(message.content)  # type: ignore[attr-defined]

    monkeypatch.setattr(bot, "on_message", on_message, raising=False)
    fake.faults.add("refuse_upgrade", count=1)
    fake.faults.add("tcp_reset")
    await eventually(lambda: fake.ledger()["sessions"]["live"] == 0)
    for number in range(1000):
        fake.user("ann").write(str(number))
    await eventually(lambda: len(read) == 1000, within=20)
    assert read == [str(number) for number in range(1000)]
    assert fake.ledger()["resumes"]["replayed_events"] >= 1000


async def test_shards_share_the_guilds(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FakeDiscord(guilds=4, shards=2, max_concurrency=2) as fake:
        point_discord_py_at(fake, monkeypatch)
        async with connected(ShardedBot(), fake, shards=2) as bot:
            await eventually(lambda: len(bot.guilds) == 4)
            assert fake.ledger()["sessions"]["max_live_per_shard"] == 1
            fake.faults.add("op7", shard=1)
            await eventually(lambda: "resumed 1" in bot.seen, within=15)


async def test_the_mix_is_answered_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FakeDiscord(guilds=3, rate=200, duration=2, probes=0.1) as fake:
        point_discord_py_at(fake, monkeypatch)
        async with connected(Bot(), fake):
            await fake.finished()
        book = fake.ledger(final=True)
    assert (book["offered"], book["emitted"]) == (400, 400)
    assert book["achieved_rate"] >= 0.99 * book["offered_rate"]
    assert book["interactions"]["sent"] == book["interactions"]["answered"] > 0
    assert book["probes"]["sent"] == book["probes"]["answered"] > 0
    assert [book["probes"][key] for key in ("lost", "duplicated", "reordered")] == [0, 0, 0]


@pytest.mark.parametrize("profile", ["presence", "classic", "modern"])
async def test_every_event_of_a_profile_is_understood(
    monkeypatch: pytest.MonkeyPatch, profile: str
) -> None:
    seen: set[str] = set()
    async with FakeDiscord(guilds=3, profile=profile, rate=0, probes=0) as fake:
        point_discord_py_at(fake, monkeypatch)
        bot = Bot(enable_debug_events=True)
        monkeypatch.setattr(bot, "on_socket_event_type", _noting(seen), raising=False)
        async with connected(bot, fake):
            fake.set_rate(1500)
            await eventually(lambda: PROFILES[profile].keys() <= seen, within=40)
            fake.set_rate(0)
            book = fake.ledger()
    assert (book["sessions"]["upgrades"], book["closes"]) == (1, {})


def _noting(seen: set[str]) -> Callable[[str], Awaitable[None]]:
    async def note(event_type: str) -> None:
        seen.add(event_type)

    return note


async def test_polls_threads_and_layouts_are_what_discord_py_takes_them_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found: set[str] = set()

    class Watching(Bot):
        async def on_message(self, message: discord.Message) -> None:
            found.update({"poll"} if message.poll is not None else ())
            found.update({"layout"} if message.flags.components_v2 else ())
            found.update(type(part).__name__ for part in message.components)
            found.update({"reply"} if message.type is discord.MessageType.reply else ())

        async def on_raw_poll_vote_add(self, vote: discord.RawPollVoteActionEvent) -> None:
            found.add(f"vote for {type(vote.answer_id).__name__}")

        async def on_thread_create(self, thread: discord.Thread) -> None:
            await thread.join()
            found.add("thread joined")

        async def on_audit_log_entry_create(self, entry: discord.AuditLogEntry) -> None:
            found.add(entry.action.name)

    wanted = {"poll", "layout", "Container", "reply", "vote for int", "thread joined",
              "member_update"}  # fmt: skip
    async with FakeDiscord(guilds=2, probes=0) as fake:
        point_discord_py_at(fake, monkeypatch)
        async with connected(Watching(), fake):
            fake.set_rate(500)
            await eventually(lambda: wanted <= found, within=40)
            fake.set_rate(0)
        assert fake.ledger()["rest"]["unlisted"] == 0


async def test_after_a_cold_start_every_guild_comes_again(fake: FakeDiscord, bot: Bot) -> None:
    fake.storm("cold_start")
    await eventually(lambda: fake.ledger()["dispatched_by_type"]["GUILD_CREATE"] == 4, within=25)
    await eventually(lambda: len(bot.guilds) == 2)
    book = fake.ledger()
    assert (book["sessions"]["identify"], book["storms"]) == (2, {"cold_start": 1})
    assert (await fake.user("ann").say("!probe 1"))["content"] == "probe 1"
