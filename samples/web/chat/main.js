// A chat for as many as know the room's name. Open this page twice: ?hub=http://localhost:3000&room=lunch
const options = new URLSearchParams(location.search)
const hub = options.get('hub') || 'http://localhost:3000'
const { P2PApp } = await import(`${hub}/roost.js`)

const app = new P2PApp({ signalingServer: hub })
const states = new Map() // message id → its line, until everyone has it

app.on('message', ({ peerId, data }) => add(`${peerId.slice(0, 4)}: ${data.content}`))
app.on('peer-ready', showPeople)
app.on('peer-left', showPeople)
app.on('message-delivered', ({ messageId }) => states.get(messageId)?.append(' ✓'))
app.on('error', ({ message }) => add(message))

await app.joinRoom(options.get('room') || 'lunch')

form.onsubmit = async (event) => {
  event.preventDefault()
  const line = add(`me: ${input.value}`)
  const text = input.value
  input.value = ''
  for (const { messageId } of await app.sendMessage(text)) states.set(messageId, line)
}

function add(text) {
  const line = document.createElement('li')
  line.textContent = text
  messages.append(line)
  return line
}

function showPeople() {
  const manager = app.connectionManager
  const ready = manager.peerIds.filter((id) => manager.isOpen(id))
  people.textContent = ready.length ? `With ${ready.map((id) => `${id.slice(0, 4)} (${manager.path(id)})`).join(', ')}` : 'Nobody else is here.'
}
