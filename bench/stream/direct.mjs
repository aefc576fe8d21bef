// How soon a viewer that joins is linked directly, and what the hub still carries then: `./roost stream` with terminals and pages that come one after the other.
// Run: ./roost --version && npm ci --prefix bench/stream && node bench/stream/direct.mjs [--joins 40] [--tokens 2000]
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

const { values } = parseArgs({ options: { joins: { type: "string", default: "40" }, tokens: { type: "string", default: "2000" } } });
const joins = Number(values.joins);
const tokens = Number(values.tokens);
const roost = fileURLToPath(new URL("../../artifacts/roost/roost", import.meta.url));
const sleep = ms => new Promise(done => setTimeout(done, ms));
const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * q))];

const host = spawn(roost, ["stream", "--host", "127.0.0.1", "--qr", "off", "--json", "--linger", "10m"], { stdio: ["pipe", "pipe", "ignore"] });
const events = [];
let rest = "";
host.stdout.on("data", bytes => {
  const lines = (rest + bytes).split("\n");
  rest = lines.pop();
  events.push(...lines.map(line => JSON.parse(line)));
});
const until = async (probe, from = 0) => {
  for (;;) {
    const found = events.slice(from).find(probe);
    if (found) return found;
    await sleep(5);
  }
};
const { link } = await until(e => e.ev === "ready");
host.stdin.write("before\n");
const isDirect = e => e.ev === "peer-path" && e.path !== "hub";

/** Milliseconds from the host's JOINED to its first PONG over the channel, as the host's own events tell. */
async function joining(start, stop) {
  const times = [];
  for (let i = 0; i < joins; i++) {
    const from = events.length;
    const viewer = await start();
    const { peer, t: linkedAt } = await until(isDirect, from);
    const { t: joinedAt } = await until(e => e.ev === "peer-joined" && e.peer === peer, from);
    times.push(new Date(linkedAt) - new Date(joinedAt));
    await stop(viewer);
    await until(e => e.ev === "peer-left" && e.peer === peer, from);
  }
  return times;
}
const report = (what, times) => console.log(`${what}: p50 ${quantile(times, 0.5)} ms, p99 ${quantile(times, 0.99)} ms (${times.length} joins)`);

report("joined to linked, terminal", await joining(async () => spawn(roost, ["watch", "--quiet", link], { stdio: "ignore" }), async viewer => viewer.kill("SIGINT")));

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
const open = async () => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(link);
  return page;
};
report("joined to linked, page in Chromium", await joining(open, async page => {
  await page.goto("about:blank"); // leaves in order; a page that is only gone is missed after six seconds
  await page.context().close();
}));

// What one viewer's WebSocket brings while text flows: over the hub alone, and once it is linked.
for (const knowsWebRtc of [false, true]) {
  const context = await browser.newContext();
  if (!knowsWebRtc) await context.addInitScript(() => Reflect.deleteProperty(globalThis, "RTCPeerConnection"));
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  let bytes = 0;
  await cdp.send("Network.enable");
  cdp.on("Network.webSocketFrameReceived", ({ response }) => { bytes += Buffer.byteLength(response.payloadData, "base64"); });
  const from = events.length;
  await page.goto(link);
  if (knowsWebRtc) await until(isDirect, from);
  await page.locator(".state[data-tone=live]").waitFor();
  await sleep(500);
  bytes = 0;
  for (let i = 0; i < tokens; i++) {
    host.stdin.write(`w${i} `);
    await sleep(5);
  }
  await sleep(500);
  console.log(`${knowsWebRtc ? "linked" : "over the hub"}: ${bytes} B by the hub's WebSocket for ${tokens} tokens`);
  await context.close();
}
await browser.close();
host.kill();
process.exit(0);
