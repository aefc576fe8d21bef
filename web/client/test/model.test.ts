import { describe, expect, test } from 'vitest'
import { utf8 } from '../src/codec/bytes.ts'
import { readDelta } from '../src/model/chat.ts'
import { EventReader } from '../src/model/sse.ts'

describe('an event stream', () => {
  const whole = 'data: one\n\n: comment\r\nevent: x\r\ndata: two\r\ndata:more €\r\n\r\ndata: last'
  test.each([1, 2, 3, 7, 64])('is read in pieces of %i bytes', (size) => {
    const reader = new EventReader()
    const bytes = utf8(whole)
    const events: string[] = []
    for (let at = 0; at < bytes.length; at += size) events.push(...reader.read(bytes.slice(at, at + size)))
    events.push(...reader.end())
    expect(events).toEqual(['one', 'two\nmore €', 'last'])
  })

  test('has no endless lines', () => {
    const reader = new EventReader()
    expect(() => {
      for (let i = 0; i < 20; i++) reader.read(new Uint8Array(100_000).fill(65))
    }).toThrow('megabyte')
  })
})

test.each([
  ['[DONE]', 'done'],
  ['{"choices":[{"delta":{"content":"a"}}]}', { text: 'a', last: false }],
  ['{"choices":[{"delta":{},"finish_reason":"stop"}]}', { text: '', last: true }],
  ['{"error":"no"}', { fault: 'no' }],
  ['{"error":{"message":"no"}}', { fault: 'no' }],
  ['{"choices":[]}', undefined],
  ['null', undefined],
  ['{', undefined],
  ['{"choices":[{"delta":{"content":5}}]}', { text: '', last: false }],
])('%s', (event, expected) => expect(readDelta(event)).toEqual(expected))
