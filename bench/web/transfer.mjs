// npm run transfer -- [MiB] [rounds] [limit in s]: a file from page to page, shareFile() beside a bare data channel in turn, in the same two pages,
// and the heaps while it runs. Every round is told as it ends; what the time does not suffice for is left out, and said.
import { busy, launch, quantile, startHub, startPages } from './stage.mjs'

const [MIB, ROUNDS, LIMIT_S] = [Number(process.argv[2] || 256), Number(process.argv[3] || 3), Number(process.argv[4] || 220)]
const startedAt = performance.now()
const leftMs = () => LIMIT_S * 1000 - (performance.now() - startedAt)
const machine = busy()
const [browser, hub, pages] = await Promise.all([launch(['--enable-precise-memory-info']), startHub(), startPages()])
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
  app.on('file', ({ file }) => window.arrived(file.size))
  window.heap = 0
  setInterval(() => (window.heap = Math.max(window.heap, performance.memory.usedJSHeapSize)), 250)
  return app.joinRoom('transfer')
}
await a.evaluate(join, { hub: hub.url })
const to = await b.evaluate(join, { hub: hub.url })
await Promise.all([a, b].map((page) => page.evaluate(() => window.ready.then(() => true))))

/** The same connection, one more channel, nothing but send(): what WebRTC gives here. */
async function bare(mib, id) {
  await b.evaluate(({ mib, id }) => {
    const [pc] = window.app.connectionManager.connections.values()
    const channel = (window.channel = pc.createDataChannel('bare', { negotiated: true, id }))
    channel.binaryType = 'arraybuffer'
    let bytes = 0
    window.received = new Promise((done) => {
      channel.onmessage = ({ data }) => (bytes += data.byteLength) >= mib * 1048576 && done(performance.timeOrigin + performance.now())
    })
  }, { mib, id })
  const started = await a.evaluate(async ({ mib, id }) => {
    const [pc] = window.app.connectionManager.connections.values()
    const channel = (window.channel = pc.createDataChannel('bare', { negotiated: true, id }))
    await new Promise((open) => (channel.onopen = open))
    channel.bufferedAmountLowThreshold = 262_144
    const started = performance.timeOrigin + performance.now()
    const chunk = new Uint8Array(59_000)
    for (let left = mib * 1048576; left > 0; left -= chunk.length) {
      if (channel.bufferedAmount > 1_048_576) await new Promise((low) => (channel.onbufferedamountlow = low))
      channel.send(left < chunk.length ? chunk.subarray(0, left) : chunk)
    }
    return started
  }, { mib, id })
  const ended = await b.evaluate(() => window.received)
  await Promise.all([a, b].map((page) => page.evaluate(() => window.channel.close())))
  return mib / (ended - started) * 1000
}

async function share(mib) {
  await b.evaluate(() => (window.file = new Promise((done) => (window.arrived = () => done(performance.timeOrigin + performance.now())))) && undefined)
  const started = await a.evaluate(async ({ mib, to }) => {
    const part = new Uint8Array(1_048_576)
    const file = new File(Array.from({ length: mib }, () => part), 'big.bin', { lastModified: Date.now() })
    const started = performance.timeOrigin + performance.now()
    if (!(await window.app.sendFileToUser(to, file))) throw new Error('The file did not arrive.')
    return started
  }, { mib, to })
  return mib / ((await b.evaluate(() => window.file)) - started) * 1000
}

const within = (work) => {
  let timer
  const late = new Promise((_, fail) => (timer = setTimeout(() => fail(new Error(`the limit of ${LIMIT_S} s`)), Math.max(0, leftMs()))))
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

const rates = { bare: [], share: [] }
try {
  await within(bare(16, 100).then(() => share(16))) // warms both up
  for (let round = 0; round < ROUNDS; round++) {
    // Who comes first changes: a machine that grows slower does not favour one of them.
    const turn = round % 2 ? ['share', 'bare'] : ['bare', 'share']
    const told = {}
    for (const name of turn) told[name] = await within(name === 'bare' ? bare(MIB, 101 + round) : share(MIB))
    for (const name of turn) rates[name].push(told[name])
    console.log(`round ${round + 1}: bare ${told.bare.toFixed(1)} MiB/s, shareFile ${told.share.toFixed(1)} MiB/s, ${(100 * told.share / told.bare).toFixed(0)} %`)
  }
} catch (error) {
  console.log(`ended after ${rates.share.length} rounds: ${error.message}`)
  process.exitCode = 1
}
if (rates.share.length > 0) {
  const heaps = await Promise.all([a, b].map((page) => page.evaluate(() => window.heap / 1048576)))
  const [bareRate, shareRate] = [quantile(rates.bare, 0.5), quantile(rates.share, 0.5)]
  console.log(`bare data channel  ${bareRate.toFixed(1)} MiB/s   (median of ${rates.bare.length}, ${MIB} MiB each)`)
  console.log(`shareFile          ${shareRate.toFixed(1)} MiB/s   ${(100 * shareRate / bareRate).toFixed(0)} % of it   largest heap: sender ${heaps[0].toFixed(0)} MiB, receiver ${heaps[1].toFixed(0)} MiB`)
}
console.log(machine())
await browser.close()
hub.stop()
pages.stop()
process.exit()
