// The same random session as tests/Roost.Fuzz/Session*.cs, run by Yjs itself. Every draw must happen in the same order on both sides.
import * as Y from 'yjs'

export class Dice {
  constructor (seed) { this.state = seed >>> 0 }
  next () {
    this.state = (this.state + 0x6D2B79F5) >>> 0
    let t = this.state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return (t ^ (t >>> 14)) >>> 0
  }
  below (n) { return this.next() % n }
  chance (percent) { return this.below(100) < percent }
  pick (list) { return list[this.below(list.length)] }
}

const encoder = new TextEncoder()
class Log {
  constructor () { this.parts = []; this.size = 0 }
  bytes (data) { this.parts.push(data.slice()); this.size += data.length }
  text (value) { this.bytes(encoder.encode(value)) }
  json (value) { this.text(JSON.stringify(value)) }
}

const words = ['a', 'bc', 'def', ' ', '\n', 'é', '😀', 'x😀y', 'hello world', '"\\', '日本', '\u2028']
const formatKeys = ['bold', 'italic', 'color', 'link']
const mapKeys = ['a', 'b', 'c', 'd', '7']

export const Mode = { text: 1, format: 2, array: 4, map: 8, xml: 16, undo: 32, observe: 64, tools: 128, subdocs: 256, nested: 512, events: 1024, users: 2048 }

class Replica {
  constructor (session, index, clientId, gc) {
    this.session = session
    this.index = index
    this.doc = new Y.Doc({ gc, guid: 'doc' + index })
    this.doc.clientID = clientId
    this.inbox = []
    const { log } = session
    this.doc.on('update', update => { log.bytes(update); this.sent = update })
    this.doc.on('updateV2', update => { log.bytes(update); session.spread(this, this.sent, update) })
    this.text = this.doc.getText('t')
    this.array = this.doc.getArray('a')
    this.map = this.doc.getMap('m')
    this.xml = this.doc.getXmlFragment('x')
    const { dice, mode } = session
    if (mode & Mode.undo) {
      const timeout = dice.chance(50) ? 0 : 1e9
      const ignore = dice.chance(20)
      this.undo = new Y.UndoManager([this.text, this.array, this.map, this.xml], { captureTimeout: timeout, ignoreRemoteMapChanges: ignore })
    }
    if (mode & Mode.observe) {
      const see = event => {
        log.json(event.changes.delta)
        log.json(Array.from(event.changes.keys).map(([key, change]) => [key, change.action]))
      }
      this.text.observe(see)
      this.array.observe(see)
      this.map.observe(see)
      this.xml.observe(see)
      const deep = events => log.json(events.map(event => event.path))
      this.array.observeDeep(deep)
      this.map.observeDeep(deep)
      this.xml.observeDeep(deep)
    }
    this.snapshots = []
    this.positions = []
    if (mode & Mode.events) this.listen()
    if (mode & Mode.users) {
      this.users = new Y.PermanentUserData(this.doc)
      this.users.setUserMapping(this.doc, clientId, dice.chance(50) ? 'one' : 'user' + index)
    }
  }

  // Every event of the document in its order, with handlers that sometimes write.
  listen () {
    const { doc } = this
    const { dice, log } = this.session
    let left = 40
    const write = () => {
      if (left === 0 || !dice.chance(7)) return
      left--
      switch (dice.below(4)) {
        case 0: this.map.set('ev', dice.below(10)); break
        case 1: this.array.push([dice.below(10)]); break
        case 2: this.text.insert(0, 'e'); break
        default: if (this.text.length > 0) this.text.delete(0, 1)
      }
    }
    const clocks = state => [...state].sort((a, b) => a[0] - b[0])
    const told = transaction => [transaction.local, typeof transaction.origin === 'string' ? transaction.origin : transaction.origin !== null]
    doc.on('beforeAllTransactions', () => log.json(['beforeAll']))
    doc.on('beforeTransaction', transaction => { log.json(['before', ...told(transaction), clocks(transaction.beforeState)]); if (transaction.local && dice.chance(7)) this.map.set('ev', dice.below(10)) })
    doc.on('beforeObserverCalls', transaction => { log.json(['beforeObservers', ...told(transaction), clocks(transaction.afterState)]); write() })
    doc.on('afterTransaction', transaction => { log.json(['after', ...told(transaction), transaction.changedParentTypes.size, clocks(transaction.beforeState), clocks(transaction.afterState)]); write() })
    doc.on('afterTransactionCleanup', transaction => { log.json(['cleanup', ...told(transaction), ranges(transaction.deleteSet)]); write() })
    doc.on('update', write)
    doc.on('afterAllTransactions', (_, all) => { log.json(['afterAll', all.map(told)]); write() })
    doc.on('subdocs', ({ added, removed, loaded }) => { log.json(['subdocs', ...[added, removed, loaded].map(set => [...set].map(sub => sub.guid).sort())]); write() })
    this.text.observe(write)
    this.map.observeDeep(write)
  }

