import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { en as first } from '../src/words/en.ts'
import { enHost } from '../src/words/en-host.ts'

const en = { ...first, ...enHost }

const source = fileURLToPath(new URL('../src/', import.meta.url))
const languages = ['de', 'fr', 'es', 'pt', 'ja', 'zh', 'ar']
const wordsOf = async (tag: string): Promise<Record<string, string>> => (await import(`../src/words/${tag}.ts`))[tag]
const values = (text: string): string[] => (text.match(/\{\w+\}/g) || []).sort()

describe.each(languages)('%s', (tag) => {
  test('has every text of English, and no other', async () => {
    expect(Object.keys(await wordsOf(tag)).sort()).toEqual(Object.keys(en).sort())
  })

  test('keeps the values of each text, and leaves none empty', async () => {
    const words = await wordsOf(tag)
    for (const [key, text] of Object.entries(en)) {
      expect(words[key].trim(), key).not.toBe('')
      // "One line" may be said without its number.
      if (!key.endsWith('.one')) expect(values(words[key]), key).toEqual(values(text))
    }
  })

  test('is a translation', async () => {
    const words = await wordsOf(tag)
    const same = Object.entries(en).filter(([key, text]) => text.length > 24 && words[key] === text)
    expect(same).toEqual([])
  })
})

test('every text is used somewhere', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts') && !name.startsWith('words/'))
  const code = files.map((name) => readFileSync(join(source, name), 'utf8')).join('\n')
  const unused = Object.keys(en).filter((key) => !/^(newLines|words|behind|fix|via)\./.test(key) && !code.includes(`'${key}'`))
  expect(unused).toEqual([])
})
