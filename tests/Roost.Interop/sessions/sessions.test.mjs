// `… | ./roost stream`, read in real Chromium by whoever has the link that was printed.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { browser, closeBrowser, decodePrintedQr, openPage, run, stream, temporary, until } from "./support.mjs";

after(closeBrowser);

test("the printed QR code leads a page to the text, live and from the start", async t => {
  const host = await stream(t, ["--title", "a session"]);
  const link = decodePrintedQr(host.err());
  assert.equal(link, host.link);
  host.write("before anyone came\n");
  const page = await openPage(link);
  await until(async () => (await page.text()).includes("before anyone came"), "the text from the start");
  host.write("while somebody reads: Grüße \u{1F426}\n");
  await until(async () => (await page.text()).includes("Grüße \u{1F426}"), "live text");
  assert.match(await page.state(), /Live/);
  assert.equal(await page.evaluate(() => document.querySelector("h1").textContent), "a session");
  await host.said(/viewers 1/);
  host.end();
  await until(async () => /Ended/.test(await page.state()), "the end");
  assert.equal(await host.ended, 0);
  assert.equal(host.out(), "before anyone came\nwhile somebody reads: Grüße \u{1F426}\n");
  assert.deepEqual(page.problems, []);
});

test("a page on a plain http name of the network reads too, and says what is not promised", async t => {
  const probe = await stream(t);
  const port = new URL(probe.link).port;
  probe.kill();
  await probe.ended;
  const host = await stream(t, ["--port", port], { env: { PUBLIC_URL: `http://lan.test:${port}` } });
  assert.match(host.link, /^http:\/\/lan\.test:/);
  assert.equal(decodePrintedQr(host.err()), host.link);
  host.write("hello phone\n");
  const page = await openPage(host.link);
  assert.equal(await page.evaluate(() => typeof crypto.subtle), "undefined");
  await until(async () => (await page.text()).includes("hello phone"), "the text");
  assert.match(await page.evaluate(() => document.body.textContent), /not protected against others on this network/i);
  assert.deepEqual(page.problems, []);
});

test("twenty reloads lose nothing and double nothing", async t => {
  const host = await stream(t);
  const page = await openPage(host.link);
  let expected = "";
  for (let reload = 0; reload < 20; reload++) {
    for (let i = 0; i < 25; i++) {
      const token = `tok${reload}.${i} `;
      expected += token;
      host.write(token);
    }
    await page.reload();
  }
  await until(async () => (await page.text()) === expected, "the whole text, once");
});

test("a host that is killed and comes back with --room goes on where it was", async t => {
  const state = temporary(t);
  const env = { XDG_STATE_HOME: state.folder };
  const first = await stream(t, ["--room", "my-room"], { env });
  const page = await openPage(first.link);
  first.write("one\n");
  await until(async () => (await page.text()) === "one\n", "the first text");
  first.kill("SIGKILL");
  await first.ended;
  await until(async () => /lost|gone|waiting|trying/i.test(await page.state()), "the page sees that the host is gone");
  const second = await stream(t, ["--room", "my-room"], { env });
  assert.equal(second.link, first.link);
  second.write("two\n");
  await until(async () => (await page.text()) === "one\ntwo\n", "both texts, once");
  const late = await openPage(second.link);
  await until(async () => (await late.text()) === "one\ntwo\n", "a late joiner has both");
});

test("a damaged link says so", async t => {
  const host = await stream(t);
  for (const link of [host.link.slice(0, -3), host.link + "AA", host.link.replace(/#.{4}/, "#AQAB")]) {
    const page = await openPage(link);
    const words = await until(() => page.evaluate(() => document.body.textContent), "any words");
    if (link.length !== host.link.length) {
      assert.match(words, /damaged/i);
    }
  }
});

test("the host is told to be gone when it ends, and a reload after that still shows the text", async t => {
  const host = await stream(t, ["--", "sh", "-c", "echo from a command; exit 3"]);
  assert.equal(await host.ended, 3);
  const other = await stream(t, ["--linger", "60s", "--", "sh", "-c", "echo from a command; exit 3"]);
  const page = await openPage(other.link);
  await until(async () => /exit code 3/.test(await page.state()), "the exit code");
  assert.equal(await page.text(), "from a command\n");
});

test("colours come through and markup does not", async t => {
  const host = await stream(t);
  host.write("\u001b[31mred\u001b[0m <img src=x onerror=alert(1)>\n");
  const page = await openPage(host.link);
  await until(async () => (await page.text()).includes("red"), "the text");
  assert.equal(await page.text(), "red <img src=x onerror=alert(1)>\n");
  assert.equal(await page.evaluate(() => document.querySelectorAll(".log img").length), 0);
  assert.ok(await page.evaluate(() => [...document.querySelectorAll(".log span")].some(s => s.textContent === "red")));
  assert.deepEqual(page.problems, []);
});

test("binary input is passed through unchanged and breaks no page", async t => {
  const host = await stream(t);
  const page = await openPage(host.link);
  const bytes = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) & 0xff));
  host.write(bytes);
  host.write("\nafter\n");
  await until(async () => (await page.text()).includes("after"), "the text after the bytes");
  host.end();
  await host.ended;
  assert.deepEqual(page.problems, []);
});

test("a terminal and two pages read the same", async t => {
  const host = await stream(t);
  const watcher = run(t, ["watch", host.link]);
  const context = await (await browser()).newContext();
  const pages = [await openPage(host.link, context), await openPage(host.link, context)];
  await host.said(/viewers 3/);
  let expected = "";
  for (let i = 0; i < 500; i++) {
    expected += `word${i} `;
    host.write(`word${i} `);
  }
  host.end();
  assert.equal(await watcher.ended, 0);
  assert.equal(watcher.out(), expected);
  for (const page of pages) {
    await until(async () => (await page.text()) === expected, "the same text in a page");
  }
});

test("roost up shows a QR code that leads to the web app", async t => {
  const { folder } = temporary(t);
  const up = run(t, ["up", "--port", "0", "--host", "127.0.0.1"], { env: { XDG_STATE_HOME: folder } });
  const [, link] = await up.said(/open\s+(http\S+)/);
  assert.equal(decodePrintedQr(up.err()), link);
  const page = await openPage(link);
  await until(() => page.evaluate(() => document.querySelector("h1, form, input") !== null), "the start page");
  assert.equal((await (await fetch(new URL("/health", link))).json()).status, "healthy");
  assert.deepEqual(page.problems, []);
  up.kill();
  assert.equal(await up.ended, 0);
});