  subdoc () {
    const { dice, log } = this.session
    const all = this.array.toArray().filter(value => value instanceof Y.Doc)
    if (all.length === 0) return
    const one = dice.pick(all)
    one.once('destroy', () => log.json('destroyed ' + one.guid))
    if (dice.chance(50)) one.load()
    else one.destroy()
  }

  state () {
    const { log } = this.session
    log.bytes(Y.encodeStateAsUpdate(this.doc))
    log.bytes(Y.encodeStateAsUpdateV2(this.doc))
    log.bytes(Y.encodeStateVector(this.doc))
    log.text(this.text.toString())
    log.json(this.text.toDelta())
    log.json(this.array.toJSON())
    log.json(this.map.toJSON())
    log.text(this.xml.toString())
    if (this.users !== undefined) {
      log.json([...this.users.clients].sort((a, b) => a[0] - b[0]))
      log.json([...this.users.dss].map(([user, set]) => [user, ranges(set)]))
    }
  }
}

export class Session {
  constructor (seed, operations, mode) {
    this.dice = new Dice(seed)
    this.mode = mode
    this.log = new Log()
    // What Yjs leaves for the next turn of the event loop happens after each step.
    this.later = []
    globalThis.setTimeout = action => { this.later.push(action) }
    const count = 2 + this.dice.below(3)
    const ids = new Set()
    const kind = this.dice.below(3)
    while (ids.size < count) {
      const draw = this.dice.next()
      ids.add(kind === 0 ? draw % 12 : kind === 1 ? draw : draw * 2097152 + (this.dice.next() % 2097152))
    }
    this.origin = this.dice.chance(50) ? 'remote' : null
    this.replicas = [...ids].map((id, i) => new Replica(this, i, id, this.dice.chance(65)))
    this.turn()
    for (let i = 0; i < operations; i++) this.step()
    this.converge()
  }

  spread (from, v1, v2) {
    for (const other of this.replicas ?? []) {
      if (other !== from) other.inbox.push([v1, v2])
    }
  }

  turn () {
    for (let action = this.later.shift(); action !== undefined; action = this.later.shift()) passing(action)
  }

  step () {
    const { dice } = this
    const replica = dice.pick(this.replicas)
    const what = dice.below(100)
    if (what < 55) {
      this.edit(replica)
    } else if (what < 62) {
      const count = 2 + dice.below(4)
      replica.doc.transact(() => { for (let i = 0; i < count; i++) this.edit(replica) })
    } else if (what < 82) {
      this.deliver(replica)
    } else if (what < 85) {
      const other = dice.pick(this.replicas)
      this.sync(other, replica)
    } else if (what < 92 && (this.mode & Mode.undo)) {
      const how = dice.below(10)
      if (how < 5) replica.undo.undo()
      else if (how < 8) replica.undo.redo()
      else if (how < 9) replica.undo.stopCapturing()
      else replica.undo.clear()
    } else if (what < 96 && (this.mode & Mode.tools)) {
      this.tool(replica)
    } else if (what === 96 && (this.mode & Mode.events)) {
      replica.subdoc()
    } else if (what >= 97) {
      replica.state()
    }
    this.turn()
  }

  deliver (replica) {
    const { dice } = this
    if (replica.inbox.length === 0) return
    const at = dice.chance(60) ? 0 : dice.below(replica.inbox.length)
    const [v1, v2] = replica.inbox[at]
    const fate = dice.below(100)
    if (fate >= 8) replica.inbox.splice(at, 1)   // else: it will come again
    if (fate >= 95) return                       // lost
    if (dice.chance(50)) passing(() => Y.applyUpdate(replica.doc, v1, this.origin))
    else passing(() => Y.applyUpdateV2(replica.doc, v2, this.origin))
  }

  sync (from, to) {
    const state = Y.encodeStateVector(to.doc)
    if (this.dice.chance(50)) {
      const update = Y.encodeStateAsUpdate(from.doc, state)
      this.log.bytes(update)
      passing(() => Y.applyUpdate(to.doc, update, this.origin))
    } else {
      const update = Y.encodeStateAsUpdateV2(from.doc, state)
      this.log.bytes(update)
      passing(() => Y.applyUpdateV2(to.doc, update, this.origin))
    }
    this.turn()
  }

  converge () {
    for (let round = 0; round < 2; round++) {
      for (const to of this.replicas) {
        for (const from of this.replicas) {
          if (from !== to) this.sync(from, to)
        }
      }
    }
    for (const replica of this.replicas) replica.state()
  }

