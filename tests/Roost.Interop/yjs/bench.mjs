// The rows of bench/crdt in Yjs; prints a JSON object of figures by name.
import * as Y from 'yjs'
import { readFileSync } from 'node:fs'
import { Dice } from './script.mjs'

const runs = 5
const N = 6000
const figures = {}

const timed = action => {
  globalThis.gc?.()
  const start = performance.now()
  action()
  return performance.now() - start
}
const wanted = process.argv.slice(3)
const row = (name, run) => {
  if (wanted.length > 0 && !wanted.some(part => name.includes(part))) return
  const start = performance.now()
  for (let i = 0; i < 50 && (i < 3 || performance.now() - start < 500); i++) run()
  figures[name] = Math.min(...Array.from({ length: runs }, run).filter(figure => figure > 0))
}
const repeat = (step, count = N) => { for (let i = 0; i < count; i++) step(i) }
const word = dice => 'w'.repeat(2 + dice.below(8))
const make = id => { const doc = new Y.Doc(); doc.clientID = id; return doc }
const edited = edit => () => {
  const doc = make(1)
  const other = make(2)
  doc.on('update', update => Y.applyUpdate(other, update))
  return timed(() => edit(doc))
}
const insertAndDelete = (doc, dice, count) => {
  const text = doc.getText('t')
  repeat(() => {
    const at = dice.below(text.length + 1)
    if (text.length === at || dice.below(2) === 0) text.insert(at, word(dice))
    else text.delete(at, 1 + dice.below(Math.min(text.length - at, 9)))
  }, count)
}

row('B1.1 append characters', edited(doc => repeat(i => doc.getText('t').insert(i, 'x'))))
row('B1.2 insert one long string', edited(doc => doc.getText('t').insert(0, 'x'.repeat(N))))
row('B1.3 prepend characters', edited(doc => repeat(() => doc.getText('t').insert(0, 'x'))))
row('B1.4 insert characters at random', edited(doc => { const dice = new Dice(14); repeat(i => doc.getText('t').insert(dice.below(i + 1), 'x')) }))
row('B1.5 insert words at random', edited(doc => {
  const dice = new Dice(15)
  const text = doc.getText('t')
  repeat(() => text.insert(dice.below(text.length + 1), word(dice)))
}))
row('B1.6 insert a string, delete it', edited(doc => { doc.getText('t').insert(0, 'x'.repeat(N)); doc.getText('t').delete(0, N) }))
row('B1.7 insert and delete at random', edited(doc => insertAndDelete(doc, new Dice(17), N)))
row('B1.8 append numbers to an array', edited(doc => repeat(i => doc.getArray('a').insert(i, [i]))))
row('B1.9 insert an array of numbers', edited(doc => doc.getArray('a').insert(0, Array.from({ length: N }, (_, i) => i))))
row('B1.10 prepend numbers', edited(doc => repeat(i => doc.getArray('a').insert(0, [i]))))
row('B1.11 insert numbers at random', edited(doc => { const dice = new Dice(111); repeat(i => doc.getArray('a').insert(dice.below(i + 1), [i])) }))

const both = edit => () => {
  const docs = [make(1), make(2)]
  const sent = [[], []]
  docs.forEach((doc, i) => {
    doc.getText('t').insert(0, 'start')
    doc.on('update', (update, _origin, _doc, transaction) => { if (transaction.local) sent[i].push(update) })
  })
  Y.applyUpdate(docs[1], Y.encodeStateAsUpdate(docs[0]))
  Y.applyUpdate(docs[0], Y.encodeStateAsUpdate(docs[1]))
  return timed(() => {
    edit(docs[0], new Dice(21))
    edit(docs[1], new Dice(22))
    sent[0].forEach(update => Y.applyUpdate(docs[1], update))
    sent[1].forEach(update => Y.applyUpdate(docs[0], update))
  })
}
row('B2.1 two write a string at the same place', both(doc => doc.getText('t').insert(0, 'x'.repeat(N))))
row('B2.2 two write characters at random', both((doc, dice) => repeat(i => doc.getText('t').insert(dice.below(i + 1), 'x'))))
row('B2.3 two write words at random', both((doc, dice) => {
  const text = doc.getText('t')
  repeat(() => text.insert(dice.below(text.length + 1), word(dice)))
}))
row('B2.4 two write and delete at random', both((doc, dice) => insertAndDelete(doc, dice, N)))

const fromMany = edit => {
  const updates = []
  for (let i = 0; i < 1549; i++) {
    const doc = make(i + 10)
    edit(doc, i)
    updates.push(Y.encodeStateAsUpdate(doc))
  }
  return () => {
    const doc = make(1)
    return timed(() => updates.forEach(update => Y.applyUpdate(doc, update)))
  }
}
row('B3.1 1,549 clients set a number in a map', fromMany((doc, i) => doc.getMap('m').set('v', i)))
row('B3.2 1,549 clients set an object in a map', fromMany((doc, i) => doc.getMap('m').set('v', { name: 'client ' + i, address: 'somewhere' })))
row('B3.3 1,549 clients set a string in a map', fromMany((doc, i) => doc.getMap('m').set('v', 'x'.repeat(1000) + i)))
row('B3.4 1,549 clients insert into an array', fromMany((doc, i) => doc.getArray('a').insert(0, ['client ' + i])))
row('map: 6,000 overwrites of 50 keys', edited(doc => repeat(i => doc.getMap('m').set('key' + (i % 50), i))))

