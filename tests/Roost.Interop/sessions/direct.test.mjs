// Sessions over WebRTC data channels: terminals and Chromium, in every pairing, and what happens when a way is lost.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { browser, closeBrowser, openPage, run, stream, temporary, until } from "./support.mjs";

after(closeBrowser);

const patience = 60_000;
const isLinked = /(?:on this network|directly) · [\d.]+ ms/;

async function hub(t, args = [], options = {}) {
  const child = run(t, ["hub", "--host", "127.0.0.1", "--port", "0", "--json", ...args], options);
  const ready = JSON.parse((await child.said(/(\{.*"ev":"ready".*\})/))[1]);
  return Object.assign(child, { port: ready.port, origin: `http://127.0.0.1:${ready.port}` });
}

const events = child => child.out().split("\n").filter(Boolean).map(line => JSON.parse(line));
const path = page => page.evaluate(() => document.querySelector(".path")?.textContent ?? "");
const linked = page => until(async () => isLinked.test(await path(page)), "the page says that it is linked", patience);
const reads = (page, text) => until(async () => (await page.text()) === text, `the page has ${text.length} characters of text`, patience);
const watcherIsLinked = watcher => watcher.said(/the host is reached directly/, patience);

/** A page of a browser that knows no WebRTC, as behind a firewall that lets none through. */
async function openPageWithout(link) {
  const context = await (await browser()).newContext();
  await context.addInitScript(() => Reflect.deleteProperty(globalThis, "RTCPeerConnection"));
  return openPage(link, context);
}

test("a terminal's session: pages and terminals link with it, and all sides say by which way", async t => {
  const host = await stream(t, ["--json"]);
  host.write("one\n");
  const page = await openPage(host.link);
  const watcher = run(t, ["watch", "--json", host.link]);
  await reads(page, "one\n");
  await linked(page);
  await until(() => events(watcher).some(e => e.ev === "path" && /local|direct/.test(e.path) && e.rttMs >= 0), "the watcher's event", patience);
  await until(() => events(host).filter(e => e.ev === "peer-path" && /local|direct/.test(e.path)).length === 2, "the host's two events", patience);
  host.write("two\n");
  await reads(page, "one\ntwo\n");
  host.end();
  assert.equal(await watcher.ended, 0);
  assert.equal(events(watcher).filter(e => e.ev === "text").map(e => e.text).join(""), "one\ntwo\n");
  await until(async () => /Ended/.test(await page.state()), "the end", patience);
  assert.equal(await host.ended, 0);
  assert.deepEqual(page.problems, []);
});

test("the hub is killed: linked viewers read on, others catch up with the next, nothing twice", async t => {
  const { folder } = temporary(t);
  const first = await hub(t, ["--data", folder]);
  const host = await stream(t, ["--hub", first.origin]);
  const [page, other] = [await openPage(host.link), await openPageWithout(host.link)];
  const watcher = run(t, ["watch", host.link]);
  host.write("before\n");
  await Promise.all([reads(page, "before\n"), reads(other, "before\n"), linked(page), watcherIsLinked(watcher)]);
  first.kill("SIGKILL");
  await first.ended;
  await host.said(/no hub/);
  host.write("without a hub\n");
  await reads(page, "before\nwithout a hub\n");
  await until(() => watcher.out() === "before\nwithout a hub\n", "the terminal reads on", patience);
  assert.equal(await other.text(), "before\n");
  const second = run(t, ["hub", "--host", "127.0.0.1", "--port", String(first.port), "--data", folder, "--json"]);
  await second.said(/ready/);
  await reads(other, "before\nwithout a hub\n");
  host.write("after\n");
  host.end();
  const whole = "before\nwithout a hub\nafter\n";
  await Promise.all([page, other].map(one => reads(one, whole)));
  assert.equal(await watcher.ended, 0);
  assert.equal(watcher.out(), whole);
  assert.deepEqual(page.problems, []);
});

test("--no-direct on either side, and browsers without WebRTC, read over the hub", async t => {
  const closed = await stream(t, ["--no-direct"]);
  const open = await stream(t);
  const readers = [
    [closed, await openPage(closed.link)],
    [open, await openPageWithout(open.link)],
  ];
  const watchers = [run(t, ["watch", closed.link]), run(t, ["watch", "--no-direct", open.link])];
  let expected = "";
  for (let i = 0; i < 300; i++) {
    expected += `word${i} `;
    closed.write(`word${i} `);
    open.write(`word${i} `);
  }
  for (const [, page] of readers) {
    await reads(page, expected);
    assert.equal(await path(page), "via the hub");
  }
  for (const host of [closed, open]) await host.said(/viewers 2/);
  closed.end();
  open.end();
  for (const watcher of watchers) {
    assert.equal(await watcher.ended, 0);
    assert.equal(watcher.out(), expected);
    assert.doesNotMatch(watcher.err(), /reached directly/);
  }
  for (const host of [closed, open]) assert.doesNotMatch(host.err(), /reached directly/);
});

test("reloads and late joiners over direct links miss nothing", async t => {
  const host = await stream(t);
  const page = await openPage(host.link);
  let expected = "";
  for (let reload = 0; reload < 5; reload++) {
    for (let i = 0; i < 100; i++) {
      expected += `tok${reload}.${i} `;
      host.write(`tok${reload}.${i} `);
    }
    await linked(page);
    await page.reload();
  }
  await reads(page, expected);
  await linked(page);
  const [late, watcher] = [await openPage(host.link), run(t, ["watch", host.link])];
  await reads(late, expected);
  await Promise.all([linked(late), watcherIsLinked(watcher)]);
  host.write("the end\n");
  host.end();
  for (const one of [page, late]) await reads(one, expected + "the end\n");
  assert.equal(await watcher.ended, 0);
  assert.equal(watcher.out(), expected + "the end\n");
});

test("viewers beyond --max-direct stay on the hub and miss nothing", async t => {
  const host = await stream(t, ["--max-direct", "1"]);
  const page = await openPage(host.link);
  host.write("a ");
  await reads(page, "a ");
  await linked(page);
  const watchers = [run(t, ["watch", host.link]), run(t, ["watch", host.link])];
  await host.said(/viewers 3/);
  let expected = "a ";
  for (let i = 0; i < 500; i++) {
    expected += `word${i} `;
    host.write(`word${i} `);
  }
  host.end();
  await reads(page, expected);
  for (const watcher of watchers) {
    assert.equal(await watcher.ended, 0);
    assert.equal(watcher.out(), expected);
    assert.doesNotMatch(watcher.err(), /reached directly/);
  }
});

test("a page's session is read by a terminal over a direct link, also without a hub", async t => {
  const real = await hub(t);
  const page = await openPage(`http://127.0.0.1:${real.port}/`);
  await page.getByRole("link", { name: "Share from this page" }).click();
  await page.locator(".state[data-tone=live]").waitFor({ timeout: patience });
  const link = await page.locator(".session-link").inputValue();
  const watcher = run(t, ["watch", link]);
  await page.locator("#compose").fill("from a page");
  await page.getByRole("button", { name: "Share text" }).click();
  await watcher.said(/from a page/, patience);
  await watcherIsLinked(watcher);
  await until(async () => isLinked.test(await page.locator(".viewers .path").innerText()), "the page lists the way", patience);
  real.kill("SIGKILL");
  await real.ended;
  await page.locator("#compose").fill("without a hub");
  await page.getByRole("button", { name: "Share text" }).click();
  await watcher.said(/without a hub/, patience);
  assert.deepEqual(page.problems, []);
});
