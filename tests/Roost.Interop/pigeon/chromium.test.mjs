import { test } from "node:test";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { startHub, versions } from "./support.mjs";

const bundle = version => fileURLToPath(new URL(`node_modules/${versions[version]}/dist/peerpigeon-browser.js`, import.meta.url));

// Host candidates as addresses: the .local names that hide them need multicast, which few test machines have.
async function open(t) {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", headless: true, args: ["--no-sandbox", "--disable-features=WebRtcHideLocalIpsWithMdns", "--disable-quic", "--no-first-run", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
  t.after(() => browser.close());
  return browser;
}

async function enter(browser, hub, version, networkName) {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`http://127.0.0.1:${hub.port}/health`); // Any page of a secure origin that lets a test add its script.
  await page.addScriptTag({ path: bundle(version) });
  await page.evaluate(async ({ url, networkName }) => {
    const mesh = new PeerPigeon.PeerPigeonMesh({ networkName, enableCrypto: false });
    await mesh.init();
    window.mesh = mesh;
    window.heard = [];
    mesh.addEventListener("messageReceived", event => heard.push(event.content));
    await mesh.connect(url);
  }, { url: hub.url, networkName });
  return page;
}

async function gossipReaches(sender, others) {
  const word = `word ${Math.random()}`;
  await sender.evaluate(word => { window.saying = setInterval(() => mesh.sendMessage(word), 50); }, word);
  await Promise.all(others.map(page => page.waitForFunction(word => heard.includes(word), word, { timeout: 15_000, polling: 20 })));
  await sender.evaluate(() => clearInterval(window.saying));
}

for (const version of Object.keys(versions)) {
  test(`two pages in Chromium meet and talk: ${version}`, async t => {
    const hub = await startHub(t);
    const browser = await open(t);
    const a = await enter(browser, hub, version, "pages");
    const b = await enter(browser, hub, version, "pages");
    await gossipReaches(a, [b]);
    await gossipReaches(b, [a]);
    assert.equal(hub.log(), "");
  });
}

test("eight pages in Chromium: gossip reaches all", async t => {
  const hub = await startHub(t);
  const browser = await open(t);
  const pages = [];
  for (let i = 0; i < 8; i++) pages.push(await enter(browser, hub, "1.1.3", "many"));
  const last = performance.now();
  await gossipReaches(pages[0], pages.slice(1));
  t.diagnostic(`gossip reached all of 8 pages ${Math.round(performance.now() - last)} ms after the last join`);
});
