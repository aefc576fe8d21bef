import { alignmentOf, sizeOf } from './tables.ts'

/** A square of modules, 1 = dark. */
export interface Modules {
  size: number
  dark: Uint8Array
}

/** Which modules belong to patterns, format and version, and what the fixed ones among them are. */
export function fixedModules(version: number): Modules & { fixed: Uint8Array } {
  const size = sizeOf(version)
  const dark = new Uint8Array(size * size)
  const fixed = new Uint8Array(size * size)
  const set = (x: number, y: number, isDark: boolean): void => {
    if (x < 0 || y < 0 || x >= size || y >= size) return
    fixed[y * size + x] = 1
    dark[y * size + x] = isDark ? 1 : 0
  }
  for (let i = 0; i < size; i++) {
    set(6, i, i % 2 === 0)
    set(i, 6, i % 2 === 0)
  }
  for (const [cx, cy] of [[3, 3], [size - 4, 3], [3, size - 4]]) {
    square(4, (dx, dy, ring) => set(cx + dx, cy + dy, ring !== 2 && ring !== 4))
  }
  const marks = alignmentOf(version)
  marks.forEach((x, i) =>
    marks.forEach((y, j) => {
      const inCorner = (i === 0 && j === 0) || (i === 0 && j === marks.length - 1) || (i === marks.length - 1 && j === 0)
      if (!inCorner) square(2, (dx, dy, ring) => set(x + dx, y + dy, ring !== 1))
    }),
  )
  for (let i = 0; i < 9; i++) {
    if (i !== 6) set(8, i, false)
    if (i !== 6) set(i, 8, false)
  }
  for (let i = 0; i < 8; i++) {
    set(size - 1 - i, 8, false)
    set(8, size - 1 - i, false)
  }
  set(8, size - 8, true)
  if (version >= 7) {
    for (let i = 0; i < 18; i++) {
      set(size - 11 + (i % 3), Math.floor(i / 3), false)
      set(Math.floor(i / 3), size - 11 + (i % 3), false)
    }
  }
  return { size, dark, fixed }
}

function square(reach: number, at: (dx: number, dy: number, ring: number) => void): void {
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) at(dx, dy, Math.max(Math.abs(dx), Math.abs(dy)))
  }
}

/** Visits the modules of data in the order of the bits: up and down in columns of two, from the right. */
export function alongData({ size, fixed }: { size: number; fixed: Uint8Array }, visit: (index: number) => void): void {
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5
    for (let step = 0; step < size; step++) {
      const up = ((right + 1) & 2) === 0
      const y = up ? size - 1 - step : step
      for (let x = right; x >= right - 1; x--) {
        if (!fixed[y * size + x]) visit(y * size + x)
      }
    }
  }
}

export const MASKS: ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
]

/** The 15 bits that tell level and mask: BCH(15,5), masked. */
export function formatBits(levelBits: number, mask: number): number {
  const data = (levelBits << 3) | mask
  let rest = data
  for (let i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >>> 9) * 0x537)
  return ((data << 10) | rest) ^ 0x5412
}

/** The 18 bits that tell a version from 7 on: BCH(18,6). */
export function versionBits(version: number): number {
  let rest = version
  for (let i = 0; i < 12; i++) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25)
  return (version << 12) | rest
}

/** Where bit i of the format stands, in both copies. */
export function formatPlaces(size: number, i: number): [number, number][] {
  const first: [number, number] = i < 6 ? [8, i] : i < 8 ? [8, i + 1] : i === 8 ? [7, 8] : [14 - i, 8]
  const second: [number, number] = i < 8 ? [size - 1 - i, 8] : [8, size - 15 + i]
  return [first, second]
}
