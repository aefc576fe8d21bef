// A program in another language as a peer: descriptions as JSON lines on stdin and stdout, at the end {"report": [...]}.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export async function runNative(command, args, { role, dotnetSays, tellDotnet }) {
  const program = spawn(command, [...args, role], { stdio: ["pipe", "pipe", "inherit"] });
  dotnetSays().then((d) => program.stdin.write(`${JSON.stringify({ type: d.type, sdp: d.sdp })}\n`));
  let report;
  createInterface({ input: program.stdout }).on("line", (line) => {
    if (!line.startsWith("{")) return console.error(line);
    const said = JSON.parse(line);
    if (said.report) report = said.report; else tellDotnet(said);
  });
  const code = await new Promise((ok) => program.once("close", ok));
  if (!report) throw new Error(`${command} ended with ${code}`);
  return report;
}
