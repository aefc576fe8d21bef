// `./roost ask` against a model server that behaves, and against ones that don't.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { closeBrowser, openPage, run, temporary, until } from "./support.mjs";
import { delta, model, refuses, says, sends } from "./model-double.mjs";

after(closeBrowser);

/** Starts `roost ask` with nothing on standard input and a state folder of its own. */
function ask(t, server, args, { env = {}, input = "" } = {}) {
  const { folder } = temporary(t);
  const asking = run(t, ["ask", "--host", "127.0.0.1", ...args], { env: { XDG_STATE_HOME: folder, OPENAI_BASE_URL: server?.url ?? "", OPENAI_API_KEY: "", OPENAI_MODEL: "", ROOST_HUB: "", ...env } });
  if (input !== undefined) asking.child.stdin.end(input);
  return Object.assign(asking, { folder });
}

test("an answer comes out as it is written, and a page reads along", async t => {
  let response;
  const server = await model(t, held => {
    response = held;
    held.writeHead(200, { "content-type": "text/event-stream" });
    held.write(delta("# The **answer**"));
  });
  const asking = ask(t, server, ["What", "is it?", "--qr", "on"]);
  const [, link] = await asking.said(/open\s+(http\S+)/);
  const page = await openPage(link);
  await until(async () => (await page.text()).includes("The answer"), "the first words");
  assert.match(await page.text(), /Question: What is it\?/);
  assert.equal(await page.evaluate(() => document.querySelector("h1").textContent), "What is it?");
  response.write(delta("\n\n```js\nlet a\n```\n"));
  await until(() => page.evaluate(() => document.querySelector(".hl-keyword")?.textContent === "let"), "coloured code");
  response.end("data: [DONE]\n\n");
  assert.equal(await asking.ended, 0);
  assert.equal(asking.out(), "# The **answer**\n\n```js\nlet a\n```\n");
  await until(async () => /Ended/.test(await page.state()), "the end");
  assert.deepEqual(server.asked[0].body, { model: "small", messages: [{ role: "user", content: "What is it?" }], stream: true });
  assert.deepEqual(page.problems, []);
});

test("files and standard input are context; the key comes from the environment and goes to the named server", async t => {
  const server = await model(t, says("ok"));
  const { folder } = temporary(t);
  writeFileSync(join(folder, "notes.md"), "note with ``` in it");
  const asking = ask(t, server, ["-f", join(folder, "notes.md"), "-m", "large", "-s", "Be short.", "--no-share", "Sum up"], { env: { OPENAI_API_KEY: "key-4711" }, input: "from stdin" });
  assert.equal(await asking.ended, 0);
  const { authorization, body } = server.asked[0];
  assert.equal(authorization, "Bearer key-4711");
  assert.equal(body.model, "large");
  assert.deepEqual(body.messages[0], { role: "system", content: "Be short." });
  assert.equal(body.messages[1].content, "notes.md:\n~~~~~~\nnote with ``` in it\n~~~~~~\n\nstandard input:\n```\nfrom stdin\n```\n\nSum up");
  assert.equal(asking.out(), "ok\n");
});

test("-c goes on with the last conversation, which only its owner can read", async t => {
  const server = await model(t, (response, { messages }) => says(`turn ${messages.length}`)(response));
  const first = ask(t, server, ["--no-share", "one"]);
  assert.equal(await first.ended, 0);
  const second = ask(t, server, ["--no-share", "-c", "two"], { env: { XDG_STATE_HOME: first.folder } });
  assert.equal(await second.ended, 0);
  assert.equal(second.out(), "turn 3\n");
  assert.deepEqual(server.asked[1].body.messages.map(({ content }) => content), ["one", "turn 1", "two"]);
  const none = ask(t, server, ["--no-share", "-c", "three"]);
  assert.equal(await none.ended, 2);
  assert.match(none.err(), /ROOST-4109/);
});

test("without a model server the error lists what was tried", async t => {
  const asking = ask(t, undefined, ["--no-share", "anybody?"]);
  assert.equal(await asking.ended, 11);
  assert.match(asking.err(), /ROOST-4101 .*OPENAI_BASE_URL \(not set\), Ollama at 127\.0\.0\.1:11434, LM Studio at 127\.0\.0\.1:1234, llama\.cpp at 127\.0\.0\.1:8080/);
  assert.equal(asking.out(), "");
});

