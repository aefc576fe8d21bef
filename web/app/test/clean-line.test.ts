import { expect, test } from 'vitest'
import { cleanLine } from '../src/markdown/clean-line.ts'

test('sequences for terminals go, whole or cut off', () => {
  expect(cleanLine('a \x1b[1;31mred\x1b[0m b\x1b(B')).toBe('a red b')
  expect(cleanLine('a\x1b]8;;http://x\x07link\x1b]8;;\x1b\\ b')).toBe('alink b')
  for (const cut of ['\x1b', '\x1b[', '\x1b[3', '\x1b[3;', '\x1b(']) expect(cleanLine(`a${cut}`)).toBe('a')
  expect(cleanLine('a\x1b]never ended')).toBe('anever ended')
})

test('control characters go, tabs and all letters stay', () => {
  expect(cleanLine('a\x00\x07\x08\x0b\x0c\r\x7f\x80\x9fb')).toBe('ab')
  expect(cleanLine('\tein „Wort“ 日本語 العربية עברית 👩‍👩‍👧')).toBe('\tein „Wort“ 日本語 العربية עברית 👩‍👩‍👧')
})

test('nothing turns a line around', () => {
  const turning = [0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069].map((code) => String.fromCharCode(code))
  expect(cleanLine(`pay ${turning.join('x')} me`)).toBe('pay xxxxxxxx me')
  expect(cleanLine('\u200f\u200e')).toBe('\u200f\u200e') // marks turn nothing
})
