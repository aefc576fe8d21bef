// A model's tokens, shared while they come. Late readers get all of it; the hub's own page at the link reads along too.
const options = new URLSearchParams(location.search)
const hub = options.get('hub') || 'http://localhost:3000'
const { P2PApp } = await import(`${hub}/roost.js`)
const { TextStream } = await import(`${hub}/roost-stream.js`)

const app = new P2PApp({ signalingServer: hub })

host.onclick = async () => {
  host.disabled = true
  const invite = await app.createRoom()
  const stream = await TextStream.host(app, { title: 'An answer' })
  await model('Why is the sky blue?', (token) => { // seed 004's onLLMToken
    stream.write(token)
    text.append(token)
  }, () => show(invite))
  await stream.end()
}

if (location.hash) {
  host.hidden = true
  await app.joinRoom(location.hash)
  for await (const piece of TextStream.read(app)) text.append(piece)
  text.append('\n(the end)')
}

function show(invite) {
  link.href = `${location.pathname}${location.search}#${invite}`
  link.dataset.page = `${hub}/#${invite}` // the same session in the hub's own viewer
  link.hidden = false
}

/** Stands in for a model: one token after the other, as fast as frames are drawn. */
async function model(question, onToken, onStart) {
  onStart()
  for (const token of `${question} Blue light is scattered more than red. `.repeat(20).split(/(?<= )/)) {
    await new Promise(requestAnimationFrame)
    onToken(token)
  }
}
