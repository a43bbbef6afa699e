// A small Discordeno bot. Usage: node discordeno.cjs API_URL; prints "ready" when it is.
const { createBot, Intents } = require("@discordeno/bot");

async function main() {
  let counted = 0;
  let wrong = 0; // of the messages that were counted, those out of their turn
  const bot = createBot({
    token: "MTAw.not-a.token",
    intents: Intents.Guilds | Intents.GuildMessages | Intents.MessageContent,
    rest: { proxy: { baseUrl: process.argv[2], authorization: "Bot MTAw.not-a.token" } },
    desiredProperties: {
      message: { id: true, content: true, channelId: true },
      interaction: { id: true, token: true, type: true, data: true },
    },
    events: {
      async ready({ applicationId }) {
        bot.applicationId = applicationId;
        bot.rest.applicationId = applicationId;
        await bot.helpers.upsertGlobalApplicationCommands([
          { name: "hello", description: "Greets.", type: 1 },
        ]);
        console.log("ready");
      },
      async interactionCreate(interaction) {
        if (interaction.type === 3) {
          await interaction.edit({ content: "more" });
          return;
        }
        const button = { type: 2, style: 1, customId: "more", label: "More" };
        await interaction.respond({
          content: "hello from discordeno",
          components: [{ type: 1, components: [button] }],
        });
      },
      async messageCreate({ content, channelId }) {
        const say = (text) => bot.helpers.sendMessage(channelId, { content: text });
        if (content.startsWith("gap ") && content !== `gap ${counted++}`) wrong++;
        if (content === "!count") await say(`counted ${counted}, wrong ${wrong}`);
        if (content.startsWith("!probe ")) await say(content.slice(1));
      },
    },
  });
  await bot.start();
}
main();