  edit (replica) {
    const { dice, mode } = this
    const kinds = []
    if (mode & Mode.text) kinds.push(0, 0)
    if (mode & Mode.format) kinds.push(1, 1)
    if (mode & Mode.array) kinds.push(2)
    if (mode & Mode.map) kinds.push(3)
    if (mode & Mode.xml) kinds.push(4)
    let kind = dice.pick(kinds)
    let target = [replica.text, replica.text, replica.array, replica.map, replica.xml][kind]
    for (let depth = 0; kind >= 2 && depth < 3 && dice.chance(40); depth++) {
      const inner = children(target)
      if (inner.length === 0) break
      target = dice.pick(inner)
      kind = kindOf(target, mode)
    }
    switch (kind) {
      case 0: this.plainText(target); break
      case 1: this.richText(target); break
      case 2: this.list(target); break
      case 3: this.entries(target); break
      case 4: this.tree(target); break
    }
  }

  plainText (text) {
    const { dice } = this
    if (text.length > 0 && dice.chance(35)) {
      const at = dice.below(text.length)
      text.delete(at, 1 + dice.below(Math.min(text.length - at, 8)))
    } else {
      text.insert(dice.chance(30) ? text.length : dice.below(text.length + 1), dice.pick(words))
    }
  }

  richText (text) {
    const { dice } = this
    switch (dice.below(8)) {
      case 0: text.insert(dice.below(text.length + 1), dice.pick(words), this.attributes(false)); break
      case 1: text.insertEmbed(dice.below(text.length + 1), { image: dice.pick(words) }, dice.chance(50) ? this.attributes(false) : undefined); break
      case 2: case 3: case 4:
        if (text.length > 0) {
          const at = dice.below(text.length)
          text.format(at, 1 + dice.below(Math.min(text.length - at, 10)), this.attributes(true))
        }
        break
      case 5:
        if (text.length > 0) {
          const skip = dice.below(text.length)
          const delta = []
          if (skip > 0) delta.push({ retain: skip, ...(dice.chance(30) ? { attributes: this.attributes(true) } : {}) })
          if (dice.chance(60)) delta.push({ insert: dice.pick(words), ...(dice.chance(50) ? { attributes: this.attributes(false) } : {}) })
          if (dice.chance(60)) delta.push({ delete: 1 + dice.below(Math.min(text.length - skip, 5)) })
          text.applyDelta(delta, { sanitize: dice.chance(50) })
        }
        break
      case 6: text.setAttribute(dice.pick(mapKeys), dice.pick(words)); break
      case 7: this.plainText(text); break
    }
  }

  attributes (mayEnd) {
    const { dice } = this
    const result = {}
    for (let left = 1 + dice.below(2); left > 0; left--) {
      const key = dice.pick(formatKeys)
      const draw = dice.below(5)
      result[key] = mayEnd && draw < 2 ? null : draw === 3 ? { href: dice.pick(words) } : draw === 4 ? dice.pick(['red', 'blue']) : true
    }
    return result
  }

  value (depth) {
    const { dice } = this
    switch (dice.below(depth > 1 ? 9 : 11)) {
      case 0: return null
      case 1: return dice.chance(50)
      case 2: return dice.below(1000) - 500
      case 3: return dice.pick([-0, 0.5, 0.1, 2147483648, 1e21, 1e-7, -1.5e300, 123456789012, 4294967296.5])
      case 4: case 5: case 6: return dice.pick(words)
      case 7: return new Uint8Array([dice.below(256), dice.below(256)])
      case 8: return dice.below(10)
      case 9: return [plain(this.value(depth + 1)), dice.below(10)]
      default: return { k: plain(this.value(depth + 1)), [dice.pick(mapKeys)]: dice.below(10) }
    }
  }

  shared () {
    const { dice, mode } = this
    if (!(mode & Mode.nested) || !dice.chance(30)) return undefined
    switch (dice.below(5)) {
      case 0: return new Y.Text(dice.pick(words))
      case 1: { const list = new Y.Array(); list.push([plain(this.value(0)), dice.below(10)]); return list }
      case 2: return new Y.Map([['k', plain(this.value(0))], ['n', new Y.Map()]])
      case 3: return new Y.Map()
      default:
        if (mode & Mode.subdocs) return new Y.Doc({ guid: 'sub' + dice.below(100), autoLoad: dice.chance(50), gc: dice.chance(50) })
        return new Y.Array()
    }
  }

  list (list) {
    const { dice } = this
    if (list.length > 0 && dice.chance(35)) {
      const at = dice.below(list.length)
      list.delete(at, 1 + dice.below(Math.min(list.length - at, 4)))
      return
    }
    const values = []
    for (let left = 1 + dice.below(3); left > 0; left--) values.push(this.shared() ?? this.value(0))
    if (dice.chance(25)) list.push(values)
    else list.insert(dice.below(list.length + 1), values)
  }

