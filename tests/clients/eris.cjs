// A small Eris bot. Usage: node eris.cjs API_URL; prints "ready" when it is.
// Eris only speaks HTTPS: its `rest.agent` is an agent whose sockets are plain ones to the fake.
const https = require("https");
const net = require("net");
const Eris = require("eris");

const api = new URL(process.argv[2]);
const agent = new https.Agent();
agent.createConnection = () => net.connect(Number(api.port), api.hostname);

const bot = new Eris("Bot MTAw.not-a.token", {
  intents: ["guilds", "guildMessages", "messageContent"],
  rest: { domain: api.hostname, baseURL: `${api.pathname}/v10`, agent },
});
const row = (label) => [{ type: 1, components: [{ type: 2, style: 1, custom_id: "more", label }] }];
let counted = 0;
let wrong = 0; // of the messages that were counted, those out of their turn

bot.on("error", (error) => console.error(error));
bot.once("ready", async () => {
  await bot.bulkEditCommands([{ name: "hello", description: "Greets.", type: 1 }]);
  console.log("ready");
});
bot.on("interactionCreate", async (interaction) => {
  if (interaction instanceof Eris.ComponentInteraction) {
    await interaction.editParent({ content: "more" });
  } else {
    await interaction.createMessage({ content: "hello from eris", components: row("More") });
  }
});
bot.on("messageCreate", async (message) => {
  const { content, channel } = message;
  if (content.startsWith("gap ") && content !== `gap ${counted++}`) wrong++;
  if (content === "!count") {
    await channel.createMessage(`counted ${counted}, wrong ${wrong}`);
  }
  if (content.startsWith("!probe ")) await channel.createMessage(content.slice(1));
});
bot.connect();
