// Runs inside a user and network namespace of its own (wall.soak.mjs): between hubs 1 and 2 there is a wall; hub 3 is reached by both.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect as connectTo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import WebSocket from "ws";
import { addressOf, cut, mend, others, route, startHubIn, until } from "./namespaces.mjs";
import { roost } from "./support.mjs";

const kept = mkdtempSync(join(tmpdir(), "roost-wall-"));
process.on("exit", () => rmSync(kept, { recursive: true, force: true }));
const dataOf = at => join(kept, String(at));

/** What a hub says of another, as `roost mesh ls` asks it; null while it says nothing. */
async function seen(from, to) {
  const answer = await new Promise(done => {
    let text = "";
    const socket = connectTo(join(dataOf(from), "control.sock"), () => socket.write("mesh\n"));
    socket.on("data", bytes => { text += bytes; }).on("error", () => done(null)).on("end", () => done(JSON.parse(text)));
  });
  return answer?.hubs.find(hub => hub.urls.some(url => url.includes(addressOf(to)))) ?? null;
}
const both = async holds => [await seen(1, 2), await seen(2, 1)].every(hub => hub && holds(hub));
const carried = hub => hub.linked && hub.carried;
const direct = hub => hub.linked && !hub.carried;
const dead = hub => hub.state === "dead";

/** The line that `roost mesh ls` prints at one hub about another. */
const lineOf = (from, to) => execFileSync(roost, ["mesh", "ls", "--data", dataOf(from)], { encoding: "utf8" }).split("\n").find(line => line.includes(addressOf(to)));
function assertSays(word) {
  for (const line of [lineOf(1, 2), lineOf(2, 1)]) if (!line?.split(/ +/).includes(word)) throw new Error(`not ${word}: ${line}`);
}

/** A client at a hub, with nothing but a socket: whom it was told of, what it was signalled, what it was refused. */
async function connect(at, id) {
  const peer = { id, told: new Set(), numbers: [], pings: 0, refused: [] };
  const socket = new WebSocket(`ws://${addressOf(at)}:3000/?peerId=${id}`);
  socket.on("message", bytes => {
    const message = JSON.parse(bytes);
    if (message.type === "peer-discovered") peer.told.add(message.data.peerId);
    if (message.type === "peer-disconnected") peer.told.delete(message.data.peerId);
    if (message.type === "error") peer.refused.push(message.error);
    if (message.type === "ice-candidate" && message.data.number === undefined) peer.pings++;
    else if (message.type === "ice-candidate") peer.numbers.push(message.data.number);
  });
  await new Promise((done, fail) => socket.on("open", done).on("error", fail));
  peer.signal = (to, data) => socket.send(JSON.stringify({ type: "ice-candidate", networkName: "wall", targetPeerId: to.id, data }));
  socket.send(JSON.stringify({ type: "announce", networkName: "wall", data: {} }));
  return peer;
}

/** Both signal the other, again and again, until each has heard something new, and until more holds. */
async function talk(one, other, ms, what, more) {
  const before = [one.pings, other.pings];
  await until(async () => {
    one.signal(other, {});
    other.signal(one, {});
    return one.pings > before[0] && other.pings > before[1] && await both(more);
  }, ms, what);
}

let one, other;
async function live() {
  route();
  cut(1, 2);
  cut(2, 1);
  const third = await startHubIn(3, "--data", dataOf(3));
  for (const at of [1, 2]) await startHubIn(at, "--data", dataOf(at), "--mesh", `ws://${addressOf(3)}:3000`);
  await until(async () => (await others(1)).length === 2 && (await others(2)).length === 2, 120_000, "a mesh of three");
  one = await connect(1, "1".repeat(40));
  other = await connect(2, "2".repeat(40));
  await until(() => one.told.has(other.id) && other.told.has(one.id), 60_000, "the peers find each other");
  await talk(one, other, 60_000, "signals through the third hub", carried);
  assertSays("carried");
  console.log("peers of both signal each other through the third hub");

  one.refused.length = other.refused.length = 0;
  let said = 0;
  const saying = setInterval(() => {
    one.signal(other, { number: said });
    other.signal(one, { number: said++ });
  }, 10);
  await until(() => said > 100, 60_000, "some signals on the carried link");
  mend();
  await until(() => both(direct), 90_000, "a direct link");
  const then = said;
  await until(() => said > then + 100, 60_000, "some signals on the direct link");
  clearInterval(saying);
  await until(() => one.numbers.length >= said && other.numbers.length >= said, 60_000, "all signals");
  for (const peer of [one, other]) {
    const wrong = peer.numbers.findIndex((number, at) => number !== at);
    if (wrong >= 0 || peer.numbers.length !== said || peer.refused.length) throw new Error(`of ${said}: at ${wrong} ${peer.numbers.slice(wrong - 5, wrong + 10)}; ${peer.refused}`);
  }
  console.log("the wall fell: a direct link, and no signal was lost or overtaken");

  cut(1, 2);
  cut(2, 1);
  await talk(one, other, 90_000, "carried again", carried);
  console.log("the wall is back: carried again");

  third.kill("SIGKILL");
  await until(() => both(dead), 90_000, "said to be dead");
  assertSays("dead");
  one.refused.length = 0;
  one.signal(other, {});
  await until(() => one.refused.length > 0, 60_000, "the signal is refused");
  console.log("the third hub died: the other is dead to both, and signals to its peer are refused");
  one.told.clear();
  other.told.clear();

  mend();
  await until(() => one.told.has(other.id) && other.told.has(one.id), 120_000, "the peers find each other again");
  await talk(one, other, 60_000, "signals on a direct link", direct);
  console.log("the wall fell: healed");
}

try {
  await live();
  process.exit(0);
} catch (error) {
  const peers = [one, other].map(peer => peer && { told: [...peer.told], numbers: peer.numbers.length, pings: peer.pings, refused: peer.refused });
  console.error(error, JSON.stringify([await seen(1, 2), await seen(2, 1), await others(1), await others(2), await others(3), ...peers], null, 1));
  process.exit(1);
}
