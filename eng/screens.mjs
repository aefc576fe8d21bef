// Takes the README's picture: a real terminal session beside the real page on a phone. Needs: npm ci --prefix tests/Roost.Interop/sessions
// Run: ./roost --version && node eng/screens.mjs
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const home = new URL("../", import.meta.url);
const { chromium } = createRequire(new URL("tests/Roost.Interop/sessions/package.json", home))("playwright-core");
const host = spawn(fileURLToPath(new URL("artifacts/roost/roost", home)), ["stream", "--host", "127.0.0.1", "--qr", "on", "--title", "Explain CRDTs", "--linger", "1m"], { env: { ...process.env, CLICOLOR_FORCE: "" } });
let screen = "";
host.stderr.on("data", bytes => { screen += bytes; });
const link = await new Promise(found => host.stderr.on("data", () => { const hit = /open\s+(http\S+)/.exec(screen); if (hit) found(hit[1]); }));
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
const phone = await (await browser.newContext({ viewport: { width: 390, height: 640 }, deviceScaleFactor: 2, colorScheme: "dark" })).newPage();
await phone.goto(link);
const text = `# Conflict-free replicated data types

A CRDT is a value that several people may change at once, without asking each other, and that still ends up \u001b[1mthe same everywhere\u001b[0m.

The trick is to make every change \u001b[36mcommutative\u001b[0m: it does not matter in which order they arrive.

    \u001b[35mclass\u001b[0m Counter {
        increments = \u001b[35mnew\u001b[0m Map()
        add(who, n) { \u001b[90m/* each counts alone */\u001b[0m }
        value() { \u001b[90m/* and all are summed */\u001b[0m }
    }

Text works the same way: every letter has a name`;
host.stdin.write(text);
await phone.waitForFunction(() => document.querySelector(".log")?.textContent.includes("every letter"));
const shot = await phone.screenshot();
const said = screen.replace(/\u001b\[[0-9;]*m/g, "").split("\n").filter(line => !/joined/.test(line)).map(line => line.replace(/http:\/\/127\.0\.0\.1:\d+/, "http://192.168.1.20:40583"));
const short = line => line.length > 74 ? line.slice(0, 73) + "…" : line;
const cut = said.slice(0, 20).join("\n");
const passed = text.replace(/\u001b\[[0-9;]*m/g, "").split("\n").slice(0, 9).map(line => line.match(/.{1,72}(\s|$)/g)?.join("\n") ?? "").join("\n");
const words = [...said.slice(20).filter(line => line.trim()).map(short), "  ● a viewer joined · viewers 1", passed].join("\n");
const terminal = await (await browser.newContext({ viewport: { width: 1240, height: 700 }, deviceScaleFactor: 1 })).newPage();
await terminal.setContent(`<body style="margin:0;background:linear-gradient(120deg,#e9e4d8,#d9e2ea);font:13px/1.15 'DejaVu Sans Mono',monospace;display:flex;gap:34px;align-items:center;justify-content:center;height:700px">
<div style="background:#16181d;color:#e8e6e1;border-radius:10px;padding:16px 20px;width:640px;height:600px;overflow:hidden;box-shadow:0 14px 40px #0004">
<div style="display:flex;gap:7px;margin-bottom:12px"><i style="width:11px;height:11px;border-radius:6px;background:#e0645c"></i><i style="width:11px;height:11px;border-radius:6px;background:#e2b44d"></i><i style="width:11px;height:11px;border-radius:6px;background:#62b553"></i></div>
<div style="color:#8fc7a8">$ ollama run llama3 "Explain CRDTs" | ./roost stream</div><pre style="margin:6px 0;font:inherit;line-height:1;letter-spacing:0">${cut}</pre><pre style="margin:4px 0;font:inherit;line-height:1.35;color:#b9b4a8">${words.replace(/&/g, "&amp;").replace(/</g, "&lt;")}</pre></div>
<div style="background:#0b0c0e;border-radius:44px;padding:14px 12px;box-shadow:0 14px 40px #0005"><img style="display:block;width:350px;border-radius:32px" src="data:image/png;base64,${shot.toString("base64")}"></div></body>`);
mkdirSync(new URL("docs/screens/", home), { recursive: true });
await terminal.screenshot({ path: fileURLToPath(new URL("docs/screens/first-minute.png", home)) });
await browser.close();
host.kill("SIGKILL");
