import { expect, test } from 'vitest'
import { AnsiReader, type Style } from '../src/ansi.ts'
import { OpenLine } from '../src/open-line.ts'

/** Writes chunks and gives what a reader sees, styles in braces. */
function show(chunks: string[], interprets = true): string {
  const line = new OpenLine()
  let shown = ''
  const describe = (style: Style): string => Object.entries(style).filter(([, value]) => value !== false && value !== -1).map(([key, value]) => (value === true ? key : key + value)).join(',')
  const close = (): void => {
    for (const { text, style } of line.close()) shown += describe(style) ? `{${describe(style)}:${text}}` : text
  }
  const reader = new AnsiReader(
    {
      text: (text, style) => line.write(text, style),
      newLine: () => (close(), (shown += '\n')),
      carriageReturn: () => line.carriageReturn(),
      backspace: () => line.backspace(),
      eraseLine: (how) => line.erase(how),
    },
    interprets,
  )
  for (const chunk of chunks) reader.write(chunk)
  close()
  return shown
}

test('colours and their ends', () => {
  expect(show(['a\x1b[31mred\x1b[0m b'])).toBe('a{fg1:red} b')
  expect(show(['\x1b[1;4;92mx\x1b[22my\x1b[m'])).toBe('{fg10,bold,underline:x}{fg10,underline:y}')
  expect(show(['\x1b[38;5;208mo\x1b[48;2;1;2;3mr\x1b[39;49mn'])).toBe('{fg208:o}{fg208,bg16843267:r}n')
})

test('a sequence may be cut anywhere', () => {
  const whole = 'ab\x1b[1;31mc\x1b]8;;http://x\x07d\x1b]8;;\x1b\\e\x1b[0mf\r\ng\x1b(Bh'
  for (let at = 0; at <= whole.length; at++) expect(show([whole.slice(0, at), whole.slice(at)]), String(at)).toBe(show([whole]))
  expect(show([...whole])).toBe('ab{fg1,bold:c}{fg1,bold:d}{fg1,bold:e}f\ngh'.replace('{fg1,bold:c}{fg1,bold:d}{fg1,bold:e}', '{fg1,bold:cde}'))
})

test('a carriage return writes over the line, as a terminal does', () => {
  expect(show(['hello world\rbye'])).toBe('byelo world')
  expect(show(['hello world\rbye\x1b[K'])).toBe('bye')
  expect(show(['50 %\r', '\n'])).toBe('50 %\n')
  expect(show(['abc\b\bX'])).toBe('aXc')
  expect(show(['\x1b[31mabc\x1b[0m\rX'])).toBe('X{fg1:bc}')
})

test('sequences that move about or never end are left out', () => {
  expect(show(['a\x1b[2J\x1b[10;10Hb\x1b[?25lc'])).toBe('abc')
  expect(show(['a\x1b[' + '1'.repeat(600), 'b'])).toBe('a[' + '1'.repeat(600) + 'b')
  expect(show(['a\x1bPq' + 'x'.repeat(600) + '\x1b\\b'])).toBe('ab')
})

test('plain text shows controls as signs', () => {
  expect(show(['a\x1b[31mb\x00\x07'], false)).toBe('a␛[31mb␀␇')
  expect(show(['tab\tand\nline'], false)).toBe('tab\tand\nline')
})

test.each([true, false])('nothing turns a line around (escapes are read: %s)', (interprets) => {
  expect(show(['a\u202eb\u202cc\u2066d\u2069e\u202a\u202b\u202d\u2067\u2068f', '\u202eg'], interprets)).toBe('abcdefg')
  expect(show(['א\u200f\u200e ב\u2028'], interprets)).toBe('א\u200f\u200e ב\u2028')
})
