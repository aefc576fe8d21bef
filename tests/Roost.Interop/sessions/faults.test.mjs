// What can go wrong around a session, and what people are told.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { after, test } from "node:test";
import { recordingProxy } from "./recording-proxy.mjs";
import { closeBrowser, openPage, run, stream, temporary, until } from "./support.mjs";

after(closeBrowser);

async function hub(t, args = [], options = {}) {
  const child = run(t, ["hub", "--host", "127.0.0.1", "--port", "0", "--json", ...args], options);
  const ready = JSON.parse((await child.said(/(\{.*"ev":"ready".*\})/))[1]);
  return Object.assign(child, { port: ready.port, origin: `http://127.0.0.1:${ready.port}` });
}

const freePort = () => new Promise(done => {
  const server = net.createServer().listen(0, "127.0.0.1", () => { const { port } = server.address(); server.close(() => done(port)); });
});

test("a port in use is a clear error", async t => {
  const first = await hub(t);
  const second = run(t, ["hub", "--host", "127.0.0.1", "--port", String(first.port)]);
  assert.equal(await second.ended, 11);
  assert.match(second.err(), /ROOST-1902.*in use/);
  const fixed = run(t, ["stream", "--host", "127.0.0.1", "--port", String(first.port)]);
  assert.equal(await fixed.ended, 11);
  assert.match(fixed.err(), /ROOST-1902/);
});

test("stdin that is closed at once ends in order", async t => {
  const host = run(t, ["stream", "--host", "127.0.0.1"]);
  host.end();
  assert.equal(await host.ended, 0);
  assert.equal(host.out(), "");
});

test("one room is hosted by one process of a machine", async t => {
  const { folder } = temporary(t);
  const env = { XDG_STATE_HOME: folder };
  await stream(t, ["--room", "r"], { env });
  const second = run(t, ["stream", "--host", "127.0.0.1", "--room", "r"], { env });
  assert.equal(await second.ended, 11);
  assert.match(second.err(), /ROOST-2003.*hosted by another process/);
});

test("a room's name is checked, and a state folder that cannot be is named", async t => {
  for (const name of ["../evil", "", ".hidden", "a/b", "x".repeat(65)]) {
    const host = run(t, ["stream", "--host", "127.0.0.1", "--room", name]);
    assert.equal(await host.ended, 2, name);
    assert.match(host.err(), /ROOST-2002|ROOST-2000/);
  }
  const nowhere = run(t, ["stream", "--host", "127.0.0.1", "--room", "r"], { env: { XDG_STATE_HOME: "/dev/null/no" } });
  assert.equal(await nowhere.ended, 11);
  assert.match(nowhere.err(), /ROOST-24/);
});

test("a hub that is never there is told at the end, too: nobody read along", async t => {
  const host = run(t, ["stream", "--hub", "http://127.0.0.1:9"]);
  const command = run(t, ["stream", "--hub", "http://127.0.0.1:9", "--", "echo", "by itself"]);
  host.write("some text\n");
  host.end();
  assert.equal(await host.ended, 3);
  assert.equal(host.out(), "some text\n");
  assert.match(host.err(), /ROOST-2008 the hub was never reached/);
  assert.doesNotMatch(host.err(), /done:/);
  assert.equal(await command.ended, 0, "a command keeps its own code");
  assert.match(command.err(), /ROOST-2008/);
});

test("a full log stops the sharing, not the text", async t => {
  const host = await stream(t, ["--max-log", "1"]);
  const page = await openPage(host.link);
  host.write("first\n");
  await until(async () => (await page.text()).startsWith("first"), "the first text");
  const flood = "x".repeat(99) + "\n";
  for (let i = 0; i < 15_000; i++) host.write(flood);
  await host.said(/ROOST-2402/);
  host.write("last\n");
  host.end();
  assert.equal(await host.ended, 11);
  assert.equal(host.out(), "first\n" + flood.repeat(15_000) + "last\n");
});

