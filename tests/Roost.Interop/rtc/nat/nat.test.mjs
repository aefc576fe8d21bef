// Every kind of NAT against every kind (RFC 4787's, in network namespaces, made of nftables): which pairs of peers reach each other directly.
// Where the machine lets nobody make namespaces, the simulator's NATs (tests/Roost.Rtc.Simulation) say the same with less.
import { test } from "node:test";
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import path from "node:path";

const permitted = spawnSync("unshare", ["-rn", "sh", "-c", "command -v ip && nft list ruleset && unshare -n true && echo 1 >/proc/sys/net/ipv4/ip_forward"]).status === 0;
const relays = spawnSync("turnserver", ["--version"]).status === 0;
const dll = process.env.ROOST_INTEROP_PEER ?? fileURLToPath(new URL(
  `../../../../artifacts/bin/Roost.Rtc.InteropPeer/${process.env.CONFIGURATION ?? "debug"}/Roost.Rtc.InteropPeer.dll`, import.meta.url));
const kinds = ["full", "address", "port", "symmetric"];
/** What cannot be: neither side's outside port can be foretold, or the one side lets only a foretold one in. */
const needsRelay = pair => pair.includes("symmetric") && pair.every(kind => kind === "port" || kind === "symmetric");

const skip = permitted ? false : "this machine lets nobody make network namespaces, or has no ip and nft";

async function inside(t, script, ...more) {
  const child = spawn("unshare", ["-rn", "--kill-child", process.execPath, path.join(import.meta.dirname, script), dll, ...more], { stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  let said = "", complained = "";
  child.stdout.on("data", bytes => { said += bytes; });
  child.stderr.on("data", bytes => { complained += bytes; });
  const code = await new Promise(done => child.on("close", done));
  assert.equal(code, 0, `${said}\n${complained}`);
  return said;
}

test("two peers that hide their addresses find each other on one network by the names they announce", { skip }, async t => {
  assert.equal(await inside(t, "mdns-inside.mjs"), "only names\ndirect\n");
});

test("four kinds of NAT against four: 13 pairs connect directly, and the other three through a relay", { skip }, async t => {
  const said = await inside(t, "inside.mjs", relays ? "turnserver" : "");
  const expected = kinds.flatMap(a => kinds.flatMap(b => [
    `${a} ${b}: ${needsRelay([a, b]) ? "no path" : "direct"}`,
    ...relays ? [`${a} ${b} with a relay at hand: ${needsRelay([a, b]) ? "relayed" : "direct"}`] : [],
  ]));
  assert.deepEqual(said.trim().split("\n").sort(), expected.sort());
  assert.equal(said.split("\n").filter(line => /^\w+ \w+: direct$/.test(line)).length, 13);
  if (!relays) t.diagnostic("coturn is not installed here: nothing was relayed");
});
