// usage: mdns-inside.mjs DLL     inside a user and network namespace of its own (nat.test.mjs): two hosts on one wire, this and another, each with a peer
// that hides its addresses. Prints what the peers announced, and that they found each other.
import { spawn, execFileSync } from "node:child_process";
import { createInterface } from "node:readline";
import { readlinkSync } from "node:fs";

const [dll] = process.argv.slice(2);
const run = (...words) => execFileSync(words[0], words.slice(1), { stdio: ["ignore", "pipe", "inherit"] });
const children = [];
const start = (words, stdio) => { const child = spawn(words[0], words.slice(1), { stdio }); children.push(child); return child; };
process.on("exit", () => children.forEach(child => child.kill("SIGKILL")));
async function until(condition, ms, what) {
  for (const end = Date.now() + ms; !condition(); await new Promise(done => setTimeout(done, 25))) if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what()}`);
}

const room = String(start(["unshare", "-n", "sleep", "600"], ["ignore", "ignore", "inherit"]).pid);
await until(() => readlinkSync(`/proc/${room}/ns/net`) !== readlinkSync("/proc/self/ns/net"), 10_000, () => "a namespace");
run("ip", "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", room);
for (const [at, ...within] of [[1], [2, "nsenter", "-t", room, "-n"]]) {
  run(...within, "ip", "link", "set", "lo", "up");
  run(...within, "ip", "address", "add", `10.7.0.${at}/24`, "dev", "wire");
  run(...within, "ip", "link", "set", "wire", "up");
  run(...within, "ip", "route", "add", "224.0.0.0/4", "dev", "wire");
}
const said = [];
const peers = [[], ["nsenter", "-t", room, "-n"]].map((within, i) => {
  const child = start([...within, "dotnet", dll, "many"], ["pipe", "pipe", "inherit"]);
  const tell = command => child.stdin.write(`${JSON.stringify({ id: "x", hidden: true, ...command })}\n`);
  createInterface({ input: child.stdout }).on("line", line => {
    const event = JSON.parse(line);
    said.push({ ...event, peer: i });
    if (event.event === "description") peers[1 - i]({ do: i === 0 ? "answer" : "answered", sdp: event.sdp });
  });
  return tell;
});
peers[0]({ do: "offer" });
const candidates = () => said.filter(one => one.event === "description").flatMap(one => one.sdp.split("\r\n").filter(line => line.startsWith("a=candidate:")));
await until(() => [0, 1].every(peer => said.some(one => one.peer === peer && one.event === "echo")), 60_000, () => JSON.stringify(said, null, 1));
console.log(candidates().length > 0 && candidates().every(line => /^a=candidate:\d+ 1 udp \d+ [0-9a-f-]{36}\.local \d+ typ host/.test(line)) ? "only names" : candidates().join("\n"));
console.log(said.filter(one => one.event === "path").every(one => !one.relayed) ? "direct" : "relayed");
process.exit(0);