test("wrong flags, wrong links and commands that are not there", async t => {
  const cases = [
    [["stream", "--nonsense"], 2, /ROOST-2000/],
    [["stream", "--linger", "soon"], 2, /no duration/],
    [["stream", "--max-direct", "1001"], 2, /ROOST-2000[^]*0 to 1000/],
    [["doc", "link", "a", "b", "--nonsense"], 2, /roost doc link --help/],
    [["stream", "--keep", "1h", "--host", "127.0.0.1"], 2, /ROOST-2005/],
    [["stream", "--hub", "not a hub"], 2, /ROOST-2001/],
    [["stream", "--host", "127.0.0.1", "--", "/no/such/command"], 127, /ROOST-2403/],
    [["watch", "hello"], 2, /ROOST-3003/],
    [["watch", "http://127.0.0.1:1/#AQAB"], 9, /ROOST-3001.*damaged/],
    [["watch", "http://127.0.0.1:1/#AgAguQv02Au7JSsqFUQDyPH326S8OlRqds5h54bWr3yLdQ"], 12, /ROOST-3002/],
    [["hub", "--port", "70000"], 2, /ROOST-/],
    [["hub", "--port", "abc"], 2, /ROOST-2000 --port takes a number, not "abc"/],
    [["hub", "--port", "0", "--mesh", "nowhere"], 2, /ROOST-1903 The bootstrap[^]*→ write it as ws:/],
    [["simulate", "--kill", "0.5@100", "--minutes", "1"], 2, /ends before anything is killed/],
    [["simulate", "--report", "/no/such/folder/report.html"], 11, /ROOST-2400/],
  ];
  for (const [args, exit, words] of cases) {
    const child = run(t, args);
    child.end();
    assert.equal(await child.ended, exit, args.join(" "));
    assert.match(child.err(), words, args.join(" "));
  }
});

test("nobody at the other end: watch says which and ends", async t => {
  const port = await freePort();
  const link = `http://127.0.0.1:${port}/#AQAguQv02Au7JSsqFUQDyPH326S8OlRqds5h54bWr3yLdQ`;
  const noHub = run(t, ["watch", link]);
  assert.equal(await noHub.ended, 3);
  assert.match(noHub.err(), /ROOST-3005/);
  const alone = await hub(t);
  const noHost = run(t, ["watch", "--timeout", "1s", link.replace(String(port), String(alone.port))]);
  assert.equal(await noHost.ended, 4);
  assert.match(noHost.err(), /ROOST-3004/);
});

test("a link with a wrong letter, or of a session that is over, is told from one that waits", async t => {
  const host = await stream(t);
  const [origin, secret] = host.link.split("#");
  const changed = `${origin}#${secret.slice(0, 5)}${secret[5] === "A" ? "B" : "A"}${secret.slice(6)}`;
  const watcher = run(t, ["watch", changed]);
  assert.equal(await watcher.ended, 9);
  assert.match(watcher.err(), /ROOST-1007 this hub does not know the session[^]*get the link again/);
});

test("the hub is killed and comes back: the stream goes on and nothing is lost", async t => {
  const { folder } = temporary(t);
  const first = await hub(t, ["--data", folder]);
  const host = await stream(t, ["--hub", first.origin]);
  const page = await openPage(host.link);
  const watcher = run(t, ["watch", host.link]);
  host.write("before\n");
  await until(async () => (await page.text()) === "before\n", "the text");
  await watcher.said(/before/);
  first.kill("SIGKILL");
  await first.ended;
  host.write("meanwhile\n");
  await host.said(/no hub/);
  const second = run(t, ["hub", "--host", "127.0.0.1", "--port", String(first.port), "--data", folder, "--json"]);
  await second.said(/ready/);
  host.write("after\n");
  await until(async () => (await page.text()) === "before\nmeanwhile\nafter\n", "all of it, once", 60_000);
  await watcher.said(/after/, 60_000);
  host.end();
  assert.equal(await watcher.ended, 0);
  assert.equal(watcher.out(), "before\nmeanwhile\nafter\n");
});

test("a canary streamed through a hub is nowhere in its frames, its log and its store", async t => {
  const { folder } = temporary(t);
  const port = await freePort();
  const proxyFirst = await recordingProxy(t, port);
  const served = run(t, ["hub", "--host", "127.0.0.1", "--port", String(port), "--data", folder, "--log-level", "trace", "--json"],
    { env: { PUBLIC_URL: `http://127.0.0.1:${proxyFirst.port}` } });
  await served.said(/ready/);
  const host = await stream(t, ["--hub", `http://127.0.0.1:${proxyFirst.port}`, "--title", "CANARYtitle"]);
  const watcher = run(t, ["watch", host.link]);
  const page = await openPage(host.link);
  host.write("a CANARYword in the text\n");
  await watcher.said(/CANARYword/);
  await until(async () => (await page.text()).includes("CANARYword"), "the text in the page");
  host.end();
  await watcher.ended;
  served.kill();
  await served.ended;
  const frames = Buffer.concat(proxyFirst.payloads);
  assert.ok(proxyFirst.payloads.length > 10, "the proxy saw the session");
  const secret = Buffer.from(host.link.split("#")[1], "base64url").subarray(2, 18);
  const seen = [["frames", frames], ["log", Buffer.from(served.err() + served.out())], ...readdirSync(folder).map(file => [file, readFileSync(join(folder, file))])];
  for (const [where, bytes] of seen) {
    assert.equal(bytes.includes("CANARY"), false, `plaintext in ${where}`);
    assert.equal(bytes.includes(secret), false, `the secret in ${where}`);
    assert.equal(bytes.includes(host.link.split("#")[1]), false, `the link in ${where}`);
  }
});

