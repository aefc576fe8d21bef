// Runs inside a user and network namespace of its own (partition.test.mjs): three hubs, and what the first sends to the second vanishes for a while.
import { addressOf, cut, isLinked, mend, others, route, startHubIn, until } from "./namespaces.mjs";

route();
for (const at of [1, 2, 3]) await startHubIn(at, ...(at < 3 ? ["--mesh", `ws://${addressOf(3)}:3000`] : []));
await until(async () => await isLinked(1, 2) && await isLinked(2, 1) && (await others(3)).length === 2, 120_000, "a mesh of three");
console.log("meshed");

// What the first hub sends to the second is lost; what the second sends to the first arrives.
cut(1, 2);
await until(async () => !(await isLinked(1, 2)) || !(await isLinked(2, 1)), 60_000, "one of the two notices");
console.log("noticed");
const end = Date.now() + 20_000; // Longer than it takes to suspect a hub and to bury it.
while (Date.now() < end) {
  const seen = await others(3);
  if (seen.length !== 2 || !seen.every(hub => hub.connected)) throw new Error(`the third hub lost one: ${JSON.stringify(seen)}`);
  await new Promise(done => setTimeout(done, 250));
}
console.log("nobody is dead to the third");

mend();
await until(async () => await isLinked(1, 2) && await isLinked(2, 1), 60_000, "the two are linked again");
console.log("healed");
process.exit(0);