row('rich text: 2,000 formats of 20,000 characters', edited(doc => {
  const dice = new Dice(31)
  const text = doc.getText('t')
  text.insert(0, 'x'.repeat(20000))
  repeat(i => text.format(dice.below(19900), 1 + dice.below(90), { [i % 2 === 0 ? 'bold' : 'italic']: i % 3 === 0 ? null : true }), 2000)
}))
row('rich text: 3,000 words into formatted text', edited(doc => {
  const dice = new Dice(32)
  const text = doc.getText('t')
  text.insert(0, 'x'.repeat(2000))
  repeat(i => text.format(i * 10, 5, { bold: true }), 200)
  repeat(() => text.insert(dice.below(text.length + 1), word(dice)), 3000)
}))
row('xml: 3,000 elements with an attribute and text', edited(doc => repeat(i => {
  const element = new Y.XmlElement('p')
  element.setAttribute('class', 'c' + (i % 10))
  element.insert(0, [new Y.XmlText('text')])
  doc.getXmlFragment('x').insert(i >> 1, [element])
}, 3000)))

const edits = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const play = listen => {
  const doc = make(1234567890)
  if (listen) doc.on('update', () => {})
  const text = doc.getText('text')
  for (const [at, remove, insert] of edits) {
    if (remove > 0) text.delete(at, remove)
    if (insert.length > 0) text.insert(at, insert)
  }
  return doc
}
row('trace: an update per edit', () => timed(() => play(true)))
row('trace: nobody listens', () => timed(() => play(false)))
const played = play(false)
const one = Y.encodeStateAsUpdate(played)
const two = Y.encodeStateAsUpdateV2(played)
row('trace: encode V1', () => timed(() => Y.encodeStateAsUpdate(played)))
row('trace: encode V2', () => timed(() => Y.encodeStateAsUpdateV2(played)))
row('trace: parse V1', () => timed(() => Y.applyUpdate(make(9), one)))
row('trace: parse V2', () => timed(() => Y.applyUpdateV2(make(9), two)))
row('trace: memory of the parsed document', () => {
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  const doc = make(9)
  Y.applyUpdateV2(doc, two)
  globalThis.gc?.()
  const after = process.memoryUsage().heapUsed
  return doc.clientID ? (after - before) / 1e6 : 0
})

const tokens = 20000
row('stream: append a token, update included', () => {
  const doc = make(0xDEADBEEF)
  doc.on('update', () => {})
  const text = doc.getText('t')
  return timed(() => repeat(() => text.insert(text.length, 'word'), tokens)) * 1000 / tokens
})
const measured = perFrame => () => {
  const doc = make(0xDEADBEEF)
  let bytes = 0
  doc.on('update', update => { bytes += update.length })
  const text = doc.getText('t')
  repeat(() => doc.transact(() => repeat(() => text.insert(text.length, 'word'), perFrame)), tokens / perFrame)
  return bytes / tokens
}
row('stream: bytes of update per token', measured(1))
row('stream: bytes per token, ten per frame', measured(10))
row('stream: receive a token', () => {
  const updates = []
  const doc = make(0xDEADBEEF)
  doc.on('update', update => updates.push(update))
  repeat(() => doc.getText('t').insert(doc.getText('t').length, 'word'), tokens)
  const other = make(2)
  return timed(() => updates.forEach(update => Y.applyUpdate(other, update))) * 1000 / tokens
})
row('50 writers, 5,000 updates: p99 of one apply', () => {
  const dice = new Dice(50)
  const writers = Array.from({ length: 50 }, (_, i) => make(i + 100))
  let updates = []
  writers.forEach(writer => writer.on('update', (update, _origin, _doc, transaction) => { if (transaction.local) updates.push(update) }))
  const hub = make(1)
  const times = []
  for (let i = 0; i < 5000; i++) {
    const text = writers[dice.below(50)].getText('t')
    text.insert(dice.below(text.length + 1), word(dice))
    if (i % 400 === 399) {
      for (const update of updates) {
        const start = performance.now()
        Y.applyUpdate(hub, update)
        times.push((performance.now() - start) * 1000)
      }
      updates = []
      const state = Y.encodeStateAsUpdate(hub)
      writers.forEach(other => Y.applyUpdate(other, state))
    }
  }
  times.sort((a, b) => a - b)
  return times[Math.floor(times.length * 0.99)]
})
process.stdout.write(JSON.stringify(figures))
