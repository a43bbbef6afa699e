// discord.js does by REST what bots do; prints "done", or the first error.
// usage: node simulator_rest.cjs REST_URL
const { AutoModerationRuleTriggerType, ChannelType, Client, EmbedBuilder, GatewayIntentBits: Intent } =
  require("discord.js");

const client = new Client({
  intents: [Intent.Guilds, Intent.GuildMembers, Intent.GuildMessages, Intent.MessageContent],
  rest: { api: process.argv[2] },
});

async function people(guild) {
  const role = await guild.roles.create({ name: "caddie", reason: "because" });
  const member = (await guild.members.fetch({ limit: 5 })).find((one) => !one.user.bot);
  await member.roles.add(role);
  await member.timeout(60_000);
  await guild.roles.setPositions([{ role: role.id, position: 2 }]);
  await guild.bans.create(member.id, { reason: "spam", deleteMessageSeconds: 60 });
  if ((await guild.bans.fetch()).first().reason !== "spam") throw new Error("no reason");
  await role.delete();
}

async function messages(guild) {
  const channel = await guild.channels.create({ name: "cards", type: ChannelType.GuildText });
  const embeds = [new EmbedBuilder().setTitle("t").setColor(5)];
  const files = [{ attachment: Buffer.from("abc"), name: "a.txt" }];
  const sent = await channel.send({ content: "x", embeds, files });
  await sent.react("👍");
  await sent.pin();
  await sent.edit("y");
  await sent.reply("z");
  const thread = await sent.startThread({ name: "round" });
  await thread.setArchived(true);
  await client.fetchInvite((await channel.createInvite({ maxAge: 60 })).code);
  const hook = await channel.createWebhook({ name: "n" });
  await hook.editMessage((await hook.send("a")).id, "b");
  await channel.bulkDelete(2);
  await channel.delete();
}

async function guildThings(guild) {
  const forum = { name: "forum", type: ChannelType.GuildForum, availableTags: [{ name: "a" }] };
  await (await guild.channels.create(forum)).threads.create({ name: "p", message: { content: "q" } });
  const start = Date.now() + 1e6;
  await guild.scheduledEvents.create({
    name: "e", scheduledStartTime: start, scheduledEndTime: start + 1e6, privacyLevel: 2,
    entityType: 3, entityMetadata: { location: "here" },
  });
  await guild.autoModerationRules.create({
    name: "r", eventType: 1, triggerType: AutoModerationRuleTriggerType.Keyword,
    triggerMetadata: { keywordFilter: ["x"] }, actions: [{ type: 1 }],
  });
  await guild.emojis.create({ attachment: Buffer.from("89504e470d0a1a0a", "hex"), name: "disc" });
  await guild.edit({ name: "renamed" });
  await guild.fetchAuditLogs();
  await guild.fetchWebhooks();
  await guild.invites.fetch();
  await guild.fetchIntegrations();
  await guild.fetchWidgetSettings();
  await guild.fetchOnboarding();
}

client.once("clientReady", async () => {
  try {
    const guild = client.guilds.cache.first();
    await people(guild);
    await messages(guild);
    await guildThings(guild);
    console.log("done");
  } catch (error) {
    console.log(error);
  }
  process.exit(0);
});
client.login("MTAw.x.y");
