// A small discord.js bot. Usage: node simulator_bot.cjs API_URL; prints "ready" when it is.
const { Client, GatewayIntentBits, Events } = require("discord.js");

const intents = [
  GatewayIntentBits.Guilds,
  GatewayIntentBits.GuildMessages,
  GatewayIntentBits.MessageContent,
];
const client = new Client({ intents, rest: { api: process.argv[2] } });

client.once(Events.ClientReady, async () => {
  await client.application.commands.set([{ name: "hello", description: "Greets." }]);
  console.log("ready");
});
client.on(Events.InteractionCreate, async (interaction) => {
  await interaction.deferReply();
  await interaction.editReply("hello from discord.js");
});
client.on(Events.MessageCreate, async (message) => {
  if (message.content.startsWith("!probe ")) await message.channel.send(message.content.slice(1));
});
client.login("MTAw.not-a.token");