const euro = Buffer.from(delta("Grüße €"));
for (const [what, answer, args, exit, code, out] of [
  ["stalls", sends([delta("half ")], "hang"), ["--timeout", "1s"], 4, "ROOST-4103", "half \n"],
  ["breaks off", sends([delta("half ")], "cut"), [], 10, "ROOST-4104", "half \n"],
  ["ends without saying that it is complete", sends([delta("half ")], "end"), [], 10, "ROOST-4104", "half \n"],
  ["errs in the middle", sends([delta("a begin"), "data: {\"error\":{\"message\":\"out of memory\"}}\n\n"], "end"), [], 10, "ROOST-4104 the answer broke off: out of memory", "a begin\n"],
  ["sends garbage", sends(["data: {]\n\n", Buffer.from([0, 255, 254]), "<html>\n\n"], "end"), [], 11, "ROOST-4105", ""],
  ["sends one endless line", sends(["data: " + "x".repeat(2_000_000)], "hang"), [], 11, "ROOST-4105", ""],
  ["sends JSON of other things", sends(["data: 5\n\ndata: {\"choices\":[]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":7}}]}\n\ndata: [DONE]\n\n"], "end"), [], 0, "", ""],
  ["refuses the key", refuses(401, "no such key"), [], 7, "ROOST-4102", ""],
  ["is asked too often", refuses(429, "slow down"), [], 8, "ROOST-4102", ""],
  ["has no such model", refuses(404, "not here"), [], 11, "roost ask --models", ""],
  ["splits characters", sends([euro.subarray(0, 49), euro.subarray(49, 52), euro.subarray(52), "data: [DONE]\r\n\r\n"], "end"), [], 0, "", "Grüße €\n"],
]) {
  test(`a server that ${what}: exit ${exit}`, async t => {
    const server = await model(t, answer);
    const asking = ask(t, server, ["--no-share", ...args, "a question"]);
    assert.equal(await asking.ended, exit);
    assert.ok(asking.err().includes(code), asking.err());
    assert.equal(asking.out(), out);
  });
}

test("a redirect is not followed, so that key and question stay with the named server", async t => {
  const elsewhere = await model(t, says("stolen"));
  const server = await model(t, response => response.writeHead(307, { location: `${elsewhere.url}/chat/completions` }).end());
  const asking = ask(t, server, ["--no-share", "a question"], { env: { OPENAI_API_KEY: "key-4711" } });
  assert.equal(await asking.ended, 11);
  assert.equal(elsewhere.asked.length, 0);
});

test("viewers' questions are answered where the host lets them, and the hub never sees them", async t => {
  const server = await model(t, (response, { messages }) => says(`Re: ${messages.at(-1).content}`)(response));
  const asking = ask(t, server, ["--can-ask", "first"], { input: undefined });
  asking.child.stdin.end();
  const [, link] = await asking.said(/open\s+(http\S+)/);
  const page = await openPage(link);
  await until(async () => (await page.text()).includes("Re: first"), "the first answer");
  await page.getByLabel("Ask the host").fill("what a viewer wants");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await until(async () => (await page.text()).includes("Re: what a viewer wants"), "the answer to the viewer");
  assert.match(asking.err(), /a viewer asks: what a viewer wants/);
  asking.kill("SIGINT");
  assert.equal(await asking.ended, 0);
  await until(async () => /Ended/.test(await page.state()), "the end");
});

test("--json tells each piece; --render colours Markdown where a terminal wants it", async t => {
  const server = await model(t, says("# Ti", "tle\n\n- **a** `b`\n```\n*c*\n```\n"));
  const lines = ask(t, server, ["--json", "--no-share", "q"]);
  assert.equal(await lines.ended, 0);
  const events = lines.out().trim().split("\n").map(line => JSON.parse(line));
  assert.equal(events.filter(({ ev }) => ev === "text").map(({ text }) => text).join(""), "# Title\n\n- **a** `b`\n```\n*c*\n```\n");
  assert.equal(events.at(-1).ev, "done");
  const coloured = ask(t, server, ["--render", "--no-share", "q"], { env: { CLICOLOR_FORCE: "1" } });
  await coloured.ended;
  assert.equal(coloured.out(), "\u001b[1;4mTitle\u001b[0m\n\n\u001b[36m•\u001b[39m \u001b[1ma\u001b[22m \u001b[36mb\u001b[39m\n\n  \u001b[36m*c*\u001b[39m\n\n");
  const plain = ask(t, server, ["--render", "--no-share", "q"]);
  await plain.ended;
  assert.equal(plain.out(), "# Title\n\n- **a** `b`\n```\n*c*\n```\n");
});

test("what cannot be asked is told before anything starts", async t => {
  const server = await model(t, says("ok"));
  const { folder } = temporary(t);
  writeFileSync(join(folder, "binary"), Buffer.from([1, 0, 2]));
  mkdirSync(join(folder, "dir"));
  for (const [args, exit, code] of [
    [[], 2, "ROOST-4110"],
    [["-f", join(folder, "missing"), "q"], 11, "ROOST-4106"],
    [["-f", join(folder, "dir"), "q"], 11, "ROOST-4106"],
    [["-f", join(folder, "binary"), "q"], 2, "ROOST-4106"],
    [["--base-url", "ftp://x", "q"], 2, "ROOST-4108"],
  ]) {
    const asking = ask(t, server, ["--no-share", ...args]);
    assert.equal(await asking.ended, exit, asking.err());
    assert.ok(asking.err().includes(code), asking.err());
  }
  const empty = await model(t, says("ok"), { models: [] });
  const asking = ask(t, empty, ["--no-share", "q"]);
  assert.equal(await asking.ended, 2);
  assert.match(asking.err(), /ROOST-4107/);
  const listing = ask(t, server, ["--models"]);
  assert.equal(await listing.ended, 0);
  assert.equal(listing.out(), "small\nlarge\n");
});