test("a second host with the same key takes over, and the first says so", async t => {
  const shared = await hub(t);
  const { folder } = temporary(t);
  const { folder: other } = temporary(t);
  const first = await stream(t, ["--hub", shared.origin, "--room", "r"], { env: { XDG_STATE_HOME: folder } });
  await first.said(/viewers|Sealed/);
  const { cpSync } = await import("node:fs");
  cpSync(folder, other, { recursive: true });
  const second = await stream(t, ["--hub", shared.origin, "--room", "r"], { env: { XDG_STATE_HOME: other } });
  assert.equal(second.link, first.link);
  await first.said(/ROOST-2004/);
});

test("--link-file and the state of a room are readable by their owner only", async t => {
  const { folder } = temporary(t);
  const env = { XDG_STATE_HOME: folder };
  const file = join(folder, "link");
  const host = await stream(t, ["--room", "r", "--link-file", file], { env });
  host.write("x");
  await host.said(/^x/m);
  assert.equal(readFileSync(file, "utf8").trim(), host.link);
  for (const path of [file, ...["key", "secret", "log"].map(name => join(folder, "roost", "rooms", "r", name))]) {
    assert.equal(statSync(path).mode & 0o077, 0, path);
  }
});

test("--json is one event a line", async t => {
  const host = run(t, ["stream", "--host", "127.0.0.1", "--json", "--title", "t"]);
  const ready = JSON.parse((await host.said(/(\{.*"ev":"ready".*\})/))[1]);
  const watcher = run(t, ["watch", "--json", ready.link]);
  await host.said(/peer-joined/);
  host.write("hello");
  host.end();
  assert.equal(await watcher.ended, 0);
  assert.equal(await host.ended, 0);
  const events = text => text.trim().split("\n").map(line => JSON.parse(line));
  assert.ok(events(host.out()).every(e => e.v === 1 && e.ev && e.t));
  const seen = events(watcher.out());
  assert.equal(seen.filter(e => e.ev === "text").map(e => e.text).join(""), "hello");
  assert.equal(seen.find(e => e.ev === "meta").title, "t");
  assert.equal(seen.at(-1).ev, "end");
});

test("^C ends a stream in order with 130, and a command ends with its own code", async t => {
  const host = await stream(t);
  const watcher = run(t, ["watch", host.link]);
  await host.said(/viewers 1/);
  host.kill("SIGINT");
  assert.equal(await host.ended, 130);
  assert.equal(await watcher.ended, 0);
  const command = run(t, ["stream", "--host", "127.0.0.1", "--", "sh", "-c", "echo out; echo err >&2; exit 42"]);
  assert.equal(await command.ended, 42);
  assert.equal(command.out(), "out\n");
  assert.match(command.err(), /^err$/m);
});

test("--keep: the hub goes on serving a session, sealed, when its host is gone, even after a restart", async t => {
  const { folder } = temporary(t);
  const first = await hub(t, ["--data", folder]);
  const host = await stream(t, ["--hub", first.origin, "--keep", "1h"]);
  await host.said(/keeps this session/);
  host.write("CANARY kept for later\n");
  const early = await openPage(host.link);
  await until(async () => (await early.text()).includes("kept for later"), "the text, live");
  host.kill("SIGKILL");
  await host.ended;
  const late = await openPage(host.link);
  await until(async () => (await late.text()) === "CANARY kept for later\n", "a late page reads without the host");
  first.kill();
  await first.ended;
  const again = run(t, ["hub", "--host", "127.0.0.1", "--port", String(first.port), "--data", folder, "--json"]);
  await again.said(/ready/);
  const later = await openPage(host.link);
  await until(async () => (await later.text()) === "CANARY kept for later\n", "a page reads after the hub's restart", 30_000);
  const files = readdirSync(folder, { recursive: true }).filter(name => statSync(join(folder, name)).isFile());
  assert.ok(files.some(name => name.endsWith(".log")));
  for (const name of files) assert.equal(readFileSync(join(folder, name)).includes("CANARY"), false, name);
});
