// An OpenAI-compatible server that answers as a test tells it.
import { createServer } from "node:http";

const stream = { "content-type": "text/event-stream" };
export const delta = content => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;

/** Says pieces, one event each, and ends in order. */
export const says = (...pieces) => response => {
  response.writeHead(200, stream);
  for (const piece of pieces) response.write(delta(piece));
  response.end("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
};

/** Sends bytes as they are; then ends, breaks off, or says nothing more. */
export const sends = (pieces, then) => response => {
  response.writeHead(200, stream);
  for (const piece of pieces) response.write(piece);
  if (then === "end") response.end();
  else if (then === "cut") response.socket.end();
};

export const refuses = (status, message) => response => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ error: { message } }));

export async function model(t, answer, { models = ["small", "large"] } = {}) {
  const asked = [];
  const server = createServer((request, response) => {
    if (request.url === "/v1/models") return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ data: models.map(id => ({ id })) }));
    let body = "";
    request.on("data", piece => { body += piece; });
    request.on("end", () => {
      asked.push({ url: request.url, authorization: request.headers.authorization, body: JSON.parse(body) });
      answer(response, JSON.parse(body));
    });
  });
  await new Promise(ready => server.listen(0, "127.0.0.1", ready));
  t.after(() => new Promise(done => { server.close(done); server.closeAllConnections(); }));
  return { url: `http://127.0.0.1:${server.address().port}/v1`, asked };
}
