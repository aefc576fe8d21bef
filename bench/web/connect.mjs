// npm run connect: from "join" on the second page to its first message on the first page, three libraries in turn in one run.
// Every library has its own server on loopback; no STUN or TURN; pages and libraries are loaded before the clock starts.
import { createServer } from 'node:http'
import { PeerServer } from 'peer'
import { WebSocketServer } from 'ws'
import { busy, launch, quantile, startHub, startPages } from './stage.mjs'

const RUNS = Number(process.argv[2] || 15)

const sides = {
  roost: {
    first: async ({ hub, room }) => {
      const { P2PApp } = await import('/roost.js')
      const app = new P2PApp({ signalingServer: hub, identity: 'ephemeral' })
      window.arrived = new Promise((done) => app.on('message', () => done(performance.timeOrigin + performance.now())))
      await app.joinRoom(room)
    },
    load: () => import('/roost.js'),
    second: async ({ hub, room }) => {
      const { P2PApp } = await import('/roost.js')
      const started = performance.timeOrigin + performance.now()
      const app = new P2PApp({ signalingServer: hub, identity: 'ephemeral' })
      app.on('peer-ready', () => app.sendMessage('first'))
      app.joinRoom(room)
      return started
    },
  },
  peerjs: {
    first: async ({ peerPort, room }) => {
      const { Peer } = await import('/peerjs.js')
      const peer = new Peer(room, { host: 'localhost', port: peerPort, path: '/', config: { iceServers: [] } })
      window.arrived = new Promise((done) => peer.on('connection', (link) => link.on('data', () => done(performance.timeOrigin + performance.now()))))
      await new Promise((open) => peer.on('open', open))
    },
    load: () => import('/peerjs.js'),
    second: async ({ peerPort, room }) => {
      const { Peer } = await import('/peerjs.js')
      const started = performance.timeOrigin + performance.now()
      const peer = new Peer({ host: 'localhost', port: peerPort, path: '/', config: { iceServers: [] } })
      peer.on('open', () => {
        const link = peer.connect(room, { reliable: true })
        link.on('open', () => link.send('first'))
      })
      return started
    },
  },
  trystero: {
    first: async ({ relay, room }) => {
      const { joinRoom } = await import('/trystero.js')
      const joined = joinRoom({ appId: 'bench', relayConfig: { urls: [relay], redundancy: 1 }, rtcConfig: { iceServers: [] } }, room)
      const action = joined.makeAction('say')
      window.arrived = new Promise((done) => {
        const heard = () => done(performance.timeOrigin + performance.now())
        if (Array.isArray(action)) action[1](heard)
        else action.onMessage = heard
      })
      await new Promise((later) => setTimeout(later, 400)) // its subscription is not acknowledged to the application
    },
    load: () => import('/trystero.js'),
    second: async ({ relay, room }) => {
      const { joinRoom } = await import('/trystero.js')
      const started = performance.timeOrigin + performance.now()
      const joined = joinRoom({ appId: 'bench', relayConfig: { urls: [relay], redundancy: 1 }, rtcConfig: { iceServers: [] } }, room)
      const action = joined.makeAction('say')
      const greet = () => (Array.isArray(action) ? action[0]('first') : action.send('first'))
      if (typeof joined.onPeerJoin === 'function') joined.onPeerJoin(greet)
      else joined.onPeerJoin = greet
      return started
    },
  },
}

const machine = busy()
const [browser, hub, pages] = await Promise.all([launch(), startHub(), startPages()])
const peerServer = await new Promise((resolve) => {
  const server = PeerServer({ port: 0, host: '127.0.0.1', path: '/' }, (http) => resolve({ port: http.address().port, server }))
})
const relay = startNostrRelay()
await relay.listening
const setup = { hub: hub.url, peerPort: peerServer.port, relay: `ws://localhost:${relay.port()}` }

const order = (name) => Object.keys(sides).indexOf(name)
const times = Object.fromEntries(Object.keys(sides).map((name) => [name, []]))
for (let run = 0; run < RUNS + 1; run++) {
  // Whoever comes first meets the browser while it still cleans up: everyone is first as often.
  const turn = Object.entries(sides).sort(([a], [b]) => (order(a) + run) % 3 - (order(b) + run) % 3)
  for (const [name, side] of turn) {
    const contexts = await Promise.all([browser.newContext(), browser.newContext()])
    const [first, second] = await Promise.all(contexts.map((context) => context.newPage()))
    await Promise.all([first.goto(pages.url), second.goto(pages.url)])
    const with_ = { ...setup, room: `bench-${run}-${Math.floor(Math.random() * 1e9)}` }
    await second.evaluate(side.load)
    await first.evaluate(side.first, with_)
    await new Promise((settled) => setTimeout(settled, 300)) // two ready pages, and a machine that has nothing else to do for them
    const started = await second.evaluate(side.second, with_)
    const arrived = await Promise.race([first.evaluate(() => window.arrived), new Promise((late) => setTimeout(late, 15_000))])
    if (run > 0) times[name].push(arrived ? arrived - started : Infinity) // the first run warms everything up
    await Promise.all(contexts.map((context) => context.close()))
  }
}
for (const [name, all] of Object.entries(times)) {
  console.log(`${name.padEnd(9)} p50 ${quantile(all, 0.5).toFixed(0).padStart(5)} ms   p90 ${quantile(all, 0.9).toFixed(0).padStart(5)} ms   best ${Math.min(...all).toFixed(0)}   (${all.length} runs)`)
}
console.log(machine())
await browser.close()
hub.stop()
pages.stop()
relay.stop()
process.exit(0)

/** As much of NIP-01 as Trystero uses: subscriptions by kind and tag, events passed on. */
function startNostrRelay() {
  const http = createServer()
  const server = new WebSocketServer({ server: http })
  const subscriptions = new Map()
  server.on('connection', (socket) => {
    subscriptions.set(socket, new Map())
    socket.on('close', () => subscriptions.delete(socket))
    socket.on('message', (data) => {
      const [type, id, ...rest] = JSON.parse(data)
      if (type === 'REQ') subscriptions.get(socket).set(id, rest), socket.send(JSON.stringify(['EOSE', id]))
      if (type === 'CLOSE') subscriptions.get(socket).delete(id)
      if (type !== 'EVENT') return
      socket.send(JSON.stringify(['OK', id.id, true, '']))
      for (const [other, all] of subscriptions) {
        for (const [subscription, filters] of all) {
          const fits = filters.some((filter) => (!filter.kinds || filter.kinds.includes(id.kind)) && (!filter['#x'] || id.tags.some(([key, value]) => key === 'x' && filter['#x'].includes(value))))
          if (fits) other.send(JSON.stringify(['EVENT', subscription, id]))
        }
      }
    })
  })
  const listening = new Promise((done) => http.listen(0, '127.0.0.1', done))
  return { listening, port: () => http.address().port, stop: () => http.close() }
}
