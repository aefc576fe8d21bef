// What both benches need: Chromium, one page server, a hub.
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'

export function launch() {
  return chromium.launch({
    executablePath: process.env.ROOST_CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
}

/** `./roost hub` on a free port. */
export function startHub(env = {}) {
  const child = spawn(fileURLToPath(new URL('../../roost', import.meta.url)), ['hub', '--port', '0', '--host', '127.0.0.1', '--quiet', '--json'], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } })
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`./roost hub ended with ${code}`)))
    child.stdout.on('data', (bytes) => {
      const found = /"port":(\d+)/.exec(bytes)
      if (found) resolve({ url: `http://localhost:${found[1]}`, stop: () => child.removeAllListeners('exit').kill() })
    })
  })
}

/** Serves an empty page, web/dist, and the other libraries as ES modules. */
export async function startPages() {
  const bundle = async (source) => {
    const { outputFiles } = await build({ stdin: { contents: source, resolveDir: fileURLToPath(new URL('.', import.meta.url)) }, bundle: true, minify: true, format: 'esm', write: false, define: { 'process.env.NODE_ENV': '"production"' } })
    return outputFiles[0].contents
  }
  const others = {
    '/peerjs.js': await bundle(`export { Peer } from 'peerjs'`),
    '/trystero.js': await bundle(`export { joinRoom, selfId } from 'trystero'`),
  }
  const dist = new URL('../../web/dist/', import.meta.url)
  const server = createServer(async (request, response) => {
    const path = request.url.split('?')[0]
    if (path === '/') return response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><link rel="icon" href="data:,">')
    const bytes = others[path] || (await readFile(new URL(path.slice(1), dist)).catch(() => undefined))
    response.writeHead(bytes ? 200 : 404, { 'content-type': 'text/javascript' }).end(bytes)
  })
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  return { url: `http://localhost:${server.address().port}`, stop: () => (server.close(), server.closeAllConnections()) }
}

export function quantile(times, q) {
  const sorted = [...times].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]
}
