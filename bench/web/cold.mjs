// npm run cold -- [runs] [one way ms] [folder…]: a page that has nothing yet, from navigation to its first message on a page that waits.
// Pages and hub are a road of so many milliseconds away; each folder holds a build of web/dist.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { slowRoad } from './slow-road.mjs'
import { busy, launch, quantile, startHub } from './stage.mjs'

const [runs = 15, oneWayMs = 25, ...folders] = process.argv.slice(2)
const dists = folders.length ? folders : [fileURLToPath(new URL('../../web/dist', import.meta.url))]

const PAGE = `<!doctype html><link rel="icon" href="data:,"><script type="module">
import { P2PApp } from './roost.js'
const { hub, room, waits } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)))
const app = new P2PApp({ signalingServer: hub, identity: 'ephemeral' })
window.arrived = new Promise((done) => app.on('message', () => done(performance.timeOrigin + performance.now())))
if (!waits) app.on('peer-ready', () => app.sendMessage('first'))
window.joined = app.joinRoom(room)
</script>`

const server = createServer(async (request, response) => {
  const [, n, ...path] = new URL(request.url, 'http://x').pathname.split('/')
  const bytes = path.join('/') ? await readFile(join(dists[n], ...path)).catch(() => undefined) : Buffer.from(PAGE)
  if (!bytes) return response.writeHead(404).end()
  response.writeHead(200, { 'content-type': path.join('/') ? 'text/javascript' : 'text/html', 'content-encoding': 'gzip' }).end(gzipSync(bytes))
})
await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
let hub
const pages = await slowRoad(() => server.address().port, +oneWayMs)
const door = await slowRoad(() => new URL(hub.url).port, +oneWayMs)
const machine = busy()
const browser = await launch()
hub = await startHub({ PUBLIC_URL: `http://localhost:${door.port}` }) // proves itself as what the page dials
const near = `http://localhost:${server.address().port}`
const times = dists.map(() => [])
for (let run = 0; run <= runs; run++) {
  for (let turn = 0; turn < dists.length; turn++) {
    const n = (turn + run) % dists.length
    const room = `cold-${run}-${Math.random()}`
    const contexts = await Promise.all([browser.newContext(), browser.newContext()])
    const [first, second] = await Promise.all(contexts.map((context) => context.newPage()))
    await first.goto(`${near}/${n}/#hub=${hub.url}&room=${room}&waits=1`)
    await first.waitForFunction(() => window.joined)
    await first.evaluate(() => window.joined)
    await new Promise((settled) => setTimeout(settled, 300))
    await second.goto(`http://localhost:${pages.port}/${n}/#hub=http://localhost:${door.port}&room=${room}`)
    const started = await second.evaluate(() => performance.timeOrigin)
    const arrived = await first.evaluate(() => window.arrived)
    if (run > 0) times[n].push(arrived - started)
    await Promise.all(contexts.map((context) => context.close()))
  }
}
dists.forEach((folder, n) => console.log(`p50 ${quantile(times[n], 0.5).toFixed(0).padStart(5)} ms   p90 ${quantile(times[n], 0.9).toFixed(0).padStart(5)} ms   best ${Math.min(...times[n]).toFixed(0)}   (${times[n].length} runs) ${folder}`))
console.log(machine())
await browser.close()
hub.stop()
process.exit(0)
