import * as Y from 'yjs'
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness'
import type { Bytes } from '../../../client/src/codec/bytes.ts'
import type { Via } from '../../../client/src/direct/links-news.ts'
import { DocumentLink } from '../../../client/src/doc/document-link.ts'
import type { DocumentSetup, DocumentStatus } from '../../../client/src/doc/document-setup.ts'

/** Another member as it presents itself. */
export interface Person {
  client: number
  name: string
  color: string
  /** How it is reached; undefined over the hub. */
  via: Via | undefined
  /** Where its cursor is in the text; undefined where it has none. */
  at: number | undefined
}

const REMOTE = { from: 'the room' }
const LOOK_EVERY_MS = 3_000
const MAX_STRUCTS = 2_000_000
const MAX_NAME = 64
const COLORS = ['#30bced', '#6eeb83', '#ffbc42', '#ecd444', '#ee6352', '#9ac2c9', '#8acaaf', '#1be7ff']

/** A document of Yjs, kept equal with everybody else's over a `DocumentLink`. */
export class SharedDocument {
  readonly doc = new Y.Doc()
  readonly text = this.doc.getText('text')
  readonly awareness = new Awareness(this.doc)
  readonly link: DocumentLink
  private readonly clientOf = new Map<string, number>()
  private readonly vias = new Map<string, Via>()
  private looking: ReturnType<typeof setInterval> | undefined

  constructor(setup: DocumentSetup, changed: { status: (status: DocumentStatus) => void; people: () => void; paths?: () => void }) {
    this.link = new DocumentLink(setup, {
      update: (bytes) => this.apply(bytes),
      checkpoint: (bytes, stateVector) => this.applyCheckpoint(bytes, stateVector),
      state: () => ({ update: Y.encodeStateAsUpdateV2(this.doc) as Bytes, stateVector: Y.encodeStateVector(this.doc) as Bytes }),
      presence: (from, update) => this.hearPresence(from, update),
      gone: (peer) => {
        this.vias.delete(peer)
        this.forget(peer)
      },
      path: (peer, via) => {
        if (via) this.vias.set(peer, via)
        else this.vias.delete(peer)
        changed.paths?.()
      },
      status: changed.status,
    }, (updates) => (updates.length === 1 ? updates[0] : (Y.mergeUpdates(updates) as Bytes)))
    this.awareness.setLocalState(null)
    this.awareness.on('update', ({ added, updated, removed }: Record<'added' | 'updated' | 'removed', number[]>, origin: unknown) => {
      const own = this.doc.clientID
      if (origin === 'local' && [...added, ...updated, ...removed].includes(own)) this.link.present(encodeAwarenessUpdate(this.awareness, [own]) as Bytes)
    })
    this.awareness.on('change', changed.people)
  }

  /** What is kept here is shown before this resolves. */
  async start(): Promise<void> {
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== REMOTE) this.link.edit(update as Bytes)
    })
    await this.link.start()
    this.looking = setInterval(() => this.lookAgain(), LOOK_EVERY_MS)
  }

  async stop(): Promise<void> {
    clearInterval(this.looking)
    this.awareness.setLocalState(null)
    this.awareness.destroy()
    await this.link.stop()
    this.doc.destroy()
  }

  present(name: string, color: string): void {
    this.awareness.setLocalState({ ...this.awareness.getLocalState(), user: { name, color } })
  }

  showCursor(anchor: number, head: number): void {
    if (this.awareness.getLocalState()) this.awareness.setLocalStateField('cursor', { anchor: this.position(anchor), head: this.position(head) })
  }

  get people(): Person[] {
    const people: Person[] = []
    const vias = new Map([...this.clientOf].map(([peer, client]) => [client, this.vias.get(peer)]))
    this.awareness.getStates().forEach((state, client) => {
      if (client !== this.doc.clientID && state && state.user) people.push({ client, name: clean(state.user.name), color: colorOf(state.user.color, client), via: vias.get(client), at: this.indexOf(state.cursor) })
    })
    return people
  }

  private position(index: number): unknown {
    return Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(this.text, index, -1))
  }

  private indexOf(cursor: any): number | undefined {
    if (!cursor || !cursor.head) return undefined
    try {
      const at = Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(cursor.head), this.doc)
      return at && at.type === this.text ? at.index : undefined
    } catch {
      return undefined // not a position: shown without a cursor
    }
  }

  /** What waits, once more: Yjs looks at it only when a clock that it noted is passed, and what it waits for may lie among what waits. */
  private lookAgain(): void {
    const { pendingStructs } = this.doc.store
    if (!pendingStructs) return
    this.doc.store.pendingStructs = null
    Y.applyUpdateV2(this.doc, pendingStructs.update, REMOTE)
  }

  /** Read in full first: Yjs itself may stop in the middle of what is no update. */
  private apply(bytes: Bytes): boolean {
    try {
      Y.decodeUpdate(bytes)
      Y.applyUpdate(this.doc, bytes, REMOTE)
      return true
    } catch {
      return false
    }
  }

  private applyCheckpoint(bytes: Bytes, stateVector: Bytes): boolean {
    try {
      Y.decodeUpdateV2(bytes, countingDecoder())
      Y.applyUpdateV2(this.doc, bytes, REMOTE, countingDecoder())
      const held = Y.decodeStateVector(Y.encodeStateVector(this.doc))
      return [...Y.decodeStateVector(stateVector)].every(([client, clock]) => (held.get(client) || 0) >= clock)
    } catch {
      return false
    }
  }

  /** A peer speaks for itself only, and under one client id. */
  private hearPresence(from: string, update: Bytes): void {
    const client = clientIn(update)
    if (client === undefined || client === this.doc.clientID) return
    for (const [peer, known] of this.clientOf) if (known === client && peer !== from) return
    if (this.clientOf.has(from) && this.clientOf.get(from) !== client) this.forget(from)
    try {
      applyAwarenessUpdate(this.awareness, update, REMOTE)
      this.clientOf.set(from, client)
    } catch {
      // Not what y-protocols writes.
    }
  }

  private forget(peer: string): void {
    const client = this.clientOf.get(peer)
    this.clientOf.delete(peer)
    if (client === undefined) return
    removeAwarenessStates(this.awareness, [client], REMOTE)
    this.awareness.meta.delete(client) // who comes back says the same again, under the same clock
  }
}

/** Version 2 packs runs: a few bytes may stand for millions of structs. */
function countingDecoder(): typeof Y.UpdateDecoderV2 {
  let left = MAX_STRUCTS
  return class extends Y.UpdateDecoderV2 {
    override readInfo(): number {
      if (--left < 0) throw new Error('too many structs')
      return super.readInfo()
    }
  }
}

/** The one client that an awareness update is about. */
function clientIn(update: Bytes): number | undefined {
  if (update[0] !== 1) return undefined
  let client = 0
  for (let i = 1, scale = 1; i < update.length && i < 9; i++, scale *= 128) {
    client += (update[i] & 127) * scale
    if (update[i] < 128) return client
  }
  return undefined
}

const clean = (name: unknown): string => (typeof name === 'string' ? name.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '').slice(0, MAX_NAME) : '')
const colorOf = (color: unknown, client: number): string => (typeof color === 'string' && /^#[0-9a-f]{6}$/i.test(color) ? color : COLORS[client % COLORS.length])
export const randomColor = (): string => COLORS[Math.floor(Math.random() * COLORS.length)]
