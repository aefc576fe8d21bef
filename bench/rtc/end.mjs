// One end of a run with another stack. usage: node end.mjs wrtc|node-datachannel offer|answer MESSAGE_BYTES TOTAL_BYTES
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import path from "node:path";

const require = createRequire(path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../tests/Roost.Interop/rtc/package.json"));
const [name, role, size, total] = [process.argv[2], process.argv[3], Number(process.argv[4]), Number(process.argv[5])];
const { RTCPeerConnection } = name === "wrtc" ? require("@roamhq/wrtc") : await import(require.resolve("node-datachannel/polyfill"));
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const hear = async () => JSON.parse((await lines.next()).value);
const say = (what) => console.log(JSON.stringify(what));

const pc = new RTCPeerConnection({ iceServers: [] });
const gathered = new Promise((ok) => {
  pc.onicecandidate = (event) => event.candidate || ok();
  pc.onicegatheringstatechange = () => pc.iceGatheringState === "complete" && ok();
});
const describe = async (description) => {
  await pc.setLocalDescription(description);
  await gathered;
  say({ type: pc.localDescription.type, sdp: pc.localDescription.sdp });
};
const meter = () => {
  const start = process.hrtime.bigint(), cpu = process.cpuUsage();
  return () => { const used = process.cpuUsage(cpu); return { seconds: Number(process.hrtime.bigint() - start) / 1e9, cpu: (used.user + used.system) / 1e6 }; };
};

if (role === "offer") {
  const channel = pc.createDataChannel("bench");
  await describe(await pc.createOffer());
  await pc.setRemoteDescription(await hear());
  await new Promise((ok) => { if (channel.readyState === "open") ok(); else channel.onopen = ok; });
  const done = new Promise((ok) => { channel.onmessage = ok; });
  const stop = meter(), bytes = new Uint8Array(size);
  for (let sent = 0; sent < total; sent += size) {
    while (channel.bufferedAmount > 4 << 20) await new Promise((ok) => setTimeout(ok, 1));
    channel.send(bytes);
  }
  await done;
  say(stop());
} else {
  let stop, received = 0;
  // The handler must stand before the event is over: messages that come without one are dropped.
  pc.ondatachannel = ({ channel }) => {
    globalThis.kept = channel;
    channel.binaryType = "arraybuffer";
    channel.onmessage = (event) => {
      stop ??= meter();
      received += event.data.byteLength;
      if (received >= total) { say(stop()); channel.send("done"); }
    };
  };
  await pc.setRemoteDescription(await hear());
  await describe(await pc.createAnswer());
}
await lines.next();
setTimeout(() => process.exit(0), 200);
