// `roost stream --can-edit`: a terminal streams into a document that a page and other terminals edit meanwhile.
import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { closeBrowser, decodePrintedQr, openPage, roost, run, stream, temporary, until } from "./support.mjs";

after(closeBrowser);

const sheet = page => page.inputValue("#document");
const live = page => page.waitForSelector(".doc[data-caught-up=true] .state[data-tone=live]");
/** The line below the one that says where the document is open: it may come a moment later. */
const readOnlyLink = async host => (await host.said(/Only to read\s+(http\S+)/))[1];

/** The host, with a state folder of its own. */
async function streaming(t, args = [], state = temporary(t).folder) {
  return Object.assign(await stream(t, ["--can-edit", ...args], { env: { XDG_STATE_HOME: state } }), { state });
}

async function doc(t, state, args, input = "") {
  const verb = run(t, ["doc", ...args], { env: { XDG_STATE_HOME: state } });
  verb.write(input);
  verb.end();
  return { code: await verb.ended, out: verb.out(), err: verb.err() };
}

/** `roost doc open` in a terminal made by script(1). */
function terminal(t, args) {
  const state = temporary(t).folder;
  const quoted = args.map(arg => `'${arg}'`).join(" ");
  const child = spawn("script", ["-qfec", `stty cols 80 rows 24; exec '${roost}' doc open ${quoted}`, "/dev/null"], {
    env: { ...process.env, TERM: "xterm-256color", XDG_STATE_HOME: state }, stdio: ["pipe", "pipe", "inherit"],
  });
  let out = "";
  child.stdout.on("data", bytes => { out += bytes.toString("utf8"); });
  const ended = new Promise(done => child.on("close", code => done(code)));
  t.after(async () => { child.kill("SIGKILL"); await ended; });
  // Others' cursors are colours in the middle of the text.
  const shown = () => out.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "");
  return { press: keys => child.stdin.write(keys), shown, ended, state };
}

test("a page and a terminal write into the text while it streams, and a late reader gets all of it", async t => {
  const host = await streaming(t, ["--title", "Draft"]);
  assert.equal(decodePrintedQr(host.err()), host.link, "the QR code is the link");
  host.write("one ");
  const page = await openPage(host.link);
  await live(page);
  await until(async () => await sheet(page) === "one ", "the page shows what was streamed before it came");
  assert.equal(await page.inputValue(".title"), "Draft");
  await page.focus("#document");
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("PAGE ");
  const editor = terminal(t, ["notes", host.link]);
  await until(() => editor.shown().includes("PAGE one "), "the terminal shows what there is");
  host.write("two ");
  await until(async () => await sheet(page) === "PAGE one two ", "the page's words stay, the stream goes on behind its own");
  await until(() => editor.shown().includes("PAGE one two "), "the terminal shows what is streamed");
  editor.press("TERMINAL ");
  await until(async () => await sheet(page) === "TERMINAL PAGE one two ", "the page shows what the terminal typed");
  await page.keyboard.press("Control+End");
  await page.keyboard.type("[end]");
  host.write("three");
  // Both were written at one place at one time: which is first is chance, that both stay whole is not.
  const both = ["TERMINAL PAGE one two three[end]", "TERMINAL PAGE one two [end]three"];
  await until(async () => both.includes(await sheet(page)), "what is written at the stream's end cuts nothing");
  const text = await sheet(page);
  await host.said(/somebody writes along/);
  const reader = await openPage(await readOnlyLink(host));
  await live(reader);
  await until(async () => await sheet(reader) === text, "who comes late reads all");
  assert.equal(await reader.evaluate(() => document.querySelector("#document").readOnly), true);
  host.end();
  assert.equal(await host.ended, 0);
  assert.equal(host.out(), "one two three", "stdout is the stream, unchanged");
  assert.ok(host.err().includes("not kept on this machine"));
  await page.keyboard.press("Control+End");
  await page.keyboard.type("!");
  assert.equal(await sheet(page), `${text}!`, "the page goes on without its host");
  editor.press("\x11");
  assert.equal(await editor.ended, 0);
  assert.equal((await doc(t, editor.state, ["cat", "notes", "--offline"])).out.replace("!", ""), text, "the terminal keeps it");
  assert.deepEqual([...page.problems, ...reader.problems], []);
});

