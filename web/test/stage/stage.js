// A page with one P2PApp that remembers everything it said. The client is used as a page without a bundler uses it.
import * as client from '/roost.js'
import { TextStream } from '/roost-stream.js'

window.client = client
window.TextStream = TextStream
window.stage = { ready: [], left: [], joined: [], unreachable: [], messages: [], fast: [], paths: [], delivered: [], errors: [], states: [] }

window.join = (room, config) => {
  const { stage } = window
  const app = new client.P2PApp(config)
  stage.app = app
  app.on('peer-joined', (event) => stage.joined.push(event.peerId))
  app.on('peer-ready', (event) => stage.ready.push(event.peerId))
  app.on('peer-left', (event) => stage.left.push(event))
  app.on('peer-unreachable', (event) => stage.unreachable.push(event.peerId))
  app.on('message', (event) => {
    stage.messages.push({ from: event.peerId, content: event.data.content })
    if (window.keepsHeard) sessionStorage.setItem(`heard-${sessionStorage.length}`, event.data.content) // across reloads
  })
  app.on('fast', (event) => stage.fast.push(event.data))
  app.on('peer-path', (event) => stage.paths.push(event.path))
  app.on('message-delivered', (event) => stage.delivered.push(event.messageId))
  app.on('error', (event) => stage.errors.push(event.code))
  app.on('state', (event) => stage.states.push(event))
  return app.joinRoom(room)
}
