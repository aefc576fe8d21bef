import { test } from "node:test";
import { startMesh, crowdAt } from "./support.mjs";

test("gossip reaches all of 16 clients over three hubs", async t => {
  const took = await crowdAt(t, await startMesh(t, 3));
  t.diagnostic(`three hubs: gossip reached all of 16 clients ${Math.round(took)} ms after the last join`);
});
