// A TCP road that is as slow as asked: each way takes its time, and the answers of a connection begin with 14,600 bytes a round trip and double, as TCP's do.
import { createServer, connect } from 'node:net'

const FIRST_WINDOW = 14_600

/** `where()` tells the port it leads to. */
export async function slowRoad(where, oneWayMs) {
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: where(), host: '127.0.0.1', noDelay: true })
    const opened = performance.now() + 2 * oneWayMs // SYN and its answer
    pass(near, far, opened, oneWayMs, Infinity)
    pass(far, near, opened, oneWayMs, FIRST_WINDOW)
  })
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  return { port: server.address().port, stop: () => server.close() }
}

function pass(from, to, openedAt, oneWayMs, window) {
  let [left, freeAt, last] = [window, 0, 0]
  from.on('data', (bytes) => {
    for (let at = 0; at < bytes.length; ) {
      const now = Math.max(performance.now(), openedAt)
      if (now >= freeAt + 2 * oneWayMs && freeAt) left = window // all is acknowledged
      if (left <= 0) {
        freeAt = Math.max(now, freeAt) + 2 * oneWayMs
        left = window *= 2
      }
      const part = bytes.subarray(at, at + Math.min(left, bytes.length - at))
      at += part.length
      left -= part.length
      const when = (last = Math.max(last, Math.max(now, freeAt) + oneWayMs))
      if (!freeAt) freeAt = now
      setTimeout(() => to.writable && to.write(part), when - performance.now())
    }
  })
  const end = () => setTimeout(() => to.destroy(), oneWayMs + 5)
  from.on('close', end)
  from.on('error', end)
}
