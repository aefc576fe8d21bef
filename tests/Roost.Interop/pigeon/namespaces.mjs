// Hubs in network namespaces of their own and this process as the router between them. Only for what runs inside a user and network namespace (`inNamespace`).
import { spawn, spawnSync, execFileSync } from "node:child_process";
import { readlinkSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { roost } from "./support.mjs";

const permitted = () => spawnSync("unshare", ["-rn", "sh", "-c", "command -v ip && nft list ruleset && unshare -n true && echo 1 >/proc/sys/net/ipv4/ip_forward"]).status === 0;

/** For a test's `skip`: false, or why this machine cannot. */
export const missing = () => permitted() ? false : "this machine lets nobody make network namespaces, or has no ip and nft";

/** Runs a script of this directory in namespaces of its own. Resolves with what it wrote when it ends in order. */
export async function inNamespace(t, script) {
  const child = spawn("unshare", ["-rn", "--kill-child", process.execPath, fileURLToPath(new URL(script, import.meta.url))], { stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  let said = "", complained = "";
  child.stdout.on("data", bytes => { said += bytes; });
  child.stderr.on("data", bytes => { complained += bytes; });
  const code = await new Promise(done => child.on("close", done));
  if (code !== 0) throw new Error(`ended with ${code}\n${said}\n${complained}`);
  return said;
}

const run = (...words) => execFileSync(words[0], words.slice(1), { stdio: ["ignore", "pipe", "inherit"] });
const children = [];
process.on("exit", () => children.forEach(child => child.kill("SIGKILL")));

function start(...words) {
  const child = spawn(words[0], words.slice(1), { stdio: ["ignore", "ignore", "inherit"] });
  children.push(child);
  return child;
}

export const addressOf = at => `10.9.${at}.2`;

export async function until(condition, ms, what) {
  const end = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise(done => setTimeout(done, 100));
  }
}

/** Lets this namespace pass packets between rooms. */
export function route() {
  run("ip", "link", "set", "lo", "up");
  writeFileSync("/proc/sys/net/ipv4/ip_forward", "1");
  run("nft", "add table ip roost; add chain ip roost wire { type filter hook forward priority 0; }");
}

/** A namespace with one wire to this one, by number, and a hub in it that listens. Returns the hub's process. */
export async function startHubIn(at, ...args) {
  const own = readlinkSync("/proc/self/ns/net");
  const room = start("unshare", "-n", "sleep", "600");
  const inside = (...words) => run("nsenter", "-t", String(room.pid), "-n", ...words);
  await until(() => readlinkSync(`/proc/${room.pid}/ns/net`) !== own, 10_000, "a namespace"); // until then the process is still in this one
  run("ip", "link", "add", `wire${at}`, "type", "veth", "peer", "name", "eth0", "netns", String(room.pid));
  run("ip", "address", "add", `10.9.${at}.1/24`, "dev", `wire${at}`);
  run("ip", "link", "set", `wire${at}`, "up");
  inside("ip", "link", "set", "lo", "up");
  inside("ip", "address", "add", `${addressOf(at)}/24`, "dev", "eth0");
  inside("ip", "link", "set", "eth0", "up");
  inside("ip", "route", "add", "default", "via", `10.9.${at}.1`);
  const hub = start("nsenter", "-t", String(room.pid), "-n", roost, "hub", "--host", addressOf(at), "--port", "3000", "--quiet", "--log-level", "error", ...args);
  await until(async () => {
    if (hub.exitCode !== null) throw new Error(`hub ${at} ended with ${hub.exitCode}`);
    return fetch(`http://${addressOf(at)}:3000/ready`, { signal: AbortSignal.timeout(5_000) }).then(answer => answer.ok, () => false);
  }, 180_000, `hub ${at} listens`); // the first start of a new executable on a busy machine takes its time
  return hub;
}

/** From here on packets from one room to another vanish. */
export const cut = (from, to) => run("nft", `add rule ip roost wire ip saddr ${addressOf(from)} ip daddr ${addressOf(to)} drop`);

/** Everything passes again. */
export const mend = () => run("nft", "flush chain ip roost wire");

/** What a hub says of the others; an empty list while it cannot be asked. */
export async function others(at) {
  try {
    return (await (await fetch(`http://${addressOf(at)}:3000/hubs`, { signal: AbortSignal.timeout(10_000) })).json()).hubs;
  } catch {
    return [];
  }
}

export const isLinked = async (from, to) => (await others(from)).some(hub => hub.connected && hub.url.includes(addressOf(to)));
