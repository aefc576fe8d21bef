import { expect, test } from 'vitest'
import { Pulse, type PulseEffect } from '../src/direct/pulse.ts'
import { writeFeedFrame } from '../src/feeds/feed-frames.ts'
import { HostCore, type HostEffect } from '../src/host/host-core.ts'

const drain = <T>(core: { take(): T | undefined }): T[] => {
  const effects: T[] = []
  for (let effect = core.take(); effect !== undefined; effect = core.take()) effects.push(effect)
  return effects
}

/** Lets time pass the way a driver does. */
function pass(pulse: Pulse, fromMs: number, toMs: number): PulseEffect[] {
  const effects: PulseEffect[] = []
  for (let wake = pulse.nextWake; wake && wake.atMs <= toMs; wake = pulse.nextWake) {
    pulse.tick(Math.max(fromMs, wake.atMs))
    effects.push(...drain(pulse))
  }
  return effects
}

test('a channel that falls silent is not used until it speaks again', () => {
  const pulse = new Pulse()
  pulse.handle('opened', 0)
  expect(drain(pulse)).toEqual(['up', 'ping'])
  expect(pass(pulse, 0, 5_999)).toEqual(['ping', 'ping'])
  expect(pass(pulse, 6_000, 6_000)).toEqual(['down', 'ping'])
  expect(pass(pulse, 6_000, 20_000)).not.toContain('up')
  pulse.handle('heard', 20_000)
  expect(drain(pulse)).toEqual(['up'])
  pulse.handle('closed', 20_001)
  expect(drain(pulse)).toEqual(['down'])
  expect(pulse.nextWake).toBeUndefined()
  pulse.handle('heard', 20_002)
  expect(drain(pulse)).toEqual([])
})

test('a page that stood still itself does not blame the channel', () => {
  const pulse = new Pulse()
  pulse.handle('opened', 0)
  drain(pulse)
  pulse.tick(60_000)
  expect(drain(pulse)).toEqual(['ping'])
})

const room16 = new Uint8Array(16).fill(1)
const feed8 = new Uint8Array(8).fill(2)
const peer20 = (n: number) => new Uint8Array(20).fill(n)

function hostOf(viewers: number): HostCore {
  const core = new HostCore(room16, feed8)
  const members = Array.from({ length: viewers }, (_, n) => ({ peer20: peer20(n), session16: room16, role: 0 }))
  core.handle({ type: 'link', news: { type: 'frame', frame: { type: 'members', room16, more: false, members } } }, 0)
  drain(core)
  return core
}
const ways = (effects: HostEffect[]): string[] => effects.flatMap((effect) => (effect.type === 'cast' ? ['cast'] : effect.type === 'send' ? [`${effect.isDirect ? 'link' : 'hub'} ${effect.to20[0]}`] : []))
const publish = (core: HostCore, head: number): string[] => {
  core.handle({ type: 'appended', head, frames: [new Uint8Array([head])] }, 0)
  return ways(drain(core))
}

test('an entry goes over links, and to the others by the hub in the cheaper way', () => {
  const core = hostOf(4)
  expect(publish(core, 1)).toEqual(['cast'])
  for (const n of [0, 1, 2]) core.handle({ type: 'direct', news: { type: 'up', peer20: peer20(n) } }, 0)
  expect(ways(drain(core))).toEqual(['link 0', 'link 1', 'link 2']) // the newest, once more
  expect(publish(core, 2)).toEqual(['link 0', 'link 1', 'link 2', 'hub 3'])
  core.handle({ type: 'direct', news: { type: 'down', peer20: peer20(0) } }, 0)
  expect(ways(drain(core))).toEqual(['hub 0'])
})

test('a link that is full gets nothing more, and then what it lacks', () => {
  const core = hostOf(1)
  core.handle({ type: 'direct', news: { type: 'up', peer20: peer20(0) } }, 0)
  core.handle({ type: 'direct', news: { type: 'full', peer20: peer20(0) } }, 0)
  for (let head = 1; head < 100; head++) expect(publish(core, head)).toEqual([])
  core.handle({ type: 'direct', news: { type: 'frame', peer20: peer20(0), payload: writeFeedFrame({ type: 'want', feed8, after: 0, budget: 9 }) } }, 0)
  expect(drain(core).filter(({ type }) => type === 'answer')).toEqual([])
  core.handle({ type: 'direct', news: { type: 'drained', peer20: peer20(0) } }, 0)
  const effects = drain(core)
  expect(effects.filter(({ type }) => type === 'answer')).toHaveLength(1)
  expect(ways(effects)).toEqual(['link 0'])
})

test('a linked viewer is here without a hub, and gone with the link', () => {
  const core = hostOf(2)
  core.handle({ type: 'direct', news: { type: 'up', peer20: peer20(0) } }, 0)
  drain(core)
  core.handle({ type: 'link', news: { type: 'lost', code: 1006, retryAtMs: 1 } }, 0)
  const count = () => drain(core).flatMap((effect) => (effect.type === 'status' ? [effect.status.count] : [])).pop()
  expect(count()).toBe(1)
  core.handle({ type: 'direct', news: { type: 'down', peer20: peer20(0) } }, 0)
  expect(count()).toBe(0)
})
