// npm run soak [minutes]: two pages chat while all hubs are dead from the first tenth on and ICE is restarted once; every line must come once, in order.
import { launch, startHub, startPages } from './stage.mjs'

const minutes = Number(process.argv[2] || 10)
const [browser, hub, pages] = await Promise.all([launch(), startHub(), startPages()])
const open = async () => {
  const page = await (await browser.newContext()).newPage()
  await page.goto(pages.url)
  return page
}
const both = [await open(), await open()]
const join = async (url) => {
  const { P2PApp } = await import('/roost.js')
  window.heard = []
  window.states = []
  const app = (window.app = new P2PApp({ signalingServer: url }))
  app.on('message', ({ data }) => window.heard.push(data.content))
  app.on('state', (state) => window.states.push(state))
  window.ready = app.once('peer-ready')
  return app.joinRoom('soak')
}
for (const page of both) await page.evaluate(join, hub.url)
for (const page of both) await page.evaluate(() => window.ready.then(() => 0))
const [a, b] = both
const ufrag = () => a.evaluate(() => /ice-ufrag:(\S+)/.exec([...window.app.connectionManager.connections.values()][0].remoteDescription.sdp)[1])
const before = await ufrag()
const endMs = Date.now() + minutes * 60_000
const killMs = Date.now() + minutes * 6_000
const restartMs = Date.now() + minutes * 30_000
let lines = 0
let isKilled = false
let isRestarted = false
while (Date.now() < endMs) {
  if (!isKilled && Date.now() > killMs) (isKilled = true), hub.stop()
  if (!isRestarted && Date.now() > restartMs) (isRestarted = true), await b.evaluate(() => [...window.app.connectionManager.connections.values()][0].restartIce())
  await both[lines % 2].evaluate((line) => window.app.sendMessage(line), lines++)
  await new Promise((next) => setTimeout(next, 250))
}
const complete = async (page, odd) => {
  const heard = await page.evaluate(() => window.heard)
  return heard.length === Math.floor((lines + (odd ? 0 : 1)) / 2) && heard.every((line, i) => line === 2 * i + (odd ? 1 : 0))
}
for (let i = 0; i < 50 && !((await complete(a, true)) && (await complete(b, false))); i++) await new Promise((later) => setTimeout(later, 100))
const ok = (await complete(a, true)) && (await complete(b, false)) && (await ufrag()) !== before && (await a.evaluate(() => window.states.at(-1))) === 'reconnecting'
console.log(`${ok ? 'ok' : 'FAILED'}: ${lines} lines in ${minutes} min, ${(minutes * 0.9).toFixed(1)} of them without any hub, ICE restarted over the channel: ${(await ufrag()) !== before}`)
await browser.close()
pages.stop()
process.exit(ok ? 0 : 1)
