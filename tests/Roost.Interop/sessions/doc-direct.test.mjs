// One document in terminals and pages that link with one another directly, and write on when the hub is killed.
import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { browser, closeBrowser, openPage, roost, run, temporary, until } from "./support.mjs";

after(closeBrowser);

const patience = 100_000;
const sheet = page => page.inputValue("#document");
const becomes = (page, text) => until(async () => await sheet(page) === text, `the page shows ${JSON.stringify(text)}`, patience);
const live = page => page.waitForSelector(".doc[data-caught-up=true] .state[data-tone=live]", { timeout: patience });
const links = page => page.$$eval(".people .path", paths => paths.filter(({ textContent }) => /(?:on this network|directly) · [\d.]+ ms/.test(textContent)).length);
const isLinked = (page, count) => until(async () => await links(page) === count, `the page is linked with ${count}`, patience);
async function hub(t, port = 0, more = []) {
  const child = run(t, ["hub", "--host", "127.0.0.1", "--port", String(port), "--json", ...more]);
  const ready = JSON.parse((await child.said(/(\{.*"ev":"ready".*\})/, patience))[1]);
  return Object.assign(child, { port: ready.port, url: `http://127.0.0.1:${ready.port}` });
}

async function doc(t, state, args, input = "") {
  const verb = run(t, ["doc", ...args], { env: { XDG_STATE_HOME: state } });
  verb.write(input);
  verb.end();
  assert.equal(await verb.ended, 0, verb.err());
  return verb.out();
}

/** A new document at a hub; its links. */
async function made(t, url, state, text = "") {
  await doc(t, state, ["import", "notes", "-", "--hub", url], text);
  const [link, readOnly] = [await doc(t, state, ["link", "notes"]), await doc(t, state, ["link", "notes", "--read-only"])];
  return { link: link.trim(), readOnly: readOnly.trim() };
}

/** `roost doc open` in a terminal of 80 by 24, made by script(1). */
function terminal(t, state, args) {
  const quoted = args.map(arg => `'${arg}'`).join(" ");
  const child = spawn("script", ["-qfec", `stty cols 80 rows 24; exec '${roost}' doc open ${quoted}`, "/dev/null"], {
    env: { ...process.env, TERM: "xterm-256color", XDG_STATE_HOME: state, NO_COLOR: "1" }, stdio: ["pipe", "pipe", "inherit"],
  });
  let out = "";
  child.stdout.on("data", bytes => { out += bytes.toString("utf8"); });
  const ended = new Promise(done => child.on("close", code => done(code)));
  t.after(async () => { child.kill("SIGKILL"); await ended; });
  return { press: keys => child.stdin.write(keys), out: () => out, ended };
}

/** A page of a browser that knows no WebRTC: it stays on the hub. */
async function openPageWithout(link) {
  const context = await (await browser()).newContext();
  await context.addInitScript(() => Reflect.deleteProperty(globalThis, "RTCPeerConnection"));
  return openPage(link, context);
}

async function type(page, text, at = "Control+End") {
  await page.focus("#document");
  await page.keyboard.press(at);
  await page.keyboard.type(text);
}

test("a terminal and a page link, and write on with each other when the hub is killed", async t => {
  const { folder } = temporary(t);
  const first = await hub(t);
  const { link } = await made(t, first.url, folder);
  const editor = terminal(t, folder, ["notes", "--name", "Terminal"]);
  await until(() => /online/.test(editor.out()), "the terminal is online", patience);
  const page = await openPage(link);
  await live(page);
  await Promise.all([isLinked(page, 1), until(() => /1 direct/.test(editor.out()), "the terminal says that it is linked", patience)]);
  editor.press("terminal ");
  await becomes(page, "terminal ");
  first.kill("SIGKILL");
  await first.ended;
  await until(() => /offline/.test(editor.out()), "the terminal says that it is offline", patience);
  await page.waitForSelector("text=The hub is away", { timeout: patience });
  await type(page, "page ", "Control+Home");
  editor.press("TERMINAL ");
  await becomes(page, "page terminal TERMINAL ");
  const second = await hub(t, first.port);
  const late = await openPage(link);
  await live(late);
  await becomes(late, "page terminal TERMINAL ");
  await isLinked(late, 2);
  await type(late, "late");
  await becomes(page, "page terminal TERMINAL late");
  editor.press("\x11");
  assert.equal(await editor.ended, 0);
  assert.equal(await doc(t, folder, ["cat", "notes", "--offline"]), "page terminal TERMINAL late");
  second.kill();
  assert.deepEqual([...page.problems, ...late.problems], []);
});

