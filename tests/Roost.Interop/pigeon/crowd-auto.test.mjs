import { test } from "node:test";
import assert from "node:assert/strict";
import { crowd } from "./support.mjs";

test("gossip reaches all of 16 clients within 2 s of the last join (auto)", async t => {
  const took = await crowd(t, "auto");
  assert.ok(took <= 2_000, `${took} ms`);
});
