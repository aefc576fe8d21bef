// Some clients of a crowd, in a process of their own: in one process 16 of them hold some 16,000 file descriptors.
import { makeClient } from "./support.mjs";

const clients = [];
const verbs = {
  async make({ networkName }) { clients.push(await makeClient({ after() {} }, { networkName })); },
  join: ({ client, url }) => clients[client].mesh.connect(url),
  say: ({ client, word }) => clients[client].mesh.sendMessage(word),
  async hear({ client, word, ms }) { await clients[client].hears(word, ms); },
};

process.on("message", async ({ id, verb, ...what }) => {
  try {
    await verbs[verb](what);
    process.send({ id });
  } catch (error) {
    process.send({ id, error: error.message });
  }
});
process.on("disconnect", () => process.exit());
