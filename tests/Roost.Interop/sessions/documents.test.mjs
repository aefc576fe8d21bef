// One document in a terminal and in Chromium at once, through ./roost hub.
import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { closeBrowser, openPage, roost, run, temporary, until } from "./support.mjs";

after(closeBrowser);

const sheet = page => page.inputValue("#document");
const live = page => page.waitForSelector(".doc[data-caught-up=true] .state[data-tone=live]");

/** A hub that keeps documents. */
async function hub(t) {
  const { folder } = temporary(t);
  const data = join(folder, "data");
  const hub = run(t, ["hub", "--host", "127.0.0.1", "--port", "0", "--data", data]);
  const [url] = await hub.said(/http:\/\/localhost:\d+/);
  return { data, url };
}

/** Runs a verb to its end. */
async function doc(t, state, args, { input } = {}) {
  const verb = run(t, ["doc", ...args], { env: { XDG_STATE_HOME: state } });
  if (input !== undefined) verb.write(input);
  verb.end();
  return { code: await verb.ended, out: verb.out(), err: verb.err() };
}

/** `roost doc open` in a terminal of 80 by 24, made by script(1). */
function terminal(t, state, args, env = {}) {
  const quoted = args.map(arg => `'${arg}'`).join(" ");
  const child = spawn("script", ["-qfec", `stty cols 80 rows 24; exec '${roost}' doc open ${quoted}`, "/dev/null"], {
    env: { ...process.env, TERM: "xterm-256color", XDG_STATE_HOME: state, NO_COLOR: "", ...env }, stdio: ["pipe", "pipe", "inherit"],
  });
  let out = "";
  child.stdout.on("data", bytes => { out += bytes.toString("utf8"); });
  const ended = new Promise(done => child.on("close", code => done(code)));
  t.after(async () => { child.kill("SIGKILL"); await ended; });
  return { press: keys => child.stdin.write(keys), out: () => out, ended };
}

