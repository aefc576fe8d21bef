import { expect, test } from 'vitest'
import { readFeedFrame, writeFeedFrame, type FeedFrame } from '../src/feeds/feed-frames.ts'
import { regroup } from '../src/storage/feed-store.ts'

const feed8 = new Uint8Array(8)
const sealed = (n: number) => new Uint8Array(20).fill(n)

/** A stored pack of entries first…last; its signature names its last entry. */
function pack(first: number, last: number): Uint8Array<ArrayBuffer> {
  const entries = Array.from({ length: last - first + 1 }, (_, i) => ({ kind: 1, sealed: sealed(first + i) }))
  return writeFeedFrame({ type: 'pack', feed8, first, last: { head: last, sig64: new Uint8Array(64).fill(last) }, entries })
}

const restore = (...packs: Uint8Array<ArrayBuffer>[]) => regroup(packs).map((bytes) => readFeedFrame(bytes) as FeedFrame & { type: 'pack' })

test('packs in a row become one, signed at its end', () => {
  const [one, ...more] = restore(pack(1, 3), pack(4, 4), pack(5, 9))
  expect(more).toEqual([])
  expect(one.first).toBe(1)
  expect(one.entries.map((entry) => entry.sealed[0])).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(one.last!.sig64[0]).toBe(9)
})

test('what two loads of the page stored twice is restored once, under the signature that fits', () => {
  const [one] = restore(pack(1, 20), pack(11, 15), pack(18, 22), pack(19, 21))
  expect(one.entries).toHaveLength(22)
  expect(one.last!.sig64[0]).toBe(22)
})

test('after a hole nothing is restored: the host is asked for it', () => {
  const [one] = restore(pack(1, 3), pack(5, 6))
  expect(one.entries).toHaveLength(3)
  expect(one.last!.sig64[0]).toBe(3)
  expect(restore(pack(2, 3))).toEqual([])
})
