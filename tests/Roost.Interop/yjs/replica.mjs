// One document of a session of script.mjs, as tests/Roost.Fuzz/Replica*.cs has it.
import * as Y from 'yjs'

export const Mode = { text: 1, format: 2, array: 4, map: 8, xml: 16, undo: 32, observe: 64, tools: 128, subdocs: 256, nested: 512, events: 1024, users: 2048 }

export class Replica {
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

const ranges = set => [...set.clients].sort((a, b) => a[0] - b[0]).map(([client, items]) => [client, items.map(item => [item.clock, item.len])])
