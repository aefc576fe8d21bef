import { expect, test } from 'vitest'
import { utf8 } from '../src/codec/bytes.ts'
import { MAX_QUEUED, Outbox, type Kept, type OutboxEffect } from '../src/p2p/outbox.ts'
import { readTalkFrame } from '../src/p2p/talk-frames.ts'

const content = (text: string) => ({ format: 0, bytes: utf8(text) })

/** Two outboxes, a road that may lose what it carries, and stores that survive a reload. */
class World {
  nowMs = 0
  read: string[] = []
  delivered: string[] = []
  lost: (round: number) => boolean = () => false
  kept: Kept[] = []
  heard: { line16: Uint8Array<ArrayBuffer>; n: number } | undefined
  a = new Outbox(new Uint8Array(16).fill(1), [], undefined, 0)
  b = new Outbox(new Uint8Array(16).fill(2), [], undefined, 0)
  private rounds = 0
  private road: [Outbox, Uint8Array<ArrayBuffer>][] = []

  open(): void {
    for (const side of [this.a, this.b]) side.handle({ type: 'opened' }, this.nowMs)
    this.flow()
  }

  send(id: string): void {
    this.a.handle({ type: 'send', id, content: content(id) }, this.nowMs)
    this.flow()
  }

  pass(ms: number): void {
    for (const until = this.nowMs + ms; this.nowMs < until; ) {
      this.nowMs += 10
      this.a.tick(this.nowMs)
      this.b.tick(this.nowMs)
      this.flow()
    }
  }

  /** The page of b is reloaded: only what was stored is left. */
  reloadB(): void {
    this.road = []
    this.b = new Outbox(new Uint8Array(16).fill(2), [], this.heard && { ...this.heard }, 0)
    this.a.handle({ type: 'closed' }, this.nowMs)
    this.open()
  }

  reloadA(): void {
    this.road = []
    this.a = new Outbox(new Uint8Array(16).fill(1), [...this.kept], undefined, Math.max(0, ...this.kept.map(({ n }) => n)))
    this.b.handle({ type: 'closed' }, this.nowMs)
    this.open()
  }

  flow(): void {
    for (;;) {
      this.drain(this.a, this.b)
      this.drain(this.b, this.a)
      const next = this.road.shift()
      if (!next) return
      const frame = readTalkFrame(next[1])!
      if (frame.type === 'data') next[0].handle({ type: 'data', n: frame.n, content: frame }, this.nowMs)
      else if (frame.type === 'ack' || frame.type === 'line') next[0].handle(frame, this.nowMs)
    }
  }

  private drain(from: Outbox, to: Outbox): void {
    for (let effect = from.take(); effect; effect = from.take()) this.perform(from, to, effect)
  }

  private perform(from: Outbox, to: Outbox, effect: OutboxEffect): void {
    if (effect.type === 'write' && !this.lost(this.rounds++)) this.road.push([to, effect.message])
    if (effect.type === 'keep') this.kept.push({ n: effect.n, id: effect.id, content: effect.content })
    if (effect.type === 'forget') this.kept = this.kept.filter(({ n }) => n > effect.upTo)
    if (effect.type === 'delivered') this.delivered.push(effect.id)
    if (effect.type === 'give') {
      this.heard = { line16: effect.line16, n: effect.n }
      this.read.push(new TextDecoder().decode(effect.content.bytes))
      from.handle({ type: 'given', n: effect.n }, this.nowMs)
    }
  }
}

test('what is sent before there is a path waits for it', () => {
  const world = new World()
  world.send('a')
  world.send('b')
  expect(world.read).toEqual([])
  world.open()
  expect(world.read).toEqual(['a', 'b'])
  world.pass(100)
  expect(world.delivered).toEqual(['a', 'b'])
})

test.each([1, 2, 3, 4, 5, 6, 7, 8])('a road that loses a third gives everything once, in order (seed %i)', (seed) => {
  const world = new World()
  let dice = seed
  world.lost = () => (dice = (dice * 16807) % 2147483647) % 3 === 0
  world.open()
  const sent = Array.from({ length: 40 }, (_, i) => `m${i}`)
  sent.forEach((id) => world.send(id))
  world.pass(300_000)
  expect(world.read).toEqual(sent)
  expect(world.delivered).toEqual(sent)
  expect(world.kept).toEqual([])
})

test('a reload of the reader gives nothing twice and loses nothing', () => {
  const world = new World()
  world.open()
  world.send('a')
  world.lost = () => true
  world.send('b')
  world.lost = () => false
  world.reloadB()
  world.send('c')
  expect(world.read).toEqual(['a', 'b', 'c'])
})

test('a reload of the writer sends what was not acknowledged, nothing twice', () => {
  const world = new World()
  world.open()
  world.send('a')
  world.pass(100)
  world.lost = () => true
  world.send('b')
  world.send('c')
  world.lost = () => false
  world.reloadA()
  world.pass(2_000)
  expect(world.read).toEqual(['a', 'b', 'c'])
  expect(world.kept).toEqual([])
})

test('a writer that lost its store starts a new line and is heard', () => {
  const world = new World()
  world.open()
  world.send('a')
  world.a = new Outbox(new Uint8Array(16).fill(9), [], undefined, 0)
  world.open()
  world.send('b')
  expect(world.read).toEqual(['a', 'b'])
})

test('a full outbox says so instead of growing', () => {
  const world = new World()
  for (let i = 0; i < MAX_QUEUED; i++) world.a.handle({ type: 'send', id: String(i), content: content('x') }, 0)
  world.flow()
  expect(world.kept).toHaveLength(MAX_QUEUED)
  world.a.handle({ type: 'send', id: 'one too many', content: content('x') }, 0)
  expect(world.a.take()).toEqual({ type: 'full', id: 'one too many' })
})
