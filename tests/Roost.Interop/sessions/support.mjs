// Starts ./roost and Chromium for a test, and ends what it started.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, readFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import jsQR from "jsqr";
import { chromium } from "playwright-core";

export const roost = fileURLToPath(new URL("../../../artifacts/roost/roost", import.meta.url));

export const temporary = t => {
  const folder = mkdtempSync(join(tmpdir(), "roost-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return { folder };
};

/** Runs the executable; `text()` is what it has said so far, `said(pattern)` waits for it. */
export function run(t, args, { env = {}, cwd, command = roost } = {}) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, cwd, stdio: ["pipe", "pipe", "pipe"] });
  let out = "";
  let err = "";
  const waiting = new Set();
  const check = () => { for (const look of waiting) look(); };
  child.stdout.on("data", bytes => { out += bytes.toString("latin1"); check(); });
  child.stderr.on("data", bytes => { err += bytes.toString("utf8"); check(); });
  const ended = new Promise(done => child.on("close", (code, signal) => done(code ?? signal)));
  child.stdin.on("error", () => {});
  t.after(async () => { child.kill("SIGKILL"); await ended; });
  return {
    child, ended,
    out: () => Buffer.from(out, "latin1").toString("utf8"),
    err: () => err,
    write: text => child.stdin.write(text),
    end: () => child.stdin.end(),
    kill: (signal = "SIGTERM") => child.kill(signal),
    said: (pattern, ms = 20_000) => new Promise((resolve, reject) => {
      const timer = setTimeout(() => { waiting.delete(look); reject(new Error(`not said within ${ms} ms: ${pattern}\n${out}\n${err}`)); }, ms);
      const look = () => {
        const found = pattern.exec(err) ?? pattern.exec(out);
        if (found) { clearTimeout(timer); waiting.delete(look); resolve(found); }
      };
      waiting.add(look);
      look();
    }),
  };
}

/** Starts `roost stream` and waits for its link. */
export async function stream(t, args = [], options = {}) {
  const host = run(t, ["stream", "--host", "127.0.0.1", "--qr", "on", ...args], options);
  const [, link] = await host.said(/open\s+(http\S+)/);
  return Object.assign(host, { link });
}

/** The text behind the QR code that was printed with half blocks: dark where the terminal's ground shows. */
export function decodePrintedQr(screen) {
  const rows = screen.split("\n").filter(line => /^  [█▀▄ ]{20,}$/.test(line)).map(line => line.slice(2));
  const width = Math.max(...rows.map(row => row.length));
  const scale = 4;
  const height = rows.length * 2;
  const pixels = new Uint8ClampedArray(width * scale * height * scale * 4).fill(255);
  const isLight = (x, y) => {
    const cell = rows[y >> 1][x] ?? " ";
    return cell === "█" || cell === (y % 2 === 0 ? "▀" : "▄");
  };
  for (let y = 0; y < height * scale; y++) {
    for (let x = 0; x < width * scale; x++) {
      const value = isLight(Math.floor(x / scale), Math.floor(y / scale)) ? 255 : 0;
      pixels.set([value, value, value, 255], (y * width * scale + x) * 4);
    }
  }
  return jsQR(pixels, width * scale, height * scale)?.data;
}

let shared;
export async function browser() {
  shared ??= await chromium.launch({
    executablePath: "/usr/bin/chromium",
    headless: true,
    args: ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
      "--host-resolver-rules=MAP lan.test 127.0.0.1"],
  });
  return shared;
}

export async function closeBrowser() {
  await shared?.close();
  shared = undefined;
}

/** A fresh page that fails the test on CSP violations and page errors. */
export async function openPage(link, context) {
  const page = await (context ?? await (await browser()).newContext({ viewport: { width: 390, height: 844 } })).newPage();
  const problems = [];
  page.on("pageerror", error => problems.push(String(error)));
  page.on("console", message => { if (/Content Security Policy|Refused to/.test(message.text())) problems.push(message.text()); });
  await page.goto(link);
  return Object.assign(page, { problems, text: () => page.evaluate(() => document.querySelector(".log")?.textContent ?? ""), state: () => page.evaluate(() => document.querySelector(".state")?.textContent ?? "") });
}

/** Waits until `probe()` gives something true. */
export async function until(probe, what, ms = 20_000) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise(next => setTimeout(next, 30));
  }
}

export const readText = path => existsSync(path) ? readFileSync(path, "utf8") : "";
