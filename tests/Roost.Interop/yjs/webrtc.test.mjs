// Unmodified y-webrtc in Chromium and documents of Roost.Crdt over Roost.Rtc, in one room of a C# signaling server.
import { strict as assert } from "node:assert";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { start, until } from "./support.mjs";

let browser, bundle;

before(async () => {
  const made = await build({
    stdin: { contents: `import * as Y from "yjs"; import { WebrtcProvider } from "y-webrtc"; Object.assign(window, { Y, WebrtcProvider });`, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true, write: false, format: "iife", define: { global: "window" }, logLevel: "error",
  });
  bundle = made.outputFiles[0].text;
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", headless: true, args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
});
after(() => browser?.close());

/** A page with y-webrtc's provider; contexts are apart, so that nothing goes by BroadcastChannel. */
async function page(t, url) {
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(url.replace("ws:", "http:"));
  await page.addScriptTag({ content: bundle });
  await page.evaluate(signaling => {
    const doc = new window.Y.Doc();
    const provider = new window.WebrtcProvider("room", doc, { signaling: [signaling], peerOpts: { config: { iceServers: [] } } });
    Object.assign(window, { doc, provider, text: doc.getText("text"), map: doc.getMap("map") });
  }, `${url}/signaling`);
  return {
    page,
    do: (action, given) => page.evaluate(action, given),
    state: () => page.evaluate(() => [...window.Y.encodeStateAsUpdate(window.doc)].map(b => b.toString(16).padStart(2, "0")).join("")),
    peers: () => page.evaluate(() => [...(window.provider.room?.webrtcConns.values() ?? [])].filter(({ connected }) => connected).length),
  };
}

async function converge(sharps, pages, check = () => true) {
  return until(async () => {
    const states = await Promise.all(sharps.map(peer => peer.state()));
    return new Set([...states.map(({ state }) => state), ...await Promise.all(pages.map(p => p.state()))]).size === 1 && check(states[0]);
  }, "all documents are the same bytes");
}

test("y-webrtc in two pages and two C# peers meet, edit at once, and end with the same bytes", async t => {
  const server = await start(t, "server");
  const sharps = [await start(t, "webrtc", `${server.url}/signaling`)];
  const pages = [await page(t, server.url)];
  await until(async () => await pages[0].peers() === 1, "the page offers to the C# peer, or the C# peer to the page");
  pages.push(await page(t, server.url));
  await until(async () => await pages[1].peers() === 2, "the second page reaches both");
  sharps.push(await start(t, "webrtc", `${server.url}/signaling`));
  await until(async () => (await Promise.all(pages.map(p => p.peers()))).every(n => n === 3), "each page has a channel to all others");
  await until(async () => (await Promise.all(sharps.map(peer => peer.state()))).every(({ connections }) => connections >= 2), "the C# peers have theirs");
  const edits = [];
  for (let i = 0; i < 20; i++) {
    edits.push(pages[i % 2].do(i => {
      window.text.insert(Math.floor(window.text.length / 2), `p${i} `);
      window.map.set(`k${i % 3}`, { i });
    }, i));
    edits.push(sharps[i % 2].tell({ op: "insert", at: 0, text: `c${i}🐦 ` }), sharps[i % 2].tell({ op: "set", key: `k${i % 3}`, value: i }));
  }
  await Promise.all(edits);
  await converge(sharps, pages, ({ text }) => text.includes("c19") && text.includes("p19"));
  await pages[0].do(() => window.provider.awareness.setLocalStateField("user", { name: "Page" }));
  await sharps[0].tell({ op: "aware", state: { user: { name: "Sharp" } } });
  await until(async () => Object.values((await sharps[1].state()).awareness).some(state => state.includes("Page")), "the C# peers see who is in the page");
  await until(() => pages[1].do(() => [...window.provider.awareness.getStates().values()].some(({ user }) => user?.name === "Sharp")), "the pages see who is in C#");
});

test("who is away edits alone, and comes back to what the others wrote", async t => {
  const server = await start(t, "server");
  const sharp = await start(t, "webrtc", `${server.url}/signaling`);
  const one = await page(t, server.url);
  await sharp.tell({ op: "insert", at: 0, text: "before " });
  await converge([sharp], [one], ({ text }) => text === "before ");
  await one.do(() => window.provider.disconnect());
  await until(async () => (await sharp.state()).connections === 0, "the C# peer sees it go");
  await one.do(() => window.text.insert(0, "page "));
  await sharp.tell({ op: "insert", at: 0, text: "sharp " });
  await one.do(() => window.provider.connect());
  await converge([sharp], [one], ({ text }) => text.includes("page ") && text.includes("sharp "));
  assert.equal((await sharp.state()).text.length, "page sharp before ".length);
});
