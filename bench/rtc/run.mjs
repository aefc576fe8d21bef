// Throughput of two processes over loopback, ours beside others' in the same run. usage: node run.mjs [MEGABYTES] [MESSAGE_BYTES] [NAME...]
// NAMEs: plain, gso, all, wrtc, node-datachannel (default: all of them). all@LINE sends cold over a line of this machine in real time:
// rtt20, rtt20-loss0.1, rtt20-loss1 and rtt40-100mbit (a bottleneck with a queue of 256 KB; 12.5 MB/s on the wire). Build first: dotnet build -c Release bench/rtc/Roost.Rtc.Bench
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
const lines = { rtt20: [10], "rtt20-loss0.1": [10, 0, 0, 0.1], "rtt20-loss1": [10, 0, 0, 1], "rtt40-100mbit": [20, 100, 256] };
const wanted = process.argv.length > 4 ? process.argv.slice(4) : ["plain", "gso", "all", "wrtc", "node-datachannel"];

console.log(`${total / 1048576} MiB of ${message} B, ordered, reliable, two processes on loopback`);
// The whole run, and its median eighth: buffers that a first loss or a fuller window makes once are no steady state.
console.log("stack              MB/s wall   CPU s sender + receiver   MB/s per core   allocated B per packet   median eighth");
for (const name of wanted) {
  const [stack, line] = name.split("@");
  const [offer, answer] = await Promise.all(pair(runs[line ? `${stack}-cold` : stack], line && await lay(lines[line])));
  if (!offer || !answer) { console.log(`${name.padEnd(18)} no result`); continue; }
  const cpu = offer.cpu + answer.cpu, packets = total / 1388; // what a packet of 1,420 B carries
  const garbage = (key) => offer[key] === undefined ? "-" : ((offer[key] + answer[key]) / packets).toFixed(2);
  console.log(`${name.padEnd(18)} ${(total / answer.seconds / 1e6).toFixed(1).padStart(9)}   ${`${offer.cpu.toFixed(2)} + ${answer.cpu.toFixed(2)}`.padStart(23)}   ${(total / cpu / 1e6).toFixed(0).padStart(13)}   ${garbage("allocated").padStart(22)}   ${garbage("usual").padStart(13)}`);
}
process.exit(0);

// A line's ports, and how a description is changed so that its reader takes the line for the writer.
async function lay(numbers) {
  const line = spawn("dotnet", [dll, "line", ...numbers.map(String)], { stdio: ["pipe", "pipe", "inherit"] });
  const ports = await new Promise((ok) => createInterface({ input: line.stdout }).once("line", (said) => ok(JSON.parse(said))));
  const real = [];
  const pass = (from, said) => {
    const description = JSON.parse(said);
    description.sdp = description.sdp.replace(/(127\.0\.0\.1) (\d+) typ/, (_, host, port) => {
      real[from] = port;
      return `${host} ${ports[1 - from]} typ`;
    });
    if (real[0] && real[1]) line.stdin.write(`${real}\n`);
    return JSON.stringify(description);
  };
  return { pass, end: () => line.kill() };
}

function pair(command, over) {
  const ends = ["offer", "answer"].map((role) => {
    const [program, args] = command(role);
    return spawn(program, args, { stdio: ["pipe", "pipe", process.env.VERBOSE ? "inherit" : "ignore"] });
  });
  const timeout = setTimeout(() => ends.forEach((end) => end.kill("SIGKILL")), 180000);
  const results = ends.map((end, i) => new Promise((ok) => {
    createInterface({ input: end.stdout }).on("line", (line) => {
      const said = JSON.parse(line);
      if (said.type) ends[1 - i].stdin.write(`${over ? over.pass(i, line) : line}\n`);
      else ok(said);
    });
    end.once("exit", () => ok(null));
  }));
  Promise.all(results).then(() => {
    clearTimeout(timeout);
    ends.forEach((end) => { end.stdin.on("error", () => {}); end.stdin.write("\n"); end.stdin.end(); });
    over?.end();
  });
  return results;
}
