// A disk that fills up while something runs. The small disk is a tmpfs in a mount namespace of the process's own.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { roost, run, temporary } from "./support.mjs";

const namespaces = spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;
const options = { skip: namespaces ? false : "needs user and mount namespaces (unshare -rm)" };

/** Runs `roost` where `folder` is a disk of so many KiB. */
const onDisk = (t, kib, folder, args, env = {}) =>
  run(t, ["-rm", "sh", "-c", `mount -t tmpfs -o size=${kib}k none "$0" && exec "$@"`, folder, roost, ...args], { command: "unshare", env });

const block = letter => letter.repeat(63) + "\n";

test("a disk that fills during a stream: the text passes whole, and it is said what viewers miss", options, async t => {
  const { folder } = temporary(t);
  const host = onDisk(t, 512, folder, ["stream", "--host", "127.0.0.1", "--room", "r"], { XDG_STATE_HOME: folder });
  await host.said(/open\s+http/);
  const lines = 20_000;
  for (let i = 0; i < lines; i++) host.write(block("abcdefghij"[i % 10]));
  host.end();
  await host.said(/ROOST-2402/);
  assert.equal(await host.ended, 11);
  assert.equal(host.out().length, lines * 64);
});

test("a disk that fills under a hub that keeps: the hub and the session go on, the host hears that it is kept no more", options, async t => {
  const { folder } = temporary(t);
  const hub = onDisk(t, 1500, folder, ["hub", "--host", "127.0.0.1", "--port", "0", "--json", "--data", folder]);
  const { port } = JSON.parse((await hub.said(/(\{.*"ev":"ready".*\})/))[1]);
  const origin = `http://127.0.0.1:${port}`;
  const host = run(t, ["stream", "--hub", origin, "--keep", "1h"], { env: { XDG_STATE_HOME: temporary(t).folder } });
  const [, link] = await host.said(/open\s+(http\S+)/);
  const viewer = run(t, ["watch", link]);
  const lines = 60_000;
  for (let i = 0; i < lines; i++) host.write(block("abcdefghij"[i % 10]));
  host.write("the last words\n");
  await viewer.said(/the last words/, 60_000);
  assert.equal(viewer.out().length, lines * 64 + 15);
  assert.equal((await fetch(`${origin}/health`)).status, 200);
  await host.said(/ROOST-2006.*disk is full/);
});
