// npm run transfer: 256 MiB from page to page, shareFile() beside a bare data channel in the same two pages, and the heap while it runs.
import { launch, startHub, startPages } from './stage.mjs'

const MIB = Number(process.argv[2] || 256)
const [browser, hub, pages] = await Promise.all([launch(), startHub(), startPages()])
const open = async () => {
  const page = await (await browser.newContext()).newPage()
  await page.goto(pages.url)
  return page
}
const [a, b] = [await open(), await open()]

const join = async ({ hub }) => {
  const { P2PApp } = await import('/roost.js')
  const app = (window.app = new P2PApp({ signalingServer: hub, identity: 'ephemeral' }))
  window.ready = app.once('peer-ready')
  window.bare = new Promise((got) => (window.gotBare = got))
  app.on('file', ({ file }) => (window.file = file))
  return app.joinRoom('transfer')
}
await a.evaluate(join, { hub: hub.url })
const to = await b.evaluate(join, { hub: hub.url })
await Promise.all([a, b].map((page) => page.evaluate(() => window.ready.then(() => true))))

/** The same connection, a second channel, nothing but send(): what WebRTC gives here. */
async function bare(id) {
  await b.evaluate(({ mib, id }) => {
    const [pc] = window.app.connectionManager.connections.values()
    const channel = pc.createDataChannel('bare', { negotiated: true, id })
    let bytes = 0
    window.received = new Promise((done) => {
      channel.onmessage = ({ data }) => (bytes += data.byteLength ?? data.size) >= mib * 1048576 && done(performance.timeOrigin + performance.now())
    })
  }, { mib: MIB, id })
  const started = await a.evaluate(async ({ mib, id }) => {
    const [pc] = window.app.connectionManager.connections.values()
    const channel = pc.createDataChannel('bare', { negotiated: true, id })
    await new Promise((open) => (channel.onopen = open))
    channel.bufferedAmountLowThreshold = 262_144
    const started = performance.timeOrigin + performance.now()
    const chunk = new Uint8Array(59_000)
    for (let left = mib * 1048576; left > 0; left -= chunk.length) {
      if (channel.bufferedAmount > 1_048_576) await new Promise((low) => (channel.onbufferedamountlow = low))
      channel.send(left < chunk.length ? chunk.subarray(0, left) : chunk)
    }
    return started
  }, { mib: MIB, id })
  return MIB / ((await b.evaluate(() => window.received)) - started) * 1000
}

async function share() {
  const started = await a.evaluate(async ({ mib, to }) => {
    const part = new Uint8Array(1_048_576)
    const file = new File(Array.from({ length: mib }, () => part), 'big.bin')
    const started = performance.timeOrigin + performance.now()
    window.heap = 0
    const watch = setInterval(() => (window.heap = Math.max(window.heap, performance.memory.usedJSHeapSize)), 50)
    await window.app.sendFileToUser(to, file)
    clearInterval(watch)
    return started
  }, { mib: MIB, to })
  const ended = await b.evaluate(() => new Promise((done) => {
    const look = () => (window.file ? done(performance.timeOrigin + performance.now()) : setTimeout(look, 5))
    look()
  }))
  await b.evaluate(() => (window.file = undefined))
  return { rate: MIB / (ended - started) * 1000, heap: await a.evaluate(() => window.heap) }
}

const rates = { bare: [], share: [] }
let heap = 0
for (let i = 0; i < 2; i++) {
  rates.bare.push(await bare(7 + i))
  const shared = await share()
  rates.share.push(shared.rate)
  heap = Math.max(heap, shared.heap)
}
const best = (all) => Math.max(...all)
console.log(`bare data channel  ${best(rates.bare).toFixed(1)} MiB/s`)
console.log(`shareFile          ${best(rates.share).toFixed(1)} MiB/s   ${(100 * best(rates.share) / best(rates.bare)).toFixed(0)} % of it   largest heap of the sender ${(heap / 1048576).toFixed(0)} MiB`)
await browser.close()
hub.stop()
pages.stop()
process.exit(0)
