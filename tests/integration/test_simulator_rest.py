"""What bots do by REST, done by a real discord.py bot: its parsers judge each answer."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from io import BytesIO

import discord
import pytest

from simulator import FakeDiscord
from tests.eventually import eventually

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 8


class Watcher(discord.Client):
    """Keeps what the gateway told it, and its cache."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.all())
        self.told: list[str] = []

    def dispatch(self, event: str, /, *args: object, **kwargs: object) -> None:
        self.told.append(event)
        super().dispatch(event, *args, **kwargs)

    async def hears(self, event: str) -> None:
        await eventually(lambda: event in self.told, within=30.0)


@pytest.fixture
async def bot() -> AsyncIterator[Watcher]:
    client = Watcher()
    async with FakeDiscord(guilds=1, grace=0) as fake, fake.running(client):
        yield client


@pytest.fixture
async def guild(bot: Watcher) -> discord.Guild:
    return bot.guilds[0]


@pytest.fixture
async def channel(guild: discord.Guild) -> discord.TextChannel:
    return guild.text_channels[0]


async def test_roles(bot: Watcher, guild: discord.Guild) -> None:
    role = await guild.create_role(name="caddie", colour=discord.Colour.red(), reason="because")
    await bot.hears("guild_role_create")
    member = next(m for m in guild.members if not m.bot)
    await member.add_roles(role)
    await eventually(lambda: role in member.roles, within=30.0)
    await role.edit(name="chief", hoist=True)
    await guild.edit_role_positions({role: 2})
    cached = guild.get_role(role.id)
    assert cached is not None
    await eventually(lambda: (cached.name, cached.position) == ("chief", 2), within=30.0)
    await role.delete()
    await bot.hears("guild_role_delete")
    entries = [entry async for entry in guild.audit_logs(action=discord.AuditLogAction.role_create)]
    assert (entries[0].reason, entries[0].user) == ("because", bot.user)


async def test_members(bot: Watcher, guild: discord.Guild) -> None:
    first, second, third = [m for m in guild.members if not m.bot][1:4]
    await first.timeout(timedelta(minutes=5))
    await eventually(first.is_timed_out, within=30.0)
    await first.edit(nick="Ace")
    await second.kick()
    await third.ban(delete_message_seconds=60, reason="spam")
    assert [ban.reason async for ban in guild.bans()] == ["spam"]
    await guild.unban(third)
    done = await guild.bulk_ban([first])
    assert (len(done.banned), done.failed) == (1, [])
    await bot.hears("member_unban")
    assert await guild.estimate_pruned_members(days=7, roles=[]) == 8


async def test_channels(bot: Watcher, guild: discord.Guild) -> None:
    home = await guild.create_category("home")
    text = await home.create_text_channel("cards", topic="t", slowmode_delay=5)
    await text.edit(name="scores", position=0)
    await text.set_permissions(guild.default_role, send_messages=False)
    await eventually(lambda: text.overwrites_for(guild.default_role).send_messages is False)
    invite = await text.create_invite(max_age=60)
    assert (await bot.fetch_invite(invite.code)).guild is not None
    assert [i.code for i in await guild.invites()] == [invite.code]
    await invite.delete()
    await bot.hears("invite_delete")
    stage = await guild.create_stage_channel("stage")
    live = await stage.create_instance(topic="talk")
    await live.delete()
    await text.delete()
    await bot.hears("guild_channel_delete")


async def test_threads(bot: Watcher, guild: discord.Guild, channel: discord.TextChannel) -> None:
    message = await channel.send("begin")
    thread = await message.create_thread(name="round")
    await thread.send("in it")
    await thread.add_user(next(m for m in guild.members if not m.bot))
    assert len(await thread.fetch_members()) == 2
    await thread.edit(archived=True)
    assert [t.id async for t in channel.archived_threads()] == [thread.id]
    forum = await guild.create_forum("forum", available_tags=[discord.ForumTag(name="tag")])
    post = await forum.create_thread(name="post", content="x", applied_tags=forum.available_tags)
    assert (post.message.content, len(post.thread.applied_tags)) == ("x", 1)
    await bot.hears("thread_create")


