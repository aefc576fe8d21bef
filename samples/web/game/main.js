// A game: positions over the fast channel, where old news may be lost; scores as messages, which may not.
const options = new URLSearchParams(location.search)
const hub = options.get('hub') || 'http://localhost:3000'
const { P2PApp } = await import(`${hub}/roost.js`)

const app = new P2PApp({ signalingServer: hub })
const dots = new Map() // peer id → { x, y }
const scores = new Map() // peer id → points
let score = 0

app.on('fast', ({ peerId, data }) => dots.set(peerId, data))
app.on('message', ({ peerId, data }) => setScore(peerId, data.content.score))
app.on('peer-ready', ({ peerId }) => score && app.sendMessage({ score }, { to: peerId }))
app.on('peer-left', ({ peerId }) => dots.delete(peerId))

const me = await app.joinRoom(options.get('room') || 'dots')

field.onpointerdown = field.onpointermove = ({ offsetX, offsetY }) => {
  const scale = field.width / field.clientWidth // a phone shows it smaller than it is
  const dot = { x: offsetX * scale, y: offsetY * scale }
  dots.set(me, dot)
  app.sendFast(dot)
}
field.onclick = () => {
  setScore(me, ++score)
  app.sendMessage({ score })
}

function setScore(peerId, points) {
  scores.set(peerId, points)
  document.getElementById('scores').textContent = [...scores].map(([id, n]) => `${id === me ? 'me' : id.slice(0, 4)}: ${n}`).join(', ')
}

function draw() {
  const pen = field.getContext('2d')
  pen.clearRect(0, 0, field.width, field.height)
  for (const [id, { x, y }] of dots) {
    pen.fillStyle = `#${id.slice(0, 6)}`
    pen.beginPath()
    pen.arc(x, y, 8, 0, 7)
    pen.fill()
  }
  field.dataset.dots = dots.size
  requestAnimationFrame(draw)
}
draw()
