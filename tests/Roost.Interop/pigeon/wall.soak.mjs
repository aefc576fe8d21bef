// Two hubs between which nothing passes, and a third that both reach, in network namespaces of their own. Where the machine lets nobody make these, CarriedLinkTests
// in tests/Roost.Simulation and tests/Roost.Hub.Tests say the same with less.
import { test } from "node:test";
import assert from "node:assert/strict";
import { inNamespace, missing } from "./namespaces.mjs";

test("two hubs behind a wall meet through a third, directly when it falls, are lost with the third, and meet again", { skip: missing() }, async t => {
  assert.equal(await inNamespace(t, "wall-inside.mjs"), [
    "peers of both signal each other through the third hub",
    "the wall fell: a direct link, and no signal was lost or overtaken",
    "the wall is back: carried again",
    "the third hub died: the other is dead to both, and signals to its peer are refused",
    "the wall fell: healed",
  ].join("\n") + "\n");
});
