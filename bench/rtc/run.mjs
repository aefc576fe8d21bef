// Throughput of two processes over loopback, ours beside others' in the same run. usage: node run.mjs [MEGABYTES] [MESSAGE_BYTES] [NAME...]
// NAMEs: plain, gso, all, wrtc, node-datachannel (default: all of them). Build first: dotnet build -c Release bench/rtc/Roost.Rtc.Bench
// Ours are metered after 256 MiB of warm-up; plain-cold, gso-cold and all-cold from the first message on, the compiler's work included.
// The others' npm packages are those of tests/Roost.Interop/rtc.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import path from "node:path";

const here = path.dirname(fileURLToPath(import.meta.url));
const dll = path.resolve(here, "../../artifacts/bin/Roost.Rtc.Bench/release/Roost.Rtc.Bench.dll");
const total = Number(process.argv[2] ?? 512) * 1048576;
const message = Number(process.argv[3] ?? 65536);
const ours = (...flags) => (role) => ["dotnet", [dll, role, message, total, ...flags]];
const others = (name) => (role) => ["node", [path.join(here, "end.mjs"), name, role, message, total]];
const runs = {
  plain: ours("plain", "crc"), gso: ours("crc"), all: ours(),
  "plain-cold": ours("plain", "crc", "cold"), "gso-cold": ours("crc", "cold"), "all-cold": ours("cold"),
  wrtc: others("wrtc"), "node-datachannel": others("node-datachannel"),
};
const wanted = process.argv.length > 4 ? process.argv.slice(4) : ["plain", "gso", "all", "wrtc", "node-datachannel"];

console.log(`${total / 1048576} MiB of ${message} B, ordered, reliable, two processes on loopback`);
console.log("stack              MB/s wall   CPU s sender + receiver   MB/s per core   allocated B per packet");
for (const name of wanted) {
  const [offer, answer] = await Promise.all(pair(runs[name]));
  if (!offer || !answer) { console.log(`${name.padEnd(18)} no result`); continue; }
  const cpu = offer.cpu + answer.cpu, packets = total / 1388; // what a packet of 1,420 B carries
  const garbage = offer.allocated === undefined ? "-" : ((offer.allocated + answer.allocated) / packets).toFixed(1);
  console.log(`${name.padEnd(18)} ${(total / answer.seconds / 1e6).toFixed(1).padStart(9)}   ${`${offer.cpu.toFixed(2)} + ${answer.cpu.toFixed(2)}`.padStart(23)}   ${(total / cpu / 1e6).toFixed(0).padStart(13)}   ${garbage.padStart(22)}`);
}
process.exit(0);

function pair(command) {
  const ends = ["offer", "answer"].map((role) => {
    const [program, args] = command(role);
    return spawn(program, args, { stdio: ["pipe", "pipe", process.env.VERBOSE ? "inherit" : "ignore"] });
  });
  const timeout = setTimeout(() => ends.forEach((end) => end.kill("SIGKILL")), 180000);
  const results = ends.map((end, i) => new Promise((ok) => {
    createInterface({ input: end.stdout }).on("line", (line) => {
      const said = JSON.parse(line);
      if (said.type) ends[1 - i].stdin.write(`${line}\n`);
      else ok(said);
    });
    end.once("exit", () => ok(null));
  }));
  Promise.all(results).then(() => {
    clearTimeout(timeout);
    ends.forEach((end) => { end.stdin.on("error", () => {}); end.stdin.write("\n"); end.stdin.end(); });
  });
  return results;
}