async def test_messages(channel: discord.TextChannel) -> None:
    embed = discord.Embed(title="t", description="d").add_field(name="n", value="v")
    sent = await channel.send("x", embed=embed, file=discord.File(BytesIO(PNG), "a.png"))
    assert await sent.attachments[0].read() == PNG
    reply = await sent.reply("y")
    assert reply.reference is not None
    await sent.add_reaction("👍")
    await sent.pin()
    assert [m.id async for m in channel.pins()] == [sent.id]
    await sent.edit(content="z", attachments=[])
    fetched = await channel.fetch_message(sent.id)
    assert (fetched.content, fetched.attachments, fetched.embeds[0].fields[0].value) == (
        "z", [], "v",
    )  # fmt: skip
    assert len(await channel.purge(limit=10)) == 2
    with pytest.raises(discord.HTTPException, match=r"In content: Must be 2000 or fewer in length"):
        await channel.send("x" * 2001)


async def test_the_modern_layout(channel: discord.TextChannel) -> None:
    view = discord.ui.LayoutView()
    box: discord.ui.Container[discord.ui.LayoutView] = discord.ui.Container(
        discord.ui.TextDisplay("text"), discord.ui.Separator(),
        discord.ui.Section("more", accessory=discord.ui.Thumbnail("https://x.org/i")),
        accent_colour=5,
    )  # fmt: skip
    view.add_item(box)
    sent = await channel.send(view=view)
    assert [type(part).__name__ for part in sent.components] == ["Container"]


async def test_webhooks(channel: discord.TextChannel) -> None:
    hook = await channel.create_webhook(name="n")
    sent = await hook.send("x", username="other", wait=True)
    assert (sent.author.name, sent.webhook_id) == ("other", hook.id)
    await sent.edit(content="y")
    assert (await hook.fetch_message(sent.id)).content == "y"
    await sent.delete()
    await hook.delete()
    assert await channel.webhooks() == []


async def test_expressions(bot: Watcher, guild: discord.Guild) -> None:
    emoji = await guild.create_custom_emoji(name="disc", image=PNG)
    await emoji.edit(name="frisbee")
    sticker = await guild.create_sticker(
        name="disc", description="d", emoji="👍", file=discord.File(BytesIO(PNG), "a.png")
    )
    assert [e.name for e in await guild.fetch_emojis()] == ["frisbee"]
    assert [s.id for s in await guild.fetch_stickers()] == [sticker.id]
    own = await bot.create_application_emoji(name="own", image=PNG)
    assert [e.id for e in await bot.fetch_application_emojis()] == [own.id]
    await bot.hears("guild_stickers_update")


async def test_events_and_rules(bot: Watcher, guild: discord.Guild) -> None:
    begin = datetime.now(UTC) + timedelta(days=1)
    event = await guild.create_scheduled_event(
        name="n", start_time=begin, end_time=begin + timedelta(hours=1), location="here",
        entity_type=discord.EntityType.external, privacy_level=discord.PrivacyLevel.guild_only,
    )  # fmt: skip
    await bot.hears("scheduled_event_create")
    assert (await event.start()).status is discord.EventStatus.active
    rule = await guild.create_automod_rule(
        name="n", event_type=discord.AutoModRuleEventType.message_send, enabled=True,
        trigger=discord.AutoModTrigger(keyword_filter=["x"]),
        actions=[discord.AutoModRuleAction(custom_message="no")],
    )  # fmt: skip
    assert [r.id for r in await guild.fetch_automod_rules()] == [rule.id]
    await rule.delete()
    await bot.hears("automod_rule_delete")


async def test_the_rest_of_a_guild(bot: Watcher, guild: discord.Guild) -> None:
    await guild.edit(name="renamed", verification_level=discord.VerificationLevel.high)
    await eventually(lambda: guild.name == "renamed", within=30.0)
    await guild.edit_welcome_screen(enabled=True, description="hi")
    assert (await guild.welcome_screen()).description == "hi"
    template = await guild.create_template(name="t")
    assert (await bot.fetch_template(template.code)).source_guild.id == guild.id
    assert [i.name for i in await guild.integrations()] == ["Multipod"]
    await guild.edit_widget(enabled=True)
    assert (await bot.fetch_widget(guild.id)).name == "renamed"
    assert (await bot.application_info()).name == "Multipod"
    assert [sku.name for sku in await bot.fetch_skus()] == ["Multipod Plus"]
    assert len(await guild.fetch_channels()) == 4
    await guild.leave()
    await bot.hears("guild_remove")
