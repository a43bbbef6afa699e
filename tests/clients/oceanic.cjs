// A small Oceanic bot. Usage: node oceanic.cjs API_URL; prints "ready" when it is.
const { Client } = require("oceanic.js");

const bot = new Client({
  auth: "Bot MTAw.not-a.token",
  gateway: { intents: ["GUILDS", "GUILD_MESSAGES", "MESSAGE_CONTENT"] },
  rest: { baseURL: `${process.argv[2]}/v10` },
});
const row = [
  { type: 1, components: [{ type: 2, style: 1, customID: "more", label: "More" }] },
];
let counted = 0;
let wrong = 0; // of the messages that were counted, those out of their turn

bot.on("error", (error) => console.error(error));
bot.once("ready", async () => {
  await bot.application.bulkEditGlobalCommands([{ name: "hello", description: "Greets.", type: 1 }]);
  console.log("ready");
});
bot.on("interactionCreate", async (interaction) => {
  if (interaction.isComponentInteraction()) {
    await interaction.editParent({ content: "more" });
  } else {
    await interaction.createMessage({ content: "hello from oceanic", components: row });
  }
});
bot.on("messageCreate", async (message) => {
  const say = (content) => bot.rest.channels.createMessage(message.channelID, { content });
  if (message.content.startsWith("gap ") && message.content !== `gap ${counted++}`) wrong++;
  if (message.content === "!count") await say(`counted ${counted}, wrong ${wrong}`);
  if (message.content.startsWith("!probe ")) await say(message.content.slice(1));
});
bot.connect();
