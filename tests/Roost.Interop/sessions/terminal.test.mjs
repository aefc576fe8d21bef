// What a shell does to programs: readers that go, disks that are full, terminals that close, and who may look on.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { roost, run, stream, temporary, until } from "./support.mjs";

const shell = (t, line, options = {}) => run(t, ["-c", line], { ...options, command: "bash", env: { R: roost, ...options.env } });
const share = '"$R" stream --host 127.0.0.1';

test("a stream ends when nobody reads it any more", async t => {
  const endless = shell(t, `yes | ${share} -q | head -n 2; echo "\${PIPESTATUS[1]}"`);
  assert.equal(await endless.ended, 0);
  assert.equal(endless.out(), "y\ny\n0\n");
  const command = shell(t, `${share} -q -- yes | head -n 1; echo "\${PIPESTATUS[0]}"`);
  assert.equal(await command.ended, 0);
  assert.match(command.out(), /^y\n(1|141)\n$/, "the command learns of it as in any pipe");
  const events = shell(t, `yes | ${share} -q --json | head -n 1 | cut -c 1-7; echo "\${PIPESTATUS[1]}"`);
  assert.equal(await events.ended, 0);
  assert.match(events.out(), /^\{"v":1,\n/);
});

test("watch ends when nobody reads it any more, and the host goes on", async t => {
  const host = await stream(t);
  const watcher = shell(t, `"$R" watch '${host.link}' | head -n 1; echo "\${PIPESTATUS[0]}"`);
  host.write("one\n");
  await watcher.said(/one/);
  // It learns of it by what it writes next.
  const writing = setInterval(() => host.write("more\n"), 50);
  assert.equal(await watcher.ended, 0);
  clearInterval(writing);
  assert.equal(watcher.out(), "one\n0\n");
  host.end();
  assert.equal(await host.ended, 0);
});

test("a full disk behind stdout is told, and the sharing goes on", async t => {
  const host = shell(t, `exec ${share} >/dev/full`);
  const [, link] = await host.said(/open\s+(http\S+)/);
  host.write("one\n");
  await host.said(/ROOST-2404 stdout cannot be written/);
  const watcher = run(t, ["watch", link]);
  await watcher.said(/one/);
  host.write("two\n");
  host.end();
  assert.equal(await watcher.ended, 0);
  assert.equal(watcher.out(), "one\ntwo\n");
  assert.equal(await host.ended, 11);
  const events = shell(t, `echo hi | ${share} --json -q >/dev/full`);
  assert.equal(await events.ended, 11);
  assert.match(events.err(), /ROOST-2404/);
  const help = shell(t, '"$R" --help >/dev/full');
  assert.equal(await help.ended, 11);
  assert.match(help.err(), /ROOST-2400/);
});

test("without a stderr that takes anything the work is done all the same", async t => {
  const host = shell(t, `echo hi | ${share} 2>/dev/full`);
  assert.equal(await host.ended, 0);
  assert.equal(host.out(), "hi\n");
});

test("without stdin, or without stdout, there is nothing to read or to write, and that is all", async t => {
  const script = fileURLToPath(new URL("../../../roost", import.meta.url));
  const deaf = shell(t, `"${script}" stream --host 127.0.0.1 -q <&-`);
  assert.equal(await deaf.ended, 0);
  const mute = shell(t, `echo hi | "${script}" stream --host 127.0.0.1 >&-`);
  assert.equal(await mute.ended, 0);
  assert.match(mute.err(), /done: 3 B/);
  const alone = shell(t, `echo hi | "${script}" stream --host 127.0.0.1 2>&-`);
  assert.equal(await alone.ended, 0);
  assert.equal(alone.out(), "hi\n");
});

test("a process that is killed leaves no file behind", async t => {
  const { folder } = temporary(t);
  const host = await stream(t, [], { env: { TMPDIR: folder, DOTNET_EnableDiagnostics: "0" } });
  const watcher = run(t, ["watch", host.link]);
  host.write("x".repeat(100_000) + "\n");
  await watcher.said(/x\n/);
  host.kill("SIGKILL");
  await host.ended;
  assert.deepEqual(readdirSync(folder), []);
});

test("a terminal that closes ends a stream, and who reads it, in order", async t => {
  const host = await stream(t);
  const watcher = run(t, ["watch", host.link]);
  host.write("one\n");
  await watcher.said(/one/);
  const other = run(t, ["watch", host.link]);
  await other.said(/one/);
  other.kill("SIGHUP");
  assert.equal(await other.ended, 130);
  host.kill("SIGHUP");
  assert.equal(await watcher.ended, 0);
  assert.match(watcher.err(), /interrupted/);
  assert.equal(await host.ended, 130);
  const kept = shell(t, `trap '' HUP; exec ${share}`); // nohup
  await kept.said(/open\s+http/);
  kept.kill("SIGHUP");
  kept.write("still here\n");
  await kept.said(/still here/);
  kept.end();
  assert.equal(await kept.ended, 0);
});

test("a hub whose terminal closes ends in order, and goes on under nohup", async t => {
  const asked = ["hub", "--host", "127.0.0.1", "--port", "0"];
  const hub = run(t, asked);
  await hub.said(/listens; open/);
  hub.kill("SIGHUP");
  assert.equal(await hub.ended, 0);
  assert.match(hub.err(), /draining/);
  const kept = shell(t, `trap '' HUP; exec "$R" ${asked.join(" ")}`); // nohup
  const [, url] = await kept.said(/listens; open (http\S+)/);
  kept.kill("SIGHUP");
  assert.equal((await fetch(`${url}/ready`)).status, 200);
  kept.kill("SIGTERM");
  assert.equal(await kept.ended, 0);
  // Its stderr is the terminal that is gone.
  const mute = shell(t, `exec "$R" ${asked.join(" ")} --json 2>/dev/full`);
  await mute.said(/"ready"/);
  mute.kill("SIGHUP");
  assert.equal(await mute.ended, 0);
});

test("a link's secret does not stay in the list of processes, and need not stand there at all", async t => {
  const host = await stream(t);
  const secret = host.link.split("#")[1];
  const open = run(t, ["watch", host.link]);
  await until(() => !readFileSync(`/proc/${open.child.pid}/cmdline`, "utf8").includes(secret), "a covered link");
  assert.match(readFileSync(`/proc/${open.child.pid}/cmdline`, "utf8"), /^[^\0]*\0watch\0http:\/\/127\.0\.0\.1:\d+\/#x+\0$/);
  const piped = run(t, ["watch", "-"]);
  piped.write(host.link + "\n");
  host.write("one\n");
  await Promise.all([open.said(/one/), piped.said(/one/)]);
  host.end();
  assert.deepEqual([await open.ended, await piped.ended], [0, 0]);
});

test("what a host sends cannot play with the terminal that watches, unless that is asked for", async t => {
  const host = await stream(t, ["--title", "\x1b]0;TITLE\x07name"]);
  const sent = "a\x1b]52;c;cHduZWQ=\x07b \x1b[31mred\x1b[2J\x1b[6n\n";
  host.write(sent);
  const watch = flags => shell(t, `script -qec '"$R" watch ${flags} "${host.link}"' /dev/null`);
  const [careful, raw, piped] = [watch(""), watch("--raw"), run(t, ["watch", host.link])];
  await Promise.all([careful, raw, piped].map(watcher => watcher.said(/red/)));
  host.end();
  await Promise.all([careful.ended, raw.ended, piped.ended]);
  assert.match(careful.out(), /ab \x1b\[31mred\r?\n/);
  assert.doesNotMatch(careful.out(), /\x1b\]|\x1b\[2J|\x1b\[6n/);
  assert.match(careful.out(), /\x1b\[0m/, "colours end with the text");
  assert.ok(raw.out().includes("a\x1b]52;c;cHduZWQ=\x07b") && !raw.out().includes("\x1b]0;TITLE"));
  assert.equal(piped.out(), sent);
  assert.doesNotMatch(piped.err(), /\x1b\]/);
});

test("a command that is shared gets none of what ./roost sets for itself", async t => {
  const host = run(t, ["stream", "--host", "127.0.0.1", "-q", "--", "env"],
    { env: { DOTNET_GCgen0size: "0x400000", ROOST_OWN: "DOTNET_GCgen0size", MINE: "yes" } });
  assert.equal(await host.ended, 0);
  assert.match(host.out(), /^MINE=yes$/m);
  assert.doesNotMatch(host.out(), /GCgen0size|ROOST_OWN/);
});

test("commands that are printed are to be run as this one was", async t => {
  const host = run(t, ["stream", "--host", "127.0.0.1", "--", "printenv", "ROOST_SELF"], { env: { ROOST_SELF: "./roost", ROOST_OWN: " ROOST_SELF" } });
  await host.ended;
  assert.match(host.err(), /or run +\.\/roost watch 'http/);
  assert.equal(host.out(), "", "the command that is shared does not know");
});

test("a missing or mistyped verb is answered with those there are", async t => {
  const cases = [
    [[], 2, /Commands:[^]*stream <command>/],
    [["doc"], 2, /Commands:[^]*open <name>/],
    [["strem"], 2, /ROOST-2000 there is no roost strem[^]*did you mean roost stream\?/],
    [["doc", "opne"], 2, /did you mean roost doc open\?/],
    [["hub", "--prot", "1"], 2, /did you mean --port\?/],
    [["hub", "--port", "0", "--web-root", "/no/such/folder"], 2, /ROOST-1903 The web app's folder/],
    [["hub", "--data", ""], 2, /ROOST-2000 --data takes a path, not ""/],
    [["stream", "--max-log", "0"], 2, /ROOST-2000 --max-log takes 1 MiB or more/],
    [["stream", "--max-log", "99999999999"], 2, /ROOST-2000 --max-log takes a number/],
    [["stream", "--max-direct", "-1"], 2, /ROOST-2000 --max-direct takes 0 to/],
    [["hub", "--mesh-demo", "two"], 2, /ROOST-2000 --mesh-demo takes a number/],
    [["hub", "--mesh-demo", "1"], 2, /ROOST-2000 --mesh-demo takes 2 to/],
    [["hub", "--log-level", "loud"], 2, /Must be one of: .*'error'.*'trace'/],
  ];
  for (const [args, exit, words] of cases) {
    const child = run(t, args);
    child.end();
    assert.equal(await child.ended, exit, args.join(" "));
    assert.match(child.err(), words, args.join(" "));
    assert.equal(child.out(), "");
  }
  const help = run(t, ["help", "doc", "open"]);
  assert.equal(await help.ended, 0);
  assert.match(help.out(), /roost doc open <name>/);
});
