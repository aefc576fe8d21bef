import { correct } from './reed-solomon.ts'
import { alongData, fixedModules, formatBits, formatPlaces, MASKS, type Modules } from './layout.ts'
import { blocksOf, LEVEL_OF_BITS, type Level } from './tables.ts'

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'

/** The text of a code whose modules were sampled; undefined when it is none, or damaged beyond repair. */
export function readModules(modules: Modules): string | undefined {
  const version = (modules.size - 17) / 4
  const format = readFormat(modules)
  if (!format) return undefined
  const words = readWords(modules, version, format.mask)
  const data = correctBlocks(words, version, format.level)
  return data && readSegments(data, version)
}

function readFormat({ size, dark }: Modules): { level: Level; mask: number } | undefined {
  let best: { level: Level; mask: number } | undefined
  let least = 4 // BCH(15,5) corrects three
  for (const copy of [0, 1]) {
    let seen = 0
    for (let i = 0; i < 15; i++) {
      const [x, y] = formatPlaces(size, i)[copy]
      seen |= dark[y * size + x] << i
    }
    for (let value = 0; value < 32; value++) {
      let wrong = 0
      for (let differs = formatBits(value >> 3, value & 7) ^ seen; differs; differs &= differs - 1) wrong++
      if (wrong < least) {
        least = wrong
        best = { level: LEVEL_OF_BITS[value >> 3], mask: value & 7 }
      }
    }
  }
  return best
}

function readWords({ size, dark }: Modules, version: number, mask: number): number[] {
  const words: number[] = []
  let word = 0
  let bits = 0
  alongData(fixedModules(version), (index) => {
    const bit = dark[index] ^ (MASKS[mask](index % size, Math.floor(index / size)) ? 1 : 0)
    word = (word << 1) | bit
    if (++bits % 8 === 0) {
      words.push(word)
      word = 0
    }
  })
  return words
}

function correctBlocks(words: number[], version: number, level: Level): number[] | undefined {
  const { data, fix } = blocksOf(version, level)
  const blocks: number[][] = data.map(() => [])
  let at = 0
  for (let i = 0; i < data[data.length - 1]; i++) data.forEach((length, block) => i < length && blocks[block].push(words[at++]))
  for (let i = 0; i < fix; i++) data.forEach((_, block) => blocks[block].push(words[at++]))
  const all: number[] = []
  for (let i = 0; i < blocks.length; i++) {
    if (!correct(blocks[i], fix)) return undefined
    all.push(...blocks[i].slice(0, data[i]))
  }
  return all
}

function readSegments(words: number[], version: number): string | undefined {
  const bytes: number[] = []
  const size = version < 10 ? 0 : version < 27 ? 1 : 2
  let at = 0
  const left = (): number => words.length * 8 - at
  const take = (length: number): number => {
    let value = 0
    for (let i = 0; i < length; i++, at++) value = value * 2 + ((words[at >> 3] >> (7 - (at & 7))) & 1)
    return value
  }
  const put = (text: string): void => {
    for (let i = 0; i < text.length; i++) bytes.push(text.charCodeAt(i))
  }
  while (left() >= 4) {
    const mode = take(4)
    if (mode === 0) break
    if (mode === 7) {
      take(8) // which character set; UTF-8 is what everybody means
      continue
    }
    if (mode === 4) {
      let count = take(size === 0 ? 8 : 16)
      if (count * 8 > left()) return undefined
      while (count-- > 0) bytes.push(take(8))
    } else if (mode === 2) {
      let count = take([9, 11, 13][size])
      if (count * 5.5 > left() + 1) return undefined
      for (; count >= 2; count -= 2) {
        const two = take(11)
        if (two >= 45 * 45) return undefined
        put(ALPHANUMERIC[Math.floor(two / 45)] + ALPHANUMERIC[two % 45])
      }
      if (count) put(ALPHANUMERIC[take(6)] || '')
    } else if (mode === 1) {
      let count = take([10, 12, 14][size])
      if (count * 3 > left()) return undefined
      for (; count >= 3; count -= 3) put(String(take(10)).padStart(3, '0'))
      if (count) put(String(take(count === 2 ? 7 : 4)).padStart(count, '0'))
    } else return undefined
  }
  return new TextDecoder().decode(new Uint8Array(bytes))
}
