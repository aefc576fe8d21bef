// Debian's Firefox, without a driver: a page from a loopback server that fetches and posts the descriptions.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const firefox = process.env.FIREFOX ?? "/usr/bin/firefox-esr";
const checks = readFileSync(fileURLToPath(new URL("../checks.js", import.meta.url)), "utf8");

const script = (role) => `
const post = (where, what) => fetch(where, { method: "POST", body: JSON.stringify(what) });
(async () => {
  const pc = new RTCPeerConnection();
  const gathered = new Promise((ok) => { pc.onicecandidate = (event) => event.candidate || ok(); });
  const tell = () => post("/tell", { type: pc.localDescription.type, sdp: pc.localDescription.sdp });
  const says = async () => (await fetch("/says")).json();
  let main;
  if (${JSON.stringify(role)} === "answer") {
    main = pc.createDataChannel("main");
    await pc.setLocalDescription(); await gathered; await tell();
    await pc.setRemoteDescription(await says());
  } else {
    const arrived = new Promise((ok) => { pc.ondatachannel = (event) => ok(event.channel); });
    await pc.setRemoteDescription(await says());
    await pc.setLocalDescription(); await gathered; await tell();
    main = await arrived;
  }
  const report = await runChecks(pc, main, { maxBytes: 262144 });
  pc.close();
  await post("/report", { report });
})().catch((error) => post("/report", { error: String(error) }));`;

export default {
  missing: () => existsSync(firefox) ? null : `Debian package firefox-esr`,
  async run({ role, dotnetSays, tellDotnet }) {
    const profile = mkdtempSync(path.join(tmpdir(), "firefox-"));
    writeFileSync(path.join(profile, "user.js"), [
      ["browser.shell.checkDefaultBrowser", false], ["datareporting.policy.dataSubmissionEnabled", false], ["app.update.enabled", false],
      ["network.captive-portal-service.enabled", false], ["network.connectivity-service.enabled", false], ["browser.safebrowsing.downloads.enabled", false],
      ["toolkit.telemetry.reportingpolicy.firstRun", false], ["extensions.update.enabled", false], ["services.settings.server", "data:,"],
    ].map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`).join("\n"));
    let report;
    const done = new Promise((ok) => { report = ok; });
    const server = createServer(async (request, response) => {
      const body = [];
      for await (const part of request) body.push(part);
      const said = body.length ? JSON.parse(Buffer.concat(body)) : null;
      if (request.url === "/tell") tellDotnet(said);
      if (request.url === "/report") report(said);
      if (request.url === "/says") response.end(JSON.stringify(await dotnetSays()));
      else if (request.url === "/") response.setHeader("content-type", "text/html").end(`<!doctype html><meta charset=utf-8><title>interop</title><script>${checks}</script><script>${script(role)}</script>`);
      else response.end("{}");
    });
    await new Promise((ok) => server.listen(0, "127.0.0.1", ok));
    const browser = spawn(firefox, ["--headless", "--no-remote", "--profile", profile, `http://127.0.0.1:${server.address().port}/`], { stdio: "ignore" });
    const timeout = setTimeout(() => report({ error: "Firefox said nothing within 90 s" }), 90000);
    try {
      const said = await done;
      if (said.error) throw new Error(said.error);
      return said.report;
    } finally {
      clearTimeout(timeout);
      browser.kill();
      await new Promise((ok) => browser.exitCode !== null || browser.signalCode ? ok() : browser.once("exit", ok));
      server.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};
