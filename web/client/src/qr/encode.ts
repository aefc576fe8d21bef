import { utf8, type Bytes } from '../codec/bytes.ts'
import { EXP, multiply } from './galois.ts'
import { alongData, fixedModules, formatBits, formatPlaces, MASKS, versionBits, type Modules } from './layout.ts'
import { blocksOf, MAX_VERSION } from './tables.ts'

const MEDIUM_BITS = 0 // level M in the format bits

/** A QR code of a text: bytes, level M, the smallest version that holds it, the mask that scanners read best. */
export function encodeQr(text: string): Modules {
  const bytes = utf8(text)
  const version = smallestVersion(bytes.length)
  const words = interleave(version, dataWords(version, bytes))
  const base = fixedModules(version)
  let i = 0
  alongData(base, (index) => {
    base.dark[index] = i < words.length * 8 ? (words[i >> 3] >> (7 - (i & 7))) & 1 : 0
    i++
  })
  let best: Modules | undefined
  let least = Infinity
  MASKS.forEach((_, mask) => {
    const tried = masked(base, version, mask)
    const cost = penalty(tried)
    if (cost < least) {
      least = cost
      best = tried
    }
  })
  return best!
}

function smallestVersion(length: number): number {
  for (let version = 1; version <= MAX_VERSION; version++) {
    const words = blocksOf(version, 'M').data.reduce((sum, data) => sum + data, 0)
    if (length + (version < 10 ? 2 : 3) <= words) return version
  }
  throw new RangeError('text too long for a QR code')
}

function dataWords(version: number, bytes: Bytes): number[] {
  const bits: number[] = []
  const put = (value: number, length: number): void => {
    for (let i = length - 1; i >= 0; i--) bits.push((value >> i) & 1)
  }
  put(4, 4)
  put(bytes.length, version < 10 ? 8 : 16)
  for (const byte of bytes) put(byte, 8)
  const room = blocksOf(version, 'M').data.reduce((sum, data) => sum + data, 0) * 8
  put(0, Math.min(4, room - bits.length))
  while (bits.length % 8) bits.push(0)
  for (let pad = 0xec; bits.length < room; pad ^= 0xec ^ 0x11) put(pad, 8)
  return Array.from({ length: bits.length / 8 }, (_, i) => parseInt(bits.slice(8 * i, 8 * i + 8).join(''), 2))
}

function interleave(version: number, words: number[]): number[] {
  const { data, fix } = blocksOf(version, 'M')
  const divisor = generator(fix)
  let at = 0
  const blocks = data.map((length) => words.slice(at, (at += length)))
  const fixes = blocks.map((block) => remainder(block, divisor))
  const all: number[] = []
  for (let i = 0; i < data[data.length - 1]; i++) for (const block of blocks) if (i < block.length) all.push(block[i])
  for (let i = 0; i < fix; i++) for (const block of fixes) all.push(block[i])
  return all
}

/** ∏ (x − αⁱ), highest power first and left out. */
function generator(degree: number): number[] {
  let result = [1]
  for (let i = 0; i < degree; i++) {
    const next = [...result, 0]
    for (let j = 0; j < result.length; j++) next[j + 1] ^= multiply(result[j], EXP[i])
    result = next
  }
  return result.slice(1)
}

function remainder(block: number[], divisor: number[]): number[] {
  const rest = divisor.map(() => 0)
  for (const word of block) {
    const factor = word ^ rest.shift()!
    rest.push(0)
    divisor.forEach((coefficient, i) => (rest[i] ^= multiply(coefficient, factor)))
  }
  return rest
}

function masked({ size, dark, fixed }: ReturnType<typeof fixedModules>, version: number, mask: number): Modules {
  const modules = { size, dark: dark.slice() }
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) if (!fixed[y * size + x] && MASKS[mask](x, y)) modules.dark[y * size + x] ^= 1
  }
  const format = formatBits(MEDIUM_BITS, mask)
  for (let i = 0; i < 15; i++) for (const [x, y] of formatPlaces(size, i)) modules.dark[y * size + x] = (format >> i) & 1
  modules.dark[(size - 8) * size + 8] = 1
  if (version >= 7) {
    const bits = versionBits(version)
    for (let i = 0; i < 18; i++) {
      const a = size - 11 + (i % 3)
      const b = Math.floor(i / 3)
      modules.dark[b * size + a] = modules.dark[a * size + b] = (bits >> i) & 1
    }
  }
  return modules
}

/** ISO/IEC 18004 §7.8.3: how hard a scanner would find it. */
function penalty({ size, dark }: Modules): number {
  let cost = 0
  for (const [stepX, stepY] of [[1, 0], [0, 1]]) {
    for (let line = 0; line < size; line++) {
      let run = 0
      let last = -1
      let recent = 0
      for (let i = 0; i < size; i++) {
        const value = dark[(stepX ? line : i) * size + (stepY ? line : i)]
        run = value === last ? run + 1 : 1
        last = value
        if (run === 5) cost += 3
        else if (run > 5) cost++
        recent = ((recent << 1) | value) & 0x7ff
        if (i >= 10 && (recent === 0x5d0 || recent === 0x05d)) cost += 40
      }
    }
  }
  let count = 0
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const value = dark[y * size + x]
      count += value
      if (x && y && value === dark[y * size + x - 1] && value === dark[(y - 1) * size + x] && value === dark[(y - 1) * size + x - 1]) cost += 3
    }
  }
  return cost + 10 * Math.floor(Math.abs((count * 20) / (size * size) - 10))
}
