// Runs inside a user and network namespace of its own (partition.test.mjs): three hubs in further ones, and this as the router between them.
import { spawn, execFileSync } from "node:child_process";
import { readlinkSync, writeFileSync } from "node:fs";

const [roost] = process.argv.slice(2);
const run = (...words) => execFileSync(words[0], words.slice(1), { stdio: ["ignore", "pipe", "inherit"] });
const children = [];
const start = (...words) => {
  const child = spawn(words[0], words.slice(1), { stdio: ["ignore", "ignore", "inherit"] });
  children.push(child);
  return child;
};
process.on("exit", () => children.forEach(child => child.kill("SIGKILL")));
const addressOf = at => `10.9.${at}.2`;

async function until(condition, ms, what) {
  const end = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise(done => setTimeout(done, 100));
  }
}

/** What a hub says of the others; an empty list while it cannot be asked. */
async function others(at) {
  try {
    return (await (await fetch(`http://${addressOf(at)}:3000/hubs`)).json()).hubs;
  } catch {
    return [];
  }
}
const isLinked = async (from, to) => (await others(from)).some(hub => hub.connected && hub.url.includes(addressOf(to)));

const own = readlinkSync("/proc/self/ns/net");
run("ip", "link", "set", "lo", "up");
writeFileSync("/proc/sys/net/ipv4/ip_forward", "1");
run("nft", "add table ip roost; add chain ip roost wire { type filter hook forward priority 0; }");
for (const at of [1, 2, 3]) {
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
  start("nsenter", "-t", String(room.pid), "-n", roost, "hub", "--host", addressOf(at), "--port", "3000", "--quiet", "--log-level", "error", ...(at < 3 ? ["--mesh", `ws://${addressOf(3)}:3000`] : []));
}
await until(async () => await isLinked(1, 2) && await isLinked(2, 1) && (await others(3)).length === 2, 60_000, "a mesh of three");
console.log("meshed");

// What the first hub sends to the second is lost; what the second sends to the first arrives.
run("nft", `add rule ip roost wire ip saddr ${addressOf(1)} ip daddr ${addressOf(2)} drop`);
await until(async () => !(await isLinked(1, 2)) || !(await isLinked(2, 1)), 60_000, "one of the two notices");
console.log("noticed");
const end = Date.now() + 20_000; // Longer than it takes to suspect a hub and to bury it.
while (Date.now() < end) {
  const seen = await others(3);
  if (seen.length !== 2 || !seen.every(hub => hub.connected)) throw new Error(`the third hub lost one: ${JSON.stringify(seen)}`);
  await new Promise(done => setTimeout(done, 250));
}
console.log("nobody is dead to the third");

run("nft", "flush chain ip roost wire");
await until(async () => await isLinked(1, 2) && await isLinked(2, 1), 60_000, "the two are linked again");
console.log("healed");
process.exit(0);
