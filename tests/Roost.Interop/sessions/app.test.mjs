// The web app on a real hub: host and join on two screens, https, proxies, offline.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { request } from "node:http";
import { join } from "node:path";
import { after, test } from "node:test";
import { browser, closeBrowser, openPage, run, temporary, until } from "./support.mjs";

after(closeBrowser);

async function hub(t, args = []) {
  const host = run(t, ["hub", "--host", "127.0.0.1", "--json", "--log-level", "error", ...args]);
  const [, url] = await host.said(/"ev":"ready".*"url":"([^"]+)"/);
  return Object.assign(host, { url, port: new URL(url).port });
}

const share = async (page, text) => {
  await page.locator("#compose").fill(text);
  await page.getByRole("button", { name: "Share text" }).click();
};

test("one phone hosts, another joins; both go on after the hub was killed", async t => {
  const { folder } = temporary(t);
  const first = await hub(t, ["--port", "0", "--data", folder]);
  const host = await openPage(`${first.url}/`);
  await host.getByRole("link", { name: "Share from this page" }).click();
  await host.locator(".state[data-tone=live]").waitFor();
  await share(host, "# From a phone");
  // Without WebRTC, since a page that is linked with its host reads on and has nothing to come back from (direct.test.mjs).
  const plain = await (await browser()).newContext({ viewport: { width: 390, height: 844 } });
  await plain.addInitScript(() => Reflect.deleteProperty(globalThis, "RTCPeerConnection"));
  const viewer = await openPage(await host.locator(".session-link").inputValue(), plain);
  await viewer.locator("h2", { hasText: "From a phone" }).waitFor();
  first.kill("SIGKILL");
  await first.ended;
  await host.getByText("Connection lost").first().waitFor();
  await share(host, "written while no hub was there");
  await hub(t, ["--port", first.port, "--data", folder]);
  await viewer.getByText("written while no hub was there").waitFor({ timeout: 20_000 });
  await viewer.getByText(/Back in \d+ s, nothing lost/).first().waitFor();
  assert.deepEqual([...host.problems, ...viewer.problems], []);
});

test("with --tls self a page has what https gives, and the same certificate after a restart", async t => {
  const { folder } = temporary(t);
  const first = await hub(t, ["--port", "0", "--tls", "self", "--data", folder]);
  assert.match(first.url, /^https:/);
  const context = await (await browser()).newContext({ ignoreHTTPSErrors: true });
  const page = await openPage(`${first.url.replace("localhost", "127.0.0.1")}/#/host/new`, context);
  await page.locator(".state[data-tone=live]").waitFor();
  assert.equal(await page.evaluate(() => isSecureContext && !!navigator.mediaDevices && !!navigator.clipboard && "wakeLock" in navigator), true);
  assert.equal(await page.evaluate(() => document.querySelector(".missing")), null);
  const print = port => execFileSync("openssl", ["s_client", "-connect", `127.0.0.1:${port}`], { input: "", stdio: ["pipe", "pipe", "ignore"] }).toString().match(/-----BEGIN[^]+?-----END CERTIFICATE-----/)[0];
  const before = print(first.port);
  first.kill();
  await first.ended;
  const second = await hub(t, ["--port", first.port, "--tls", "self", "--data", folder]);
  assert.equal(print(second.port), before);
});

test("terminals reach a hub with --tls self when they are given its certificate, and are told how when not", async t => {
  const { folder } = temporary(t);
  const own = await hub(t, ["--port", "0", "--tls", "self", "--data", folder]);
  const stranger = run(t, ["stream", "--hub", own.url]);
  await stranger.said(/certificate is not trusted here.*SSL_CERT_FILE/);
  const env = { SSL_CERT_FILE: join(folder, "tls.crt") };
  const host = run(t, ["stream", "--hub", own.url], { env });
  const [, link] = await host.said(/open\s+(https\S+)/);
  host.write("over TLS\n");
  await run(t, ["watch", link], { env }).said(/over TLS/);
});

test("--tls takes files, and says what is wrong with them", async t => {
  const { folder } = temporary(t);
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=files.test"], { stdio: "ignore" });
  const good = await hub(t, ["--port", "0", "--tls", `${cert},${key}`]);
  const seen = execFileSync("openssl", ["s_client", "-connect", `127.0.0.1:${good.port}`], { input: "", stdio: ["pipe", "pipe", "ignore"] }).toString();
  assert.match(seen, /CN ?= ?files\.test/);
  for (const how of [`${cert},${join(folder, "missing")}`, cert, `${key},${cert}`]) {
    const bad = run(t, ["hub", "--port", "0", "--host", "127.0.0.1", "--tls", how]);
    assert.equal(await bad.ended, 2);
    assert.match(bad.err(), /ROOST-1911/);
  }
});

test("--trusted-proxy takes networks and addresses, and nothing else", async t => {
  const good = await hub(t, ["--port", "0", "--trusted-proxy", "127.0.0.0/8", "--trusted-proxy", "::1"]);
  const status = await new Promise((resolve, reject) => request(`${good.url}/health`, { headers: { "x-forwarded-for": "203.0.113.9" } }, answer => resolve(answer.statusCode)).on("error", reject).end());
  assert.equal(status, 200);
  const bad = run(t, ["hub", "--port", "0", "--trusted-proxy", "everybody"]);
  assert.equal(await bad.ended, 2);
  assert.match(bad.err(), /ROOST-1903/);
});

test("PUBLIC_URL is what the hub is called, and the installed app opens without it", async t => {
  const host = await hub(t, ["--port", "0"]);
  const named = await hub(t, ["--port", "0", "--public-url", "https://roost.example.org"]);
  assert.equal(named.url, "https://roost.example.org");
  const page = await openPage(`${host.url}/`);
  await until(() => page.evaluate(() => navigator.serviceWorker.ready.then(ready => ready.active?.state === "activated")), "the service worker");
  const manifest = await page.evaluate(async () => (await fetch(document.querySelector("link[rel=manifest]").href)).json());
  assert.equal(manifest.display, "standalone");
  host.kill();
  await host.ended;
  await page.reload();
  await page.getByText("Join a session").waitFor();
  await page.getByLabel("Language").selectOption("de");
  await page.getByText("Einer Sitzung beitreten").waitFor();
});
