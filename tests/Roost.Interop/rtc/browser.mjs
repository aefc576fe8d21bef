// A page of a real browser as a peer, driven by Playwright.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const checks = readFileSync(fileURLToPath(new URL("./checks.js", import.meta.url)), "utf8");

export function browserPeer(executablePath, launch) {
  return {
    missing: () => existsSync(executablePath) ? null : executablePath,
    async run({ role, dotnetSays, tellDotnet }) {
      const browser = await launch(executablePath);
      try {
        const page = await browser.newPage();
        await page.goto("data:text/html,<title>interop</title>");
        await page.addScriptTag({ content: checks });
        await page.exposeFunction("dotnetSays", dotnetSays);
        await page.exposeFunction("tellDotnet", tellDotnet);
        return await page.evaluate(async (role) => {
          const pc = new RTCPeerConnection();
          const gathered = new Promise((ok) => { pc.onicecandidate = (event) => event.candidate || ok(); });
          const tell = () => window.tellDotnet({ type: pc.localDescription.type, sdp: pc.localDescription.sdp });
          let main;
          if (role === "answer") {
            main = pc.createDataChannel("main");
            await pc.setLocalDescription();
            await gathered;
            await tell();
            await pc.setRemoteDescription(await window.dotnetSays());
          } else {
            const arrived = new Promise((ok) => { pc.ondatachannel = (event) => ok(event.channel); });
            await pc.setRemoteDescription(await window.dotnetSays());
            await pc.setLocalDescription();
            await gathered;
            await tell();
            main = await arrived;
          }
          const report = await globalThis.runChecks(pc, main, { maxBytes: 262144, asksStatistics: true });
          pc.close();
          return report;
        }, role);
      } finally {
        await browser.close();
      }
    },
  };
}
