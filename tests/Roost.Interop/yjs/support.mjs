// Starts the C# peer, and tells it what to do by lines of JSON.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const peer = fileURLToPath(new URL("../../../artifacts/bin/Roost.Yjs.InteropPeer/release/Roost.Yjs.InteropPeer", import.meta.url));

/** A C# process: `server` holds documents by room, `client URL` has one and stays connected. */
export async function start(t, ...args) {
  const child = spawn(peer, args, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise(done => child.on("close", done));
  t.after(async () => { child.kill("SIGKILL"); await ended; });
  const waiting = new Map();
  let ready;
  const began = new Promise(done => { ready = done; });
  createInterface({ input: child.stdout }).on("line", line => {
    const said = JSON.parse(line);
    if (said.ready) ready(said);
    else { waiting.get(said.id)(said.result); waiting.delete(said.id); }
  });
  let id = 0;
  const tell = command => new Promise(done => {
    waiting.set(++id, done);
    child.stdin.write(`${JSON.stringify({ id, room: "room", ...command })}\n`);
  });
  const { url } = await began;
  return { url, tell, state: room => tell({ op: "state", ...(room && { room }) }), kill: async () => { child.kill("SIGKILL"); await ended; } };
}

/** Waits until `probe()` gives something true. */
export async function until(probe, what, ms = 30_000) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise(next => setTimeout(next, 20));
  }
}
