// Starts a hub and unmodified peerpigeon clients for a test, and ends what it started.
import { fork, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const built = path => fileURLToPath(new URL(`../../../artifacts/${path}`, import.meta.url));
export const roost = [built("roost/roost"), built("bin/Roost.Cli/release/roost")].find(existsSync);

/** Runs `roost hub` on a free loopback port. */
export async function startHub(t, args = [], port = 0) {
  const child = spawn(roost, ["hub", "--host", "127.0.0.1", "--port", String(port), "--json", "--quiet", "--log-level", "warning", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let out = "", err = "";
  child.stderr.on("data", bytes => { err += bytes; });
  const ended = new Promise(done => child.on("close", done));
  const ready = await new Promise((resolve, reject) => {
    child.stdout.on("data", bytes => {
      out += bytes;
      const line = out.split("\n").find(text => text.includes('"ready"'));
      if (line) resolve(JSON.parse(line));
    });
    child.on("close", code => reject(new Error(`the hub ended with ${code}\n${out}\n${err}`)));
  });
  const hub = {
    child, ended,
    port: ready.port,
    url: `ws://127.0.0.1:${ready.port}`,
    log: () => err,
    /** Every hub that this process said is ready: several with --mesh-demo. */
    ready: () => out.split("\n").filter(line => line.includes('"ready"')).map(line => JSON.parse(line)),
    kill: async (signal = "SIGTERM") => { child.kill(signal); await ended; },
  };
  t.after(() => hub.kill("SIGKILL"));
  return hub;
}

/** The two versions that are tested, by the name they are installed under. */
export const versions = { "1.1.3": "peerpigeon", "1.0.6": "peerpigeon-1.0.6" };

const quiet = { log() {}, info() {}, debug() {}, warn() {} };

/** An unmodified client, initialised but not connected. It logs several lines a frame, which are not ours to read. */
export async function makeClient(t, { version = "1.1.3", ...options } = {}) {
  Object.assign(console, quiet);
  const { PeerPigeonMesh } = await import(versions[version]);
  const mesh = new PeerPigeonMesh({ enableCrypto: false, ...options });
  await mesh.init();
  const heard = [];
  const waiting = new Set();
  mesh.addEventListener("messageReceived", event => {
    heard.push({ from: event.from, content: event.content, at: performance.now() });
    for (const look of waiting) look();
  });
  t.after(() => { try { mesh.disconnect(); } catch { /* it was disconnected by the test */ } });
  return {
    mesh, heard,
    get id() { return mesh.peerId; },
    links: () => mesh.getConnectedPeerCount(),
    hears: (content, ms = 20_000) => new Promise((resolve, reject) => {
      const timer = setTimeout(() => { waiting.delete(look); reject(new Error(`${mesh.peerId} did not hear ${content}`)); }, ms);
      const look = () => {
        const found = heard.find(message => JSON.stringify(message.content).includes(content));
        if (found) { clearTimeout(timer); waiting.delete(look); resolve(found); }
      };
      waiting.add(look);
      look();
    }),
  };
}

export async function until(condition, ms = 20_000, what = condition.toString()) {
  const end = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise(done => setTimeout(done, 10));
  }
}

/** Says a word over and over until everybody has heard it; returns the milliseconds since `since`. */
export async function gossipReaches(sender, others, since, ms = 20_000) {
  const word = randomBytes(8).toString("hex");
  const saying = setInterval(() => sender.mesh.sendMessage(word), 50);
  try {
    const heard = await Promise.all(others.map(other => other.hears(word, ms)));
    return Math.max(...heard.map(message => message.at)) - since;
  } finally {
    clearInterval(saying);
  }
}

/** 16 clients, a tenth of a second apart: how long after the last join a message from the first has reached all. */
export async function crowd(t, discovery) {
  const hub = await startHub(t, ["--discovery", discovery]);
  const took = await crowdAt(t, [hub]);
  t.diagnostic(`${discovery}: gossip reached all of 16 clients ${Math.round(took)} ms after the last join`);
  return took;
}

/** The same at several hubs, in turn. Four processes have four clients each: machines allow one so many file descriptors. */
export async function crowdAt(t, hubs) {
  const members = [];
  for (let i = 0; i < 4; i++) members.push(await crowdMember(t));
  const clients = Array.from({ length: 16 }, (_, i) => (verb, what) => members[i % 4](verb, { client: Math.floor(i / 4), ...what }));
  for (const client of clients) await client("make", { networkName: "crowd" });
  for (const [i, client] of clients.entries()) {
    await new Promise(done => setTimeout(done, 100));
    await client("join", { url: hubs[i % hubs.length].url });
  }
  const since = performance.now();
  const word = randomBytes(8).toString("hex");
  const saying = setInterval(() => clients[0]("say", { word }).catch(() => {}), 50);
  try {
    await Promise.all(clients.slice(1).map(client => client("hear", { word, ms: 20_000 })));
    return performance.now() - since;
  } finally {
    clearInterval(saying);
  }
}

/** A process with some of the clients; asks it for one of its verbs. */
async function crowdMember(t) {
  const child = fork(fileURLToPath(new URL("crowd-member.mjs", import.meta.url)), { execArgv: [] });
  t.after(() => new Promise(ended => (child.exitCode ?? child.signalCode) !== null ? ended() : child.once("exit", ended).kill("SIGKILL")));
  const asked = new Map();
  let lastId = 0;
  child.on("message", ({ id, error }) => {
    const { resolve, reject } = asked.get(id);
    asked.delete(id);
    if (error) reject(new Error(error)); else resolve();
  });
  child.on("exit", code => { for (const { reject } of asked.values()) reject(new Error(`a process of the crowd ended with ${code}`)); });
  return (verb, what) => new Promise((resolve, reject) => {
    asked.set(++lastId, { resolve, reject });
    child.send({ id: lastId, verb, ...what }, error => { if (error) reject(error); });
  });
}

/** Hubs in a row: each is told of the one before it only. Resolves when every hub knows all. */
export async function startMesh(t, count, args = []) {
  const hubs = [];
  for (let i = 0; i < count; i++) hubs.push(await startHub(t, [...args, ...(i ? ["--mesh", hubs[i - 1].url] : [])]));
  await meshed(hubs);
  return hubs;
}

export async function meshed(hubs, ms = 30_000) {
  const end = performance.now() + ms;
  for (const hub of hubs) {
    while ((await (await fetch(`http://127.0.0.1:${hub.port}/hubs`)).json()).totalHubs !== hubs.length - 1) {
      if (performance.now() > end) throw new Error(`a hub does not know all others within ${ms} ms`);
      await new Promise(done => setTimeout(done, 20));
    }
  }
}