test("a read-only page reads over its links without a hub; who stays on the hub gets the rest with the next", async t => {
  const { folder } = temporary(t);
  const first = await hub(t);
  const { link, readOnly } = await made(t, first.url, folder);
  const editor = terminal(t, folder, ["notes"]);
  await until(() => /online/.test(editor.out()), "the terminal is online", patience);
  const hubOnly = temporary(t).folder;
  const other = terminal(t, hubOnly, ["theirs", link, "--no-direct"]);
  const [reader, writer] = [await openPage(readOnly), await openPage(link)];
  await Promise.all([live(reader), live(writer)]);
  await until(() => /here: .*,/.test(other.out()), "everybody is here", patience);
  await until(() => /2 direct/.test(editor.out()), "both pages are linked with", patience);
  await Promise.all([isLinked(reader, 2), isLinked(writer, 2)]);
  editor.press("one ");
  await Promise.all([becomes(reader, "one "), until(() => other.out().includes("one "), "over the hub", patience)]);
  first.kill("SIGKILL");
  await first.ended;
  await type(writer, "two ");
  await becomes(reader, "one two ");
  assert.equal(await reader.evaluate(() => document.querySelector("#document").readOnly), true);
  await hub(t, first.port);
  await until(() => other.out().includes("two"), "the next hub brings the rest", patience);
  assert.doesNotMatch(other.out(), /\d direct/);
  for (const one of [editor, other]) one.press("\x11");
  await Promise.all([editor.ended, other.ended]);
  for (const [state, name] of [[folder, "notes"], [hubOnly, "theirs"]]) assert.equal(await doc(t, state, ["cat", name, "--offline"]), "one two ");
  assert.deepEqual([...reader.problems, ...writer.problems], []);
});

test("what linked pages write, a hub that keeps documents keeps", async t => {
  const { folder } = temporary(t);
  const { url } = await hub(t, 0, ["--data", join(folder, "data")]);
  // What keeps is a peer of the hub, which comes a moment after it.
  await until(async () => (await made(t, url, folder, "kept "), readdirSync(join(folder, "data"), { recursive: true }).some(name => name.endsWith(".log"))), "the hub keeps documents", patience);
  const { link } = await made(t, url, folder, "kept ");
  const [one, two, beside] = [await openPage(link), await openPage(link), await openPageWithout(link)];
  await Promise.all([one, two, beside].map(page => live(page).then(() => becomes(page, "kept "))));
  await Promise.all([isLinked(one, 1), isLinked(two, 1)]);
  await type(one, "from one ");
  await becomes(two, "kept from one ");
  await type(two, "from two ");
  await becomes(one, "kept from one from two ");
  // What the hub brought to a third, it brought to its keeper.
  await becomes(beside, "kept from one from two ");
  await Promise.all([one, two, beside].map(page => page.close()));
  const state = temporary(t).folder;
  const editor = terminal(t, state, ["copy", link]);
  await until(() => editor.out().includes("from two"), "the hub gives all of it to who comes later", patience);
  editor.press("\x11");
  await editor.ended;
  assert.equal(await doc(t, state, ["cat", "copy", "--offline"]), "kept from one from two ");
});
