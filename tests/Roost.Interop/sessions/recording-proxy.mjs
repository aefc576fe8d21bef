// A TCP proxy that writes down every WebSocket payload that passes, unmasked, in both directions.
import net from "node:net";

export async function recordingProxy(t, targetPort) {
  const payloads = [];
  const sockets = new Set();
  const server = net.createServer(client => {
    const hub = net.connect(targetPort, "127.0.0.1");
    for (const socket of [client, hub]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => { client.destroy(); hub.destroy(); });
    }
    client.on("data", recorder(payloads));
    hub.on("data", recorder(payloads));
    client.pipe(hub);
    hub.pipe(client);
  });
  await new Promise(ready => server.listen(0, "127.0.0.1", ready));
  t.after(() => { for (const socket of sockets) socket.destroy(); server.close(); });
  return { port: server.address().port, payloads };
}

function recorder(payloads) {
  let rest = Buffer.alloc(0);
  let isOpen = false;
  return bytes => {
    rest = Buffer.concat([rest, bytes]);
    if (!isOpen) {
      const end = rest.indexOf("\r\n\r\n");
      if (end < 0) return;
      // Pages and other plain answers are recorded as they are.
      if (!/upgrade: websocket/i.test(rest.subarray(0, end).toString("latin1"))) { payloads.push(rest); rest = Buffer.alloc(0); return; }
      rest = rest.subarray(end + 4);
      isOpen = true;
    }
    for (;;) {
      const frame = readFrame(rest);
      if (!frame) return;
      payloads.push(frame.payload);
      rest = rest.subarray(frame.size);
    }
  };
}

// RFC 6455 section 5.2.
function readFrame(bytes) {
  if (bytes.length < 2) return;
  const masked = bytes[1] & 0x80;
  let length = bytes[1] & 0x7f;
  let at = 2;
  if (length === 126) { if (bytes.length < 4) return; length = bytes.readUInt16BE(2); at = 4; }
  else if (length === 127) { if (bytes.length < 10) return; length = Number(bytes.readBigUInt64BE(2)); at = 10; }
  const key = masked ? bytes.subarray(at, at + 4) : undefined;
  at += masked ? 4 : 0;
  if (bytes.length < at + length) return;
  const payload = Buffer.from(bytes.subarray(at, at + length));
  if (key) for (let i = 0; i < length; i++) payload[i] ^= key[i & 3];
  return { payload, size: at + length };
}
