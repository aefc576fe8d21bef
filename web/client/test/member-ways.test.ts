import { beforeEach, expect, test } from 'vitest'
import { hex, type Bytes } from '../src/codec/bytes.ts'
import { MemberWays } from '../src/doc/member-ways.ts'

const room16 = new Uint8Array(16).fill(1)
const id = (n: number): string => hex(new Uint8Array(20).fill(n))
let said: string[]
let full: Set<number>
let ways: MemberWays

beforeEach(() => {
  ;[said, full] = [[], new Set()]
  ways = new MemberWays(room16, {
    hub: (frame) => said.push(frame[0] === 0x0a ? 'cast' : `hub ${frame[17]}`),
    direct: (peer20, payload) => said.push(`link ${peer20[0]}:${payload.length}`),
    isFull: (peer20) => full.has(peer20[0]),
  })
})

const said1 = (say: () => void): string[] => {
  said = []
  say()
  return said.sort()
}
const cast = (payload: Bytes = new Uint8Array(1)): string[] => said1(() => ways.cast(payload))
const send = (n: number): string[] => said1(() => ways.send(id(n), new Uint8Array(1)))

test('what is for all goes over links, and to the few others one by one; where these are many, over the hub to all', () => {
  for (let n = 1; n <= 10; n++) ways.came(id(n))
  expect(cast()).toEqual(['cast'])
  ways.up(id(1))
  expect(cast()).toEqual(['cast']) // nine without a link
  ways.up(id(2))
  expect(cast()).toEqual(['hub 10', 'hub 3', 'hub 4', 'hub 5', 'hub 6', 'hub 7', 'hub 8', 'hub 9', 'link 1:1', 'link 2:1'])
  for (let n = 3; n <= 10; n++) ways.up(id(n))
  expect(cast()).toHaveLength(10)
  expect(cast().every((way) => way.startsWith('link'))).toBe(true)
})

test('who is linked with but at no hub is reached by its link alone, also when all others get a cast', () => {
  ways.up(id(20))
  for (let n = 1; n <= 9; n++) ways.came(id(n))
  expect(cast()).toEqual(['cast', 'link 20:1'])
})

test('a linked member stays one without a hub, and goes with its link', () => {
  for (const n of [1, 2]) ways.came(id(n))
  ways.up(id(1))
  expect(ways.hubLost()).toEqual([id(2)])
  expect(ways.members).toEqual([id(1)])
  expect(ways.down(id(1))).toBe(true)
  expect(ways.down(id(1))).toBe(false)
  expect(ways.has(id(1))).toBe(false)
})

test('a lost connection to the hub is not leaving; leaving is, linked or not', () => {
  for (const n of [1, 2, 3]) ways.came(id(n))
  for (const n of [1, 2]) ways.up(id(n))
  expect([ways.went(id(1), false), ways.went(id(2), true), ways.went(id(3), false), ways.went(id(3), true)]).toEqual([false, true, true, false])
  expect(ways.members).toEqual([id(1)])
  expect(ways.isLinked(id(2))).toBe(false)
})

test('a full link is not given more: the hub carries it, and without one a ROLL makes it good', () => {
  ways.came(id(1))
  ways.up(id(1))
  full.add(1)
  expect(send(1)).toEqual(['hub 1'])
  expect(cast()).toEqual(['hub 1'])
  expect(ways.drained(id(1))).toBe(false)
  ways.hubLost()
  expect(send(1)).toEqual([])
  expect(cast()).toEqual([])
  full.delete(1)
  expect([ways.drained(id(1)), ways.drained(id(1))]).toEqual([true, false])
  expect(send(1)).toEqual(['link 1:1'])
})

test('an answer goes one way, though the link gets full by it', () => {
  ways.came(id(1))
  ways.up(id(1))
  const parts = [1, 2, 3].map((length) => new Uint8Array(length))
  const filling = new MemberWays(room16, { hub: () => said.push('hub'), direct: (peer20, payload) => (full.add(peer20[0]), said.push(`link ${payload.length}`)), isFull: (peer20) => full.has(peer20[0]) })
  filling.came(id(1))
  filling.up(id(1))
  expect(said1(() => filling.answer(id(1), parts))).toEqual(['link 1', 'link 2', 'link 3'])
  expect(said1(() => filling.answer(id(1), parts))).toEqual(['hub', 'hub', 'hub'])
})

test('somebody whom nobody named, as the keeper of a hub, is written to over the hub', () => {
  expect(send(9)).toEqual(['hub 9'])
})
