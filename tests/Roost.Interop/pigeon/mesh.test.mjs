// Unmodified clients at different hubs of one mesh: PeerPigeon's own hubs never bring such clients together.
import { test } from "node:test";
import assert from "node:assert/strict";
import { startHub, startMesh, meshed, makeClient, until, gossipReaches } from "./support.mjs";

const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

test("clients at the two ends of a row of three hubs meet, whoever is first", async t => {
  const hubs = await startMesh(t, 3);
  for (const [first, second] of [[0, 2], [2, 0]]) {
    const networkName = `ends ${first}`;
    const a = await makeClient(t, { networkName });
    const b = await makeClient(t, { networkName });
    await a.mesh.connect(hubs[first].url);
    await b.mesh.connect(hubs[second].url);
    await until(() => a.links() === 1 && b.links() === 1);
    await gossipReaches(b, [a], performance.now()); // their channel is open at both ends
    await b.mesh.sendDirectMessage(a.id, "from the other end");
    await a.hears("from the other end");
    a.mesh.disconnect();
    await until(() => b.links() === 0 && b.mesh.getDiscoveredPeers().length === 0);
  }
  for (const hub of hubs) assert.equal(hub.log(), "");
});

for (const order of orders) {
  test(`three clients at three hubs join in the order ${order.map(at => at + 1).join(", ")} and gossip`, async t => {
    const hubs = await startMesh(t, 3);
    const clients = [];
    for (const at of order) {
      clients.push(await makeClient(t, { networkName: "orders" }));
      await clients.at(-1).mesh.connect(hubs[at].url);
    }
    for (const client of clients) await gossipReaches(client, clients.filter(other => other !== client), performance.now());
    for (const hub of hubs) assert.equal(hub.log(), "");
  });
}

test("clients that were there before their hubs met are brought together when they do", async t => {
  const left = await startHub(t);
  const right = await startHub(t);
  const a = await makeClient(t, { networkName: "early" });
  const b = await makeClient(t, { networkName: "early" });
  await a.mesh.connect(left.url);
  await b.mesh.connect(right.url);
  const between = await startHub(t, ["--mesh", left.url, "--mesh", right.url]);
  await meshed([left, right, between]);
  await until(() => a.links() === 1 && b.links() === 1);
  await gossipReaches(a, [b], performance.now());
});

test("roost hub --mesh-demo 4 is four hubs of one mesh, and clients at all of them meet", async t => {
  const demo = await startHub(t, ["--mesh-demo", "4"]);
  await until(() => demo.ready().length === 4);
  const hubs = demo.ready().map(({ port }) => ({ port, url: `ws://127.0.0.1:${port}` }));
  assert.equal(new Set(demo.ready().map(({ hub }) => hub)).size, 4);
  await meshed(hubs);
  const clients = [];
  for (const hub of hubs) {
    clients.push(await makeClient(t, { networkName: "demo" }));
    await clients.at(-1).mesh.connect(hub.url);
  }
  await gossipReaches(clients[3], clients.slice(0, 3), performance.now());
  assert.equal(demo.log(), "");
});
