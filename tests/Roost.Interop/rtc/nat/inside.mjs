// usage: inside.mjs DLL [TURNSERVER]     inside a user and network namespace of its own (nat.test.mjs), which plays the Internet: it routes, answers
// STUN, relays (TURNSERVER), and carries the signals. Behind it four kinds of NAT, twice, each with a peer behind it. Prints a line for each pair.
import { spawn, execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { createInterface } from "node:readline";
import { mkdtempSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { rulesOf } from "./nats.mjs";

const [dll, turnserver] = process.argv.slice(2);
const kinds = ["full", "address", "port", "symmetric"];
const internet = "198.18.0.1", insideAddress = "192.168.1.2";
const patience = 90_000;
const folder = mkdtempSync(path.join(tmpdir(), "roost-nat-"));
const run = (...words) => execFileSync(words[0], words.slice(1), { stdio: ["pipe", "pipe", "inherit"] });
const children = [];
function start(words, stdio = ["ignore", "ignore", "inherit"]) {
  const child = spawn(words[0], words.slice(1), { stdio });
  children.push(child);
  return child;
}
process.on("exit", () => { children.forEach(child => child.kill("SIGKILL")); rmSync(folder, { recursive: true, force: true }); });

async function until(condition, ms, what) {
  const end = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${typeof what === "function" ? what() : what}`);
    await new Promise(done => setTimeout(done, 25));
  }
}

/** A namespace, with a wire to another one: one end named and addressed here, the other there. */
async function room(parent, wire, here, [name, there], gateway) {
  const pid = String(start(["unshare", "-n", "sleep", "600"]).pid);
  const within = (...words) => run("nsenter", "-t", pid, "-n", ...words);
  const outside = parent ? (...words) => run("nsenter", "-t", parent, "-n", ...words) : run;
  const own = readlinkSync("/proc/self/ns/net");
  await until(() => readlinkSync(`/proc/${pid}/ns/net`) !== own, 10_000, "a namespace"); // until then the process is still in this one
  outside("ip", "link", "add", wire, "type", "veth", "peer", "name", name, "netns", pid);
  outside("ip", "address", "add", here, "dev", wire);
  outside("ip", "link", "set", wire, "up");
  within("ip", "link", "set", "lo", "up");
  within("ip", "address", "add", there, "dev", name);
  within("ip", "link", "set", name, "up");
  within("ip", "route", "add", "default", "via", gateway);
  return { pid, within };
}

/** A peer behind a NAT: commands go in, what it says comes out by pair. */
async function peerBehind(kind, number) {
  const nat = await room(null, `wan${number}`, `198.18.${number}.1/24`, ["wan", `198.18.${number}.2/24`], `198.18.${number}.1`);
  const host = await room(nat.pid, "lan", "192.168.1.1/24", ["eth0", `${insideAddress}/24`], "192.168.1.1");
  nat.within("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward");
  const rules = path.join(folder, `nat${number}`);
  writeFileSync(rules, rulesOf(kind, insideAddress));
  nat.within("nft", "-f", rules);
  const child = start(["nsenter", "-t", host.pid, "-n", "dotnet", dll, "many"], ["pipe", "pipe", "inherit"]);
  const heard = new Map();
  createInterface({ input: child.stdout }).on("line", line => { const said = JSON.parse(line); heard.get(said.id)?.(said); });
  return { tell: command => child.stdin.write(`${JSON.stringify(command)}\n`), hear: (id, listener) => heard.set(id, listener) };
}

/** STUN as a public server has it: a binding request is answered with where it came from. */
function answerStun() {
  const socket = createSocket("udp4");
  socket.on("message", (request, from) => {
    if (request.length < 20 || request.readUInt16BE(0) !== 1) return;
    const answer = Buffer.alloc(32);
    request.copy(answer, 4, 4, 20);
    answer.writeUInt16BE(0x0101, 0);
    answer.writeUInt16BE(12, 2);
    answer.writeUInt16BE(0x0020, 20);
    answer.writeUInt16BE(8, 22);
    answer.writeUInt16BE(1, 24);
    answer.writeUInt16BE(from.port ^ 0x2112, 26);
    from.address.split(".").forEach((byte, i) => { answer[28 + i] = Number(byte) ^ request[4 + i]; });
    socket.send(answer, from.port, from.address);
  });
  socket.bind(3478, internet);
}

async function relay() {
  const server = start([turnserver, "-n", "--listening-ip", internet, "--relay-ip", internet, "-p", "3479", "--user", "roost:secret", "--realm", "roost", "--lt-cred-mech",
    "--no-cli", "--no-tls", "--no-dtls", "--log-file", "stdout", "--userdb", path.join(folder, "db"), "--pidfile", path.join(folder, "pid")], ["ignore", "pipe", "inherit"]);
  let said = "";
  server.stdout.on("data", bytes => { said += bytes; });
  await until(() => said.includes("Relay ports initialization done"), 30_000, () => `a relay\n${said}`);
}

/** Lets two peers signal through here; what came of it, once that can't change for the better. */
async function connect(name, a, b, servers, mayFail) {
  const ends = [a, b].map((peer, i) => {
    const end = { peer, said: [], early: [] };
    const tellOther = command => ends[1 - i].peer.tell({ id: name, ...command });
    peer.hear(name, said => {
      end.said.push(said);
      if (said.event === "description") {
        tellOther({ do: i === 0 ? "answer" : "answered", sdp: said.sdp, servers });
        end.early.splice(0).forEach(tellOther);
        end.isDescribed = true;
      } else if (said.event === "candidate") {
        const command = { do: "candidate", candidate: said.candidate };
        if (end.isDescribed) tellOther(command); else end.early.push(command); // a description goes first
      }
    });
    return end;
  });
  a.tell({ id: name, do: "offer", servers });
  const last = (end, event) => end.said.findLast(said => said.event === event);
  const outcome = () => {
    if (ends.every(end => last(end, "state")?.state === "Failed")) return "no path";
    if (!ends.every(end => last(end, "echo") && last(end, "path"))) return null;
    return ends.some(end => last(end, "path").relayed) ? "relayed" : "direct";
  };
  await until(() => outcome() === "direct" || (mayFail && outcome()), patience, () => `${name}: ${outcome()}\n${ends.map(end => end.said.map(said => JSON.stringify(said)).join("\n")).join("\n--\n")}`);
  console.log(`${name}: ${outcome()}`);
}

run("ip", "link", "set", "lo", "up");
run("ip", "address", "add", `${internet}/32`, "dev", "lo");
// Private addresses lead nowhere, silently: coturn gives an allocation up when a send of its own fails.
await room(null, "nowhere", "198.19.0.1/24", ["eth0", "198.19.0.2/24"], "198.19.0.1");
run("ip", "route", "add", "192.168.0.0/16", "via", "198.19.0.2");
writeFileSync("/proc/sys/net/ipv4/ip_forward", "1");
answerStun();
if (turnserver) await relay();
const sides = await Promise.all([0, 4].map(async first => await Promise.all(kinds.map((kind, i) => peerBehind(kind, first + i + 1)))));
const stun = { url: `stun:${internet}:3478` };
const turn = { url: `turn:${internet}:3479`, username: "roost", credential: "secret" };
const isHard = (...pair) => pair.includes("symmetric") && pair.every(kind => kind === "port" || kind === "symmetric");
await Promise.all(kinds.flatMap((a, i) => kinds.flatMap((b, j) => [
  connect(`${a} ${b}`, sides[0][i], sides[1][j], [stun], isHard(a, b)),
  ...turnserver ? [connect(`${a} ${b} with a relay at hand`, sides[0][i], sides[1][j], [stun, turn], isHard(a, b))] : [],
])));
process.exit(0);
