import { test } from "node:test";
import assert from "node:assert/strict";
import { startHub, makeClient, until, gossipReaches } from "./support.mjs";

for (const [first, second] of [["1.1.3", "1.1.3"], ["1.0.6", "1.0.6"], ["1.1.3", "1.0.6"]]) {
  test(`two clients meet, gossip, send direct and binary messages and say goodbye: ${first} and ${second}`, async t => {
    const hub = await startHub(t);
    const a = await makeClient(t, { version: first, networkName: "two" });
    const b = await makeClient(t, { version: second, networkName: "two" });
    await a.mesh.connect(hub.url);
    await b.mesh.connect(hub.url);
    await until(() => a.links() === 1 && b.links() === 1);
    await gossipReaches(a, [b], performance.now());
    await gossipReaches(b, [a], performance.now());
    await b.mesh.sendDirectMessage(a.id, "for you");
    await a.hears("for you");
    let bytes;
    a.mesh.addEventListener("binaryMessageReceived", event => { bytes = event.data; });
    assert.ok(await b.mesh.sendBinaryData(a.id, new Uint8Array([1, 2, 3])));
    await until(() => bytes);
    assert.deepEqual([...new Uint8Array(bytes)], [1, 2, 3]);
    a.mesh.disconnect();
    await until(() => b.links() === 0 && b.mesh.getDiscoveredPeers().length === 0);
    assert.equal(hub.log(), "");
  });
}

test("clients of different networks never hear of each other", async t => {
  const hub = await startHub(t);
  const a = await makeClient(t, { networkName: "red", allowGlobalFallback: false });
  const b = await makeClient(t, { networkName: "blue", allowGlobalFallback: false });
  const c = await makeClient(t, { networkName: "blue", allowGlobalFallback: false });
  for (const client of [a, b, c]) await client.mesh.connect(hub.url);
  await until(() => b.links() === 1 && c.links() === 1);
  assert.equal(a.mesh.getDiscoveredPeers().length, 0);
  assert.ok(!b.mesh.getDiscoveredPeers().some(peer => peer.peerId === a.id));
});

test("a client comes back to a hub that was killed and started again, and its links live on meanwhile", async t => {
  const hub = await startHub(t);
  const a = await makeClient(t, { networkName: "back" });
  const b = await makeClient(t, { networkName: "back" });
  for (const client of [a, b]) await client.mesh.connect(hub.url);
  await until(() => a.links() === 1 && b.links() === 1);
  await hub.kill("SIGKILL");
  await until(() => !a.mesh.signalingClient.isConnected());
  await gossipReaches(a, [b], performance.now());
  const again = await startHub(t, [], hub.port);
  await until(() => a.mesh.signalingClient.isConnected() && b.mesh.signalingClient.isConnected(), 30_000);
  assert.equal(a.links(), 1);
  const late = await makeClient(t, { networkName: "back" });
  await late.mesh.connect(again.url);
  await until(() => late.links() > 0);
  await gossipReaches(late, [a, b], performance.now());
});

test("when one leaves, those it linked are introduced to each other", async t => {
  const hub = await startHub(t, ["--discovery", "shaped"]);
  const clients = [];
  for (let i = 0; i < 5; i++) {
    clients.push(await makeClient(t, { networkName: "chain" }));
    await clients[i].mesh.connect(hub.url);
    await until(() => i === 0 || clients[i].links() > 0);
  }
  const busiest = clients.toSorted((x, y) => y.links() - x.links())[0];
  busiest.mesh.disconnect();
  const rest = clients.filter(client => client !== busiest);
  await gossipReaches(rest[0], rest.slice(1), performance.now());
});
