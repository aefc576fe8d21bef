// A wire that carries one direction only, between hubs in network namespaces of their own. Where the machine lets nobody make these, tests/Roost.Hub.Tests
// (BadWireTests, over a proxy) and tests/Roost.Simulation say the same with less.
import { test } from "node:test";
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { roost } from "./support.mjs";

const permitted = spawnSync("unshare", ["-rn", "sh", "-c", "command -v ip && nft list ruleset && unshare -n true && echo 1 >/proc/sys/net/ipv4/ip_forward"]).status === 0;

test("packets from one hub to another vanish, those back arrive: nobody is declared dead, and they link again", { skip: permitted ? false : "this machine lets nobody make network namespaces, or has no ip and nft" }, async t => {
  const child = spawn("unshare", ["-rn", "--kill-child", process.execPath, fileURLToPath(new URL("partition-inside.mjs", import.meta.url)), roost], { stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  let said = "", complained = "";
  child.stdout.on("data", bytes => { said += bytes; });
  child.stderr.on("data", bytes => { complained += bytes; });
  const code = await new Promise(done => child.on("close", done));
  assert.equal(code, 0, `${said}\n${complained}`);
  assert.equal(said, "meshed\nnoticed\nnobody is dead to the third\nhealed\n");
});
