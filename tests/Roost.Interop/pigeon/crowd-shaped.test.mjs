import { test } from "node:test";
import assert from "node:assert/strict";
import { crowd } from "./support.mjs";

test("gossip reaches all of 16 clients within 2 s of the last join (shaped)", async t => {
  const took = await crowd(t, "shaped");
  assert.ok(took <= 2_000, `${took} ms`);
});
