// A wire that carries one direction only, between hubs in network namespaces of their own. Where the machine lets nobody make these, tests/Roost.Hub.Tests
// (BadWireTests, over a proxy) and tests/Roost.Simulation say the same with less.
import { test } from "node:test";
import assert from "node:assert/strict";
import { inNamespace, missing } from "./namespaces.mjs";

test("packets from one hub to another vanish, those back arrive: nobody is declared dead, and they link again", { skip: missing() }, async t => {
  assert.equal(await inNamespace(t, "partition-inside.mjs"), "meshed\nnoticed\nnobody is dead to the third\nhealed\n");
});