test("--room keeps the document: the next stream goes on behind it, and roost doc opens it", async t => {
  const first = await streaming(t, ["--room", "log"]);
  first.write("first");
  first.end();
  assert.equal(await first.ended, 0);
  assert.equal((await doc(t, first.state, ["cat", "log", "--offline"])).out, "first");
  const second = await streaming(t, ["--room", "log", "--", "printf", "second\\n"], first.state);
  assert.equal(second.link.split("#")[1], first.link.split("#")[1], "the link stays");
  assert.equal(await second.ended, 0);
  assert.equal((await doc(t, first.state, ["cat", "log", "--offline"])).out, "first\nsecond\n");
});

test("through a hub that keeps it, the document is there when the host is gone; --json says what happens", async t => {
  const { folder } = temporary(t);
  const served = run(t, ["hub", "--host", "127.0.0.1", "--port", "0", "--data", folder]);
  const [address] = await served.said(/http:\/\/localhost:\d+/);
  // What keeps is a peer of the hub, which comes a moment after it.
  const other = temporary(t).folder;
  await until(async () => (await doc(t, other, ["import", "other", "-", "--hub", address], "words"), readdirSync(folder, { recursive: true }).some(name => name.endsWith(".log"))), "the hub keeps documents");
  const host = run(t, ["stream", "--can-edit", "--hub", address, "--keep", "1h", "--json", "--", "sh", "-c", "echo kept; exit 7"], { env: { XDG_STATE_HOME: folder } });
  await host.said(/"ev":"kept","seconds":3600/);
  assert.equal(await host.ended, 7, "the command's exit code");
  const events = host.out().trim().split("\n").map(line => JSON.parse(line));
  const ready = events.find(({ ev }) => ev === "ready");
  assert.deepEqual(events.find(({ ev }) => ev === "done"), { ...events.find(({ ev }) => ev === "done"), bytes: 5, exit: 7 });
  const page = await openPage(ready.readOnlyLink);
  await until(async () => await sheet(page) === "kept\n", "a page reads it from the hub alone");
});

test("what is no text, and a line without an end, harm nobody", async t => {
  const host = await streaming(t);
  const page = await openPage(host.link);
  await live(page);
  host.child.stdin.write(Buffer.from([0x41, 0xff, 0xfe, 0x00, 0x1b, 0x5b, 0x33, 0x31, 0x6d, 0x42, 0x0d, 0x0a]));
  await until(async () => await sheet(page) === "A\uFFFD\uFFFD\uFFFDB\n", "it stands as what it is");
  assert.match(host.err(), /ROOST-2514/);
  const long = "0123456789".repeat(60_000);
  host.write(long);
  await until(async () => (await sheet(page)).length === long.length + 6, "the long line is there");
  assert.ok((await sheet(page)).endsWith(long));
  await page.focus("#document");
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("#");
  host.write("last words");
  await host.said(/last words/);
  host.kill("SIGINT");
  assert.equal(await host.ended, 130);
  await until(async () => (await sheet(page)).includes("last words"), "^C ends it in order");
  assert.deepEqual(page.problems, []);
});

test("a hub that cannot be reached, a flag that means nothing, a link that may only read", async t => {
  const { folder } = temporary(t);
  const address = "http://127.0.0.1:1"; // a port that nobody gets
  const alone = run(t, ["stream", "--can-edit", "--hub", address], { env: { XDG_STATE_HOME: folder } });
  alone.write("text");
  alone.end();
  assert.equal(await alone.ended, 3);
  assert.match(alone.err(), /ROOST-2516/);
  assert.equal(alone.out(), "text");
  const format = run(t, ["stream", "--can-edit", "--format", "md"]);
  assert.equal(await format.ended, 2);
  const keep = run(t, ["stream", "--can-edit", "--keep", "1h"]);
  assert.equal(await keep.ended, 2);
  assert.match(keep.err(), /ROOST-2005/);
  const host = await streaming(t);
  const reading = join(folder, "roost", "docs", "theirs");
  mkdirSync(reading, { recursive: true });
  writeFileSync(join(reading, "link"), await readOnlyLink(host));
  const refused = run(t, ["stream", "--can-edit", "--room", "theirs"], { env: { XDG_STATE_HOME: folder } });
  assert.equal(await refused.ended, 7);
  assert.match(refused.err(), /ROOST-2506/);
});
