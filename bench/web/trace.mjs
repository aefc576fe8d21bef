// node trace.mjs [runs]: where the time between "join" and the first message goes, on both pages. For people who look for milliseconds.
import { launch, quantile, startHub, startPages } from './stage.mjs'
const RUNS = Number(process.argv[2] || 4)
const STEPS = [
  ['B', 'start'], ['B', 'dial'], ['B', 'socket open'], ['B', 'hub> 1'], ['B', '>hub 2'], ['B', 'hub> 3'], ['B', 'hub> 6'], ['B', 'setLocalDescription'], ['B', 'setLocalDescription done'], ['B', '>hub 9'],
  ['A', 'hub> 9'], ['A', 'setRemoteDescription'], ['A', 'setRemoteDescription done'], ['A', '>hub 9'], ['B', 'hub> 9'], ['B', 'setRemoteDescription'], ['B', 'setRemoteDescription done'], ['B', 'channel open main'], ['B', 'ready'], ['A', 'MESSAGE'],
]
const waits = STEPS.map(() => [])
const [browser, hub, pages] = await Promise.all([launch(), startHub(), startPages()])
const hook = () => {
  window.log = []
  const note = (what) => window.log.push([performance.timeOrigin + performance.now(), what])
  window.note = note
  const Socket = window.WebSocket
  window.WebSocket = class extends Socket {
    constructor(...args) {
      super(...args)
      note('dial')
      this.addEventListener('open', () => note('socket open'))
      this.addEventListener('message', ({ data }) => data instanceof ArrayBuffer && note('hub> ' + new Uint8Array(data)[0].toString(16)))
    }
    send(data) {
      if (data instanceof Uint8Array) note('>hub ' + data[0].toString(16))
      super.send(data)
    }
  }
  const proto = RTCPeerConnection.prototype
  for (const name of ['createOffer', 'createAnswer', 'setLocalDescription', 'setRemoteDescription', 'addIceCandidate']) {
    const real = proto[name]
    proto[name] = function (...args) {
      note(name)
      const done = real.apply(this, args)
      done.then(() => note(name + ' done'), () => note(name + ' FAILED'))
      return done
    }
  }
  const Real = window.RTCPeerConnection
  window.RTCPeerConnection = class extends Real {
    constructor(...args) {
      super(...args)
      note('pc')
      this.addEventListener('icecandidate', ({ candidate }) => note('candidate ' + (candidate ? candidate.candidate.split(' ').slice(2, 6).join(' ') : 'end')))
      this.addEventListener('iceconnectionstatechange', () => note('ice ' + this.iceConnectionState))
      this.addEventListener('connectionstatechange', () => note('pc ' + this.connectionState))
    }
    createDataChannel(...args) {
      const channel = super.createDataChannel(...args)
      channel.addEventListener('open', () => note('channel open ' + args[0]))
      return channel
    }
  }
}
const side = async (page, role, room) => page.evaluate(async ({ hub, room, role }) => {
  const { P2PApp } = await import('/roost.js')
  window.note('start')
  const app = new P2PApp({ signalingServer: hub, identity: 'ephemeral' })
  window.arrived = new Promise((done) => app.on('message', () => (window.note('MESSAGE'), done())))
  if (role === 'second') app.on('peer-ready', () => (window.note('ready'), app.sendMessage('first')))
  else await app.joinRoom(room)
  if (role === 'second') app.joinRoom(room)
}, { hub: hub.url, room, role })
for (let run = 0; run < RUNS; run++) {
  const contexts = await Promise.all([browser.newContext(), browser.newContext()])
  const [a, b] = await Promise.all(contexts.map((context) => context.newPage()))
  for (const page of [a, b]) await page.addInitScript(hook), await page.goto(pages.url), await page.evaluate(() => import('/roost.js'))
  await side(a, 'first', 'room' + run)
  await new Promise((later) => setTimeout(later, 300))
  await a.evaluate(() => (window.log.length = 0))
  await side(b, 'second', 'room' + run)
  await a.evaluate(() => window.arrived)
  const all = [...(await a.evaluate(() => window.log)).map((x) => ['A', ...x]), ...(await b.evaluate(() => window.log)).map((x) => ['B', ...x])].sort((x, y) => x[1] - y[1])
  const at = (step) => (all.find(([who, , what]) => who === step[0] && what === step[1]) || [0, NaN])[1]
  if (run > 0) STEPS.forEach((step, i) => i && waits[i].push(at(step) - at(STEPS[i - 1])))
  const zero = all.find(([who, , what]) => who === 'B' && what === 'start')[1]
  if (run === RUNS - 1) for (const [who, at, what] of all) console.log(`${(at - zero).toFixed(1).padStart(8)}  ${who === 'A' ? what : ' '.repeat(38) + what}`)
  else console.log(`run ${run}: ${(all.find(([, , what]) => what === 'MESSAGE')[1] - zero).toFixed(0)} ms`)
  await Promise.all(contexts.map((context) => context.close()))
}
STEPS.forEach((step, i) => i && console.log(`${quantile(waits[i], 0.5).toFixed(1).padStart(7)} ms  to ${step.join(' ')}`))
await browser.close()
hub.stop()
pages.stop()
process.exit(0)
