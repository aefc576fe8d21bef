// Debian's Chromium.
import { chromium } from "playwright-core";
import { browserPeer } from "../browser.mjs";

export default browserPeer(process.env.CHROMIUM ?? "/usr/bin/chromium", (executablePath) => chromium.launch({
  executablePath, headless: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
}));
