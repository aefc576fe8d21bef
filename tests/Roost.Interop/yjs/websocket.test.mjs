// Unmodified y-websocket clients and documents of Roost.Crdt, in one room of a C# server.
import { strict as assert } from "node:assert";
import { test } from "node:test";
import WebSocket from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import { start, until } from "./support.mjs";

const hex = bytes => Buffer.from(bytes).toString("hex");

/** An npm client with its document. */
function client(t, url, room = "room") {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(url, room, doc, { WebSocketPolyfill: WebSocket, disableBc: true, maxBackoffTime: 200 });
  t.after(() => { provider.destroy(); doc.destroy(); });
  return { doc, provider, text: doc.getText("text"), map: doc.getMap("map"), array: doc.getArray("array"), state: () => hex(Y.encodeStateAsUpdate(doc)) };
}

/** Two of each kind in one room of a C# server. */
async function meeting(t) {
  const server = await start(t, "server");
  const sharps = await Promise.all([start(t, "client", `${server.url}/room`), start(t, "client", `${server.url}/room`)]);
  const nodes = [client(t, server.url), client(t, server.url)];
  await until(async () => (await server.state()).connections === 4, "all four are connected");
  await until(() => nodes.every(({ provider }) => provider.synced), "y-websocket says that it is in step");
  return { server, sharps, nodes };
}

/** Every document is the same, byte for byte. */
async function converge({ server, sharps, nodes }, check = () => true) {
  return until(async () => {
    const states = await Promise.all([server, ...sharps].map(peer => peer.state()));
    return !states.some(({ pending }) => pending) && new Set([...states.map(({ state }) => state), ...nodes.map(({ state }) => state())]).size === 1 && check(states[0]);
  }, "all documents are the same bytes");
}

test("two y-websocket clients, two C# clients and a C# server edit at once and end with the same bytes", async t => {
  const all = await meeting(t);
  const { sharps, nodes } = all;
  const edits = [];
  for (let i = 0; i < 40; i++) {
    const [node, other] = [nodes[i % 2], nodes[(i + 1) % 2]];
    node.text.insert(Math.floor(node.text.length / 2), `n${i} `);
    if (i % 5 === 4) other.text.delete(0, 2);
    if (i % 4 === 0) node.text.format(0, Math.min(4, node.text.length), { bold: i % 8 === 0 ? true : null });
    node.map.set(`k${i % 3}`, { from: "node", i });
    node.array.push([i, `s${i}`, null, [1.5, true]]);
    const sharp = sharps[i % 2];
    edits.push(sharp.tell({ op: "insert", at: 0, text: `c${i}🐦 ` }), sharp.tell({ op: "set", key: `k${i % 3}`, value: { from: "c#", i } }), sharp.tell({ op: "push", value: ["c#", i, 0.1] }));
    if (i % 6 === 5) edits.push(sharp.tell({ op: "delete", at: 1, length: 1 }), sharp.tell({ op: "insert", at: 0, text: "B", attributes: { bold: true } }));
    if (i % 10 === 0) await new Promise(next => setTimeout(next, 1));
  }
  await Promise.all(edits);
  await converge(all, ({ text }) => text.includes("c39") && text.includes("n39"));
  assert.equal((await sharps[0].state()).text, nodes[0].text.toString());
  assert.equal(nodes[0].array.length, nodes[1].array.length);
});

test("who is cut off edits alone, and all is merged when they are back", async t => {
  const all = await meeting(t);
  const { server, sharps, nodes } = all;
  nodes[0].text.insert(0, "before ");
  await converge(all, ({ text }) => text === "before ");
  nodes.forEach(({ provider }) => provider.disconnect());
  await until(async () => (await server.state()).connections === 2, "the server sees them go");
  nodes[0].text.insert(0, "offline ");
  nodes[1].map.set("k", "offline");
  await sharps[0].tell({ op: "insert", at: 0, text: "meanwhile " });
  await server.tell({ op: "insert", at: 0, text: "here " });
  nodes.forEach(({ provider }) => provider.connect());
  await converge(all, ({ text }) => ["offline ", "meanwhile ", "here ", "before "].every(word => text.includes(word)));
  // Every connection breaks at once, and both kinds of clients dial again by themselves.
  await server.tell({ op: "cut" });
  nodes[1].text.insert(0, "cut ");
  await sharps[1].tell({ op: "insert", at: 0, text: "off " });
  await until(async () => (await server.state()).connections === 4, "all are back");
  await converge(all, ({ text }) => text.includes("cut ") && text.includes("off "));
  assert.equal(nodes[0].map.get("k"), "offline");
});

test("a server that starts again empty is filled by its clients", async t => {
  const first = await start(t, "server");
  const node = client(t, first.url);
  const sharp = await start(t, "client", `${first.url}/room`);
  node.text.insert(0, "kept by clients");
  await until(async () => (await sharp.state()).text === "kept by clients", "the C# client has it");
  await first.kill();
  await until(() => !node.provider.wsconnected, "the server is gone");
  node.text.insert(0, "still ");
  const second = await start(t, "server", new URL(first.url).port);
  await until(async () => (await second.state()).text === "still kept by clients", "the new server has what its clients kept");
  await until(async () => (await sharp.state()).text === "still kept by clients", "and so has the C# client");
  const other = client(t, second.url, "another");
  await until(() => other.provider.synced, "another room is in step");
  assert.equal(other.text.toString(), "", "and has nothing of this one");
});

test("awareness goes both ways, and ends with the connection", async t => {
  const all = await meeting(t);
  const { server, sharps, nodes } = all;
  nodes[0].provider.awareness.setLocalStateField("user", { name: "Node", color: "#ff0000" });
  await sharps[0].tell({ op: "aware", state: { user: { name: "Sharp" } } });
  const sharp = (await sharps[0].state()).client;
  await until(() => nodes.every(({ provider }) => provider.awareness.getStates().get(sharp)?.user?.name === "Sharp"), "both npm clients see the C# client");
  await until(async () => /"Node"/.test((await sharps[1].state()).awareness[nodes[0].doc.clientID] ?? ""), "the C# client sees the npm client");
  const departed = nodes[0].doc.clientID;
  nodes[0].provider.destroy();
  for (const peer of [server, ...sharps])
    await until(async () => !((await peer.state()).awareness[departed]), "who destroyed its provider is gone everywhere");
  await until(() => !nodes[1].provider.awareness.getStates().has(departed), "for the other npm client, too");
  await sharps[0].kill();
  await until(() => !nodes[1].provider.awareness.getStates().has(sharp), "a C# client that is killed is gone for the npm client");
});

test("who sends what is no message is closed, and nobody else notices", async t => {
  const all = await meeting(t);
  const { server, nodes } = all;
  nodes[0].text.insert(0, "good");
  await converge(all, ({ text }) => text === "good");
  for (const junk of [[0, 2, 5, 1, 1], [0, 0, 3, 9, 9, 9], [1, 200, 1], [0, 9, 0], [255, 255, 255, 255, 255, 255, 255, 255, 255], []]) {
    const socket = new WebSocket(`${server.url}/room`);
    const closed = new Promise(done => socket.on("close", done));
    await new Promise((done, failed) => { socket.on("open", done); socket.on("error", failed); });
    socket.send(Uint8Array.from(junk));
    assert.equal(await closed, 1007, `${junk}`);
  }
  nodes[1].text.insert(4, "!");
  await converge(all, ({ text }) => text === "good!");
});
