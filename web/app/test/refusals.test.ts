import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { refusalWords } from '../src/words.ts'

/** The rows of what a hub refuses: code and name. */
const rows = [...readFileSync(fileURLToPath(new URL('../../../docs/errors.md', import.meta.url)), 'utf8').matchAll(/^\| ROOST-(10\d\d) \| ([a-z-]+) \|/gm)].map(([, code, name]) => ({ code: Number(code), name }))

test('the table of errors is read', () => expect(rows.length).toBeGreaterThan(20))

test.each([...rows, { code: 1_099, name: 'of a later version' }])('$name is said in sentences: what happened, what to do, and the code to look up', ({ code, name }) => {
  const { tone, words, more } = refusalWords({ code: code - 1_000, text: 'What the hub itself says.' })
  expect(tone).toBe('bad')
  expect(words).toBe('The hub refused')
  expect(more).toMatch(new RegExp(`^[A-Z].{20,}\\. \\(ROOST-${code}\\)$`))
  expect(more!.split(/[.;:] /).length).toBeGreaterThan(1)
  expect(more).not.toContain('{')
  if (name.includes('-')) expect(`${words} ${more}`).not.toContain(name)
})