  entries (map) {
    const { dice } = this
    const key = dice.pick(mapKeys)
    const draw = dice.below(20)
    if (draw < 4) map.delete(key)
    else if (draw === 4) map.clear()
    else map.set(key, this.shared() ?? this.value(0))
  }

  tree (node) {
    const { dice } = this
    if (node instanceof Y.XmlElement && dice.chance(40)) {
      const key = dice.pick(mapKeys)
      if (dice.chance(25)) node.removeAttribute(key)
      else node.setAttribute(key, dice.pick(words))
      return
    }
    if (node.length > 0 && dice.chance(30)) {
      const at = dice.below(node.length)
      node.delete(at, 1 + dice.below(Math.min(node.length - at, 3)))
      return
    }
    const fresh = []
    for (let left = 1 + dice.below(2); left > 0; left--) {
      if (dice.chance(50)) {
        const element = new Y.XmlElement(dice.pick(['p', 'div', 'LI']))
        if (dice.chance(50)) element.setAttribute('id', dice.pick(words))
        if (dice.chance(30)) element.insert(0, [new Y.XmlText(dice.pick(words))])
        fresh.push(element)
      } else {
        fresh.push(new Y.XmlText(dice.pick(words)))
      }
    }
    node.insert(dice.below(node.length + 1), fresh)
  }

  tool (replica) {
    const { dice, log } = this
    switch (dice.below(6)) {
      case 0: case 1: {
        if (replica.inbox.length === 0) return
        const some = []
        for (let left = 1 + dice.below(6); left > 0; left--) some.push(dice.pick(replica.inbox))
        const merged = Y.mergeUpdates(some.map(pair => pair[0]))
        const mergedV2 = Y.mergeUpdatesV2(some.map(pair => pair[1]))
        log.bytes(merged)
        log.bytes(mergedV2)
        log.bytes(Y.encodeStateVectorFromUpdate(merged))
        log.bytes(Y.convertUpdateFormatV1ToV2(merged))
        log.bytes(Y.convertUpdateFormatV2ToV1(mergedV2))
        log.bytes(Y.obfuscateUpdate(merged))
        log.bytes(Y.obfuscateUpdateV2(mergedV2))
        const state = Y.encodeStateVector(dice.pick(this.replicas).doc)
        log.bytes(Y.diffUpdate(merged, state))
        log.bytes(Y.diffUpdateV2(mergedV2, state))
        if (dice.chance(50)) passing(() => Y.applyUpdate(replica.doc, merged, this.origin))
        break
      }
      case 2: {
        const taken = Y.snapshot(replica.doc)
        log.bytes(Y.encodeSnapshot(taken))
        log.bytes(Y.encodeSnapshotV2(taken))
        if (!replica.doc.gc) replica.snapshots.push(taken)
        break
      }
      case 3: {
        if (replica.snapshots.length === 0) return
        const first = dice.pick(replica.snapshots)
        const second = dice.pick(replica.snapshots)
        log.json(replica.text.toDelta(first))
        log.json(replica.text.toDelta(second, first))
        const restored = Y.createDocFromSnapshot(replica.doc, first, new Y.Doc({ gc: false }))
        log.bytes(Y.encodeStateAsUpdate(restored))
        break
      }
      case 4: {
        const type = dice.chance(50) ? replica.text : replica.array
        const position = Y.createRelativePositionFromTypeIndex(type, dice.below(type.length + 1), dice.chance(50) ? 0 : -1)
        log.bytes(Y.encodeRelativePosition(position))
        log.json(Y.relativePositionToJSON(position))
        replica.positions.push(position)
        break
      }
      case 5: {
        if (replica.positions.length === 0) return
        const position = dice.pick(replica.positions)
        const at = Y.createAbsolutePositionFromRelativePosition(position, dice.pick(this.replicas).doc, dice.chance(50))
        log.json(at === null ? -1 : at.index)
        break
      }
    }
  }
}

// Yjs's class fails on a person's map that lost to another which is not there yet; the document is well.
const passing = action => {
  try {
    action()
  } catch (error) {
    if (!(error instanceof TypeError && /initUser|Session\.turn/.test(error.stack))) throw error
  }
}

const ranges = set => [...set.clients].sort((a, b) => a[0] - b[0]).map(([client, items]) => [client, items.map(item => [item.clock, item.len])])

const plain = value => value instanceof Uint8Array ? null : value

const children = type => {
  if (type instanceof Y.Map) return Array.from(type.values()).filter(value => value instanceof Y.AbstractType)
  if (type instanceof Y.Text) return []
  return type.toArray().filter(value => value instanceof Y.AbstractType)
}

const kindOf = (type, mode) => type instanceof Y.XmlText
  ? (mode & Mode.format ? 1 : 0)
  : type instanceof Y.Text
    ? (mode & Mode.format ? 1 : 0)
    : type instanceof Y.Array ? 2 : type instanceof Y.Map ? 3 : 4
