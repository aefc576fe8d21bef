// What both benches need: Chromium, one page server, a hub.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'

export function launch(more = []) {
  return chromium.launch({
    executablePath: process.env.ROOST_CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', ...more],
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

/** Call it at the start; what it gives back tells at the end whether the machine was quiet meanwhile: a figure is worth no more than that. */
export function busy() {
  const [at, waited] = [performance.now(), processorWaits()]
  return () => {
    const share = (processorWaits() - waited) / 10 / (performance.now() - at)
    const pressure = Number.isNaN(share) ? '' : `; somebody waited for a processor in ${share.toFixed(0)} % of the time`
    return `load ${loadavg()[0].toFixed(0)}${pressure}`
  }
}

/** Microseconds since the machine started in which at least one task wanted a processor and had none (Linux 4.20 and later). */
function processorWaits() {
  try {
    return Number(/some .*total=(\d+)/.exec(readFileSync('/proc/pressure/cpu', 'utf8'))[1])
  } catch {
    return NaN
  }
}

export function quantile(times, q) {
  const sorted = [...times].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]
}
