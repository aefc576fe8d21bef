// Token to screen, bytes on the wire, host memory, and late joins: `… | ./roost stream` with real pages reading.
// Run: ./roost --version && npm ci --prefix bench/stream && node bench/stream/stream.mjs [--tokens 20000] [--rate 200] [--viewers 10] [--relayed]: all over the hub
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import net from "node:net";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import * as Y from "yjs";

const { values } = parseArgs({ options: { tokens: { type: "string", default: "20000" }, rate: { type: "string", default: "200" }, viewers: { type: "string", default: "10" }, relayed: { type: "boolean", default: false } } });
const tokens = Number(values.tokens);
const rate = Number(values.rate);
const viewers = Number(values.viewers);
const roost = fileURLToPath(new URL("../../artifacts/roost/roost", import.meta.url));
const token = i => `w${i} `;
const sleep = ms => new Promise(done => setTimeout(done, ms));
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
const rss = pid => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;

const port = await new Promise(done => { const s = net.createServer().listen(0, "127.0.0.1", () => { const { port } = s.address(); s.close(() => done(port)); }); });
// The hub answers to both names: 127.0.0.1 is a secure context (WebCrypto), lan.test is what a phone gets on plain http (the JavaScript chunk).
const probe = spawn(roost, ["stream", "--host", "127.0.0.1", "--port", String(port), "--qr", "off", "--linger", "10m", ...(values.relayed ? ["--no-direct"] : [])],
  { stdio: ["pipe", "ignore", "pipe"], env: { ...process.env, PUBLIC_URL: `http://lan.test:${port}` } });
const lanLink = await new Promise(found => {
  let said = "";
  probe.stderr.on("data", bytes => { said += bytes; const hit = /open\s+(http\S+)/.exec(said); if (hit) found(hit[1]); });
});
const link = lanLink.replace("lan.test", "127.0.0.1");
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-background-timer-throttling", "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows", "--host-resolver-rules=MAP lan.test 127.0.0.1"],
});

// The page notes, at each change of the log, when it was and which word was the last one there.
const watchWords = () => {
  window.seen = [];
  new MutationObserver(() => {
    const log = document.querySelector(".log");
    let node = log?.lastElementChild;
    const tail = node?.textContent.slice(-24) ?? "";
    const last = /w(\d+) \s*$/.exec(tail);
    if (last) window.seen.push([performance.timeOrigin + performance.now(), Number(last[1])]);
  }).observe(document, { subtree: true, childList: true, characterData: true });
};

const pages = [];
let wireBytes = 0;
for (let i = 0; i < viewers; i++) {
  const page = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage();
  await page.addInitScript(watchWords);
  if (i === 0) {
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("Network.enable");
    cdp.on("Network.webSocketFrameReceived", ({ response }) => { wireBytes += response.opcode === 1 ? response.payloadData.length : Buffer.byteLength(response.payloadData, "base64"); });
  }
  await page.goto(link);
  pages.push(page);
}
await sleep(1000);
wireBytes = 0;
const sentAt = new Float64Array(tokens);
const memory = [rss(probe.pid)];
const start = performance.now();
for (let i = 0; i < tokens; i++) {
  const due = start + (i * 1000) / rate;
  const wait = due - performance.now();
  if (wait > 1) await sleep(wait);
  sentAt[i] = performance.timeOrigin + performance.now();
  probe.stdin.write(token(i));
  if (i % (rate * 10) === 0 && i > 0) memory.push(rss(probe.pid));
}
await sleep(1500);
memory.push(rss(probe.pid));
const latencies = [];
for (const page of pages) {
  const seen = await page.evaluate(() => window.seen);
  let next = 0;
  for (const [at, last] of seen) for (; next <= last && next < tokens; next++) latencies.push(at - sentAt[next]);
  if (next < tokens) console.log(`a viewer saw only ${next} of ${tokens} tokens`);
}
latencies.sort((a, b) => a - b);

// Seed 004 sends the whole document per token; what that costs with Yjs, measured over the same words.
const doc = new Y.Doc();
const text = doc.getText("llm-stream");
let whole = 0;
let samples = 0;
for (let i = 0; i < tokens; i++) {
  text.insert(text.length, token(i));
  if (i % 20 === 0) { whole += Y.encodeStateAsUpdate(doc).length; samples++; }
}

const late = {};
for (const [name, address] of [["WebCrypto", link], ["JavaScript chunk", lanLink]]) {
  const runs = [];
  for (let i = 0; i < 5; i++) {
    const page = await (await browser.newContext()).newPage();
    await page.addInitScript(watchWords);
    await page.goto(address);
    const last = tokens - 1;
    const took = await page.waitForFunction(n => {
      const hit = window.seen.find(([, word]) => word === n);
      const mark = performance.getEntriesByName("roost-join-sent")[0];
      return hit && mark ? hit[0] - performance.timeOrigin - mark.startTime : false;
    }, last, { timeout: 20_000, polling: 20 }).then(handle => handle.jsonValue(), () => NaN);
    runs.push(took);
    await page.context().close();
  }
  late[name] = runs.sort((a, b) => a - b);
}

console.log(`\n${tokens} tokens at ${rate}/s, ${viewers} viewers in Chromium, one machine\n`);
console.log("| what | measured | limit |\n|---|---|---|");
console.log(`| token to screen p50 | ${quantile(latencies, 0.5).toFixed(1)} ms | 50 |`);
console.log(`| token to screen p99 | ${quantile(latencies, 0.99).toFixed(1)} ms | 150 |`);
console.log(`| WebSocket payload per viewer and token | ${(wireBytes / tokens).toFixed(1)} B | 40 |`);
console.log(`| the same, whole document per token (seed 004 with Yjs) | ${Math.round(whole / samples)} B | |`);
console.log(`| host memory first → last | ${memory[1]?.toFixed(0)} → ${memory.at(-1).toFixed(0)} MB (every 10 s: ${memory.map(m => m.toFixed(0)).join(" ")}) | flat |`);
for (const [name, runs] of Object.entries(late)) {
  console.log(`| late join at token ${tokens}, JOIN to last word, ${name} | median ${runs[2].toFixed(0)} ms (${runs.map(r => r.toFixed(0)).join(" ")}) | 300 |`);
}
await browser.close();
probe.kill("SIGINT");
