// A page with one P2PApp that remembers everything it said. The client is used as a page without a bundler uses it.
import * as client from '/roost.js'
import { TextStream } from '/roost-stream.js'

window.client = client
window.TextStream = TextStream
window.loadQr = () => import('/roost-qr.js')
window.stage = { ready: [], left: [], joined: [], unreachable: [], messages: [], fast: [], paths: [], delivered: [], errors: [], states: [], offers: [], files: [], progress: [] }

window.join = (room, config = {}) => {
  const { stage } = window
  const { timesFaster, ...given } = config
  if (timesFaster) given.clock = { nowMs: () => Date.now() * timesFaster, after: (ms, call) => clearTimeout.bind(null, setTimeout(call, ms / timesFaster)) }
  const app = new client.P2PApp(given)
  stage.app = app
  app.on('peer-joined', (event) => stage.joined.push(event.peerId))
  app.on('peer-ready', (event) => stage.ready.push(event.peerId))
  app.on('peer-left', (event) => stage.left.push(event))
  app.on('peer-unreachable', (event) => stage.unreachable.push(event.peerId))
  app.on('message', (event) => {
    stage.messages.push({ from: event.peerId, content: event.data.content })
    if (window.keepsHeard) sessionStorage.setItem(`heard-${sessionStorage.length}`, String(event.data.content).slice(0, 20)) // across reloads
  })
  app.on('fast', (event) => stage.fast.push(event.data))
  app.on('peer-path', (event) => stage.paths.push(event.path))
  app.on('message-delivered', (event) => stage.delivered.push(event.messageId))
  app.on('file-offer', ({ filename, size, bytes }) => stage.offers.push({ filename, size, bytes }))
  app.on('file-progress', ({ bytes, direction }) => stage.progress.push({ bytes, direction }))
  app.on('file', async ({ file, digest }) => stage.files.push({ name: file.name, type: file.type, size: file.size, digest, sum: await sumOf(file) }))
  app.on('error', (event) => stage.errors.push(event.code))
  app.on('state', (event) => stage.states.push(event))
  return app.joinRoom(room)
}

/** A file that anyone can make again, and no two parts of it alike. */
window.makeFile = (name, bytes) => {
  const words = new Uint32Array(Math.ceil(bytes / 4))
  for (let i = 0; i < words.length; i++) words[i] = Math.imul(i + 1, 2654435761)
  return new File([new Uint8Array(words.buffer, 0, bytes)], name, { type: 'text/x-test', lastModified: 7 })
}

const sumOf = async (file) => String.fromCharCode(...new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer())).map((byte) => 97 + (byte & 15)))
window.sumOf = sumOf
