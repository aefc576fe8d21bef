// usage: node run.mjs [PEER...]     each peer in both roles; prints one line per run, exits 1 when one fails
// PEERs are the files of peers/. The .NET side must be built: dotnet build tests/Roost.Interop/rtc/Roost.Rtc.InteropPeer
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import path from "node:path";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, "../../..");
const dll = process.env.ROOST_INTEROP_PEER
  ?? path.join(root, "artifacts/bin/Roost.Rtc.InteropPeer", process.env.CONFIGURATION ?? "debug", "Roost.Rtc.InteropPeer.dll");
const all = readdirSync(path.join(here, "peers")).filter((f) => f.endsWith(".mjs")).map((f) => f.slice(0, -4));
const wanted = process.argv.length > 2 ? process.argv.slice(2) : all;
let passed = 0, failed = 0, skipped = 0;

for (const name of wanted) {
  const { default: peer } = await import(`./peers/${name}.mjs`);
  const missing = await peer.missing?.();
  if (missing) { console.log(`${name}: not installed here (${missing})`); skipped += 2; continue; }
  for (const role of ["offer", "answer"]) {
    const started = Date.now();
    try {
      const report = await run(peer, role);
      passed++;
      console.log(`${name}: .NET ${role}s: ok in ${Date.now() - started} ms: ${report.join(", ")}`);
    } catch (error) {
      failed++;
      console.log(`${name}: .NET ${role}s: FAILED: ${error.message}`);
    }
  }
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed ? 1 : 0);

async function run(peer, role) {
  const dotnet = spawn("dotnet", [dll, role], { stdio: ["pipe", "pipe", "inherit"] });
  const descriptions = [], waiting = [], events = [];
  createInterface({ input: dotnet.stdout }).on("line", (line) => {
    const said = JSON.parse(line);
    if (said.type) (waiting.shift() ?? ((d) => descriptions.push(d)))(said);
    else { events.push(said); if (process.env.VERBOSE) console.error(line); }
  });
  const dotnetSays = () => descriptions.length ? Promise.resolve(descriptions.shift()) : new Promise((ok) => waiting.push(ok));
  const tellDotnet = (description) => dotnet.stdin.write(`${JSON.stringify({ type: description.type, sdp: description.sdp })}\n`);
  const timeout = setTimeout(() => dotnet.kill(), 120000);
  try {
    const report = await peer.run({ role, dotnetSays, tellDotnet });
    const closed = () => events.some((e) => e.event === "closed" && e.label === "third");
    for (let i = 0; i < 100 && !closed(); i++) await new Promise((ok) => setTimeout(ok, 50));
    if (!closed()) throw new Error(".NET did not see the close of the third channel");
    report.push("close seen by .NET");
    return report;
  } finally {
    clearTimeout(timeout);
    dotnet.stdin.end();
    await new Promise((ok) => dotnet.exitCode !== null || dotnet.signalCode ? ok() : dotnet.once("exit", ok));
  }
}