test("a terminal and a page write one text, see each other's cursors, and undo their own", async t => {
  const { folder } = temporary(t);
  const { url } = await hub(t);
  const made = await doc(t, folder, ["import", "notes", "-", "--hub", url], { input: "" });
  assert.equal(made.code, 0, made.err);
  const link = (await doc(t, folder, ["link", "notes"])).out.trim();
  const editor = terminal(t, folder, ["notes", "--name", "Terminal"]);
  await until(() => /online/.test(editor.out()), "the terminal is online");
  const page = await openPage(link);
  await live(page);
  await page.fill("#your-name", "Page");
  await page.focus("#document");
  editor.press("typed in a terminal");
  await until(async () => await sheet(page) === "typed in a terminal", "the page shows what the terminal typed");
  await page.keyboard.press("Control+End");
  await page.keyboard.type(" and a page");
  await until(() => editor.out().includes("and a page") || /a.{0,20}n.{0,20}d/.test(editor.out().slice(-400)), "the terminal shows what the page typed");
  await page.waitForSelector(".people >> text=Terminal");
  await until(() => /here: .*Page/.test(editor.out()), "the terminal names the page");
  await until(() => /\x1b\[\d+;48;2;\d+;\d+;\d+m/.test(editor.out()), "the page's cursor is coloured in the terminal");
  editor.press("\x1a");
  await until(async () => await sheet(page) === " and a page", "undo in the terminal takes back the terminal's words only");
  await page.keyboard.press("Control+z");
  await until(async () => await sheet(page) === "", "undo in the page takes back the page's");
  editor.press("\x11");
  assert.equal(await editor.ended, 0);
  assert.ok(editor.out().includes("\x1b[?1049l"), "the terminal is given back");
  assert.deepEqual(page.problems, []);
});

test("a hub that keeps documents brings together who is never online at once, and can read nothing of it", async t => {
  const [ada, bob] = [temporary(t).folder, temporary(t).folder];
  const { url, data } = await hub(t);
  assert.equal((await doc(t, ada, ["import", "plan", "-", "--hub", url], { input: "canary one\n" })).code, 0);
  const link = (await doc(t, ada, ["link", "plan"])).out.trim();
  const readOnly = (await doc(t, ada, ["link", "plan", "--read-only"])).out.trim();
  assert.notEqual(link, readOnly);
  // The first visit asked the hub to keep; the second brings what it has.
  await until(async () => (await doc(t, ada, ["cat", "plan"]), readdirSync(data, { recursive: true }).some(name => name.endsWith(".log"))), "the hub keeps it");
  const page = await openPage(link);
  await live(page);
  await until(async () => await sheet(page) === "canary one\n", "a page reads what nobody online has but the hub");
  await page.keyboard.press("Tab");
  await page.focus("#document");
  await page.keyboard.press("Control+End");
  await page.keyboard.type("canary two");
  await until(async () => (await doc(t, ada, ["cat", "plan"])).out === "canary one\ncanary two", "the terminal reads what the page wrote");
  await page.context().close();
  const reader = await openPage(readOnly);
  await live(reader);
  await until(async () => await sheet(reader) === "canary one\ncanary two", "the reader reads it");
  assert.equal(await reader.evaluate(() => document.querySelector("#document").readOnly), true);
  for (const name of readdirSync(data, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile()))
    assert.ok(!readFileSync(join(name.parentPath ?? name.path, name.name)).includes("canary"), `${name.name} holds no text`);
  assert.equal((await doc(t, bob, ["cat", "plan"])).code, 9);
});

test("edits that were made without a hub merge when there is one, and export and import carry Yjs's own bytes", async t => {
  const { folder } = temporary(t);
  const { url } = await hub(t);
  assert.equal((await doc(t, folder, ["import", "list", "-", "--hub", url], { input: "milk\n" })).code, 0);
  assert.equal((await doc(t, folder, ["import", "list", "-", "--offline"], { input: "milk\nbread\n" })).code, 0);
  const offline = await doc(t, folder, ["cat", "list", "--offline"]);
  assert.equal(offline.out, "milk\nbread\n");
  const link = (await doc(t, folder, ["link", "list"])).out.trim();
  const page = await openPage(link);
  await live(page);
  const seen = doc(t, folder, ["cat", "list"]);
  assert.equal((await seen).out, "milk\nbread\n");
  const watch = run(t, ["doc", "watch", "list", "--json"], { env: { XDG_STATE_HOME: folder } });
  await until(async () => await sheet(page) === "milk\nbread\n", "the page gets what was written offline");
  await page.focus("#document");
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("eggs ");
  await watch.said(/"ev":"document","text":"eggs milk\\nbread\\n"/);
  watch.kill("SIGINT");
  assert.equal(await watch.ended, 130);
  const file = join(folder, "list.yjs");
  assert.equal((await doc(t, folder, ["export", "list", file])).code, 0);
  assert.equal((await doc(t, folder, ["import", "copy", file, "--format", "yjs"])).code, 0);
  assert.equal((await doc(t, folder, ["cat", "copy", "--offline"])).out, "eggs milk\nbread\n");
  writeFileSync(file, Buffer.from([9, 9, 9]));
  assert.equal((await doc(t, folder, ["import", "copy", file, "--format", "yjs"])).code, 2);
});

test("what cannot be done says so with its code: no terminal, no such document, a link of another kind", async t => {
  const { folder } = temporary(t);
  const piped = await doc(t, folder, ["open", "notes"]);
  assert.equal(piped.code, 2);
  assert.match(piped.err, /ROOST-2511/);
  const unknown = await doc(t, folder, ["cat", "nothing"]);
  assert.equal(unknown.code, 9);
  assert.match(unknown.err, /ROOST-2503/);
  const bare = terminal(t, folder, ["notes", "http://localhost:1/#AQAAAQIDBAUGBwgJCgsMDQ4PVkdap1RjR0wChd9dvyvKtw"]);
  await until(() => /ROOST-3007/.test(bare.out()), "a session's link is no document's");
  await bare.ended;
});
