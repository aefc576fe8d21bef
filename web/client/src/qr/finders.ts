import type { Bitmap } from './binarize.ts'

/** One of the three big corner marks. */
export interface Finder {
  x: number
  y: number
  /** Points a module. */
  module: number
  seen: number
}

export interface Corners {
  topLeft: Finder
  topRight: Finder
  bottomLeft: Finder
}

const MAX_FINDERS = 60
const MAX_TRIPLES = 6

/** Looks for 1:1:3:1:1 in rows and checks it in columns; gives sets of three that could be a code, the likeliest first. */
export function findCorners(bitmap: Bitmap): Corners[] {
  const finders: Finder[] = []
  const step = bitmap.height > 400 ? 2 : 1
  for (let y = 0; y < bitmap.height; y += step) scanRow(bitmap, y, finders)
  const likely = finders.filter(({ seen }) => seen > 1).sort((a, b) => b.seen - a.seen).slice(0, 12)
  const triples: { corners: Corners; cost: number }[] = []
  for (let i = 0; i < likely.length; i++) {
    for (let j = i + 1; j < likely.length; j++) {
      for (let k = j + 1; k < likely.length; k++) {
        const triple = arrange(likely[i], likely[j], likely[k])
        if (triple) triples.push(triple)
      }
    }
  }
  return triples.sort((a, b) => a.cost - b.cost).slice(0, MAX_TRIPLES).map(({ corners }) => corners)
}

function scanRow(bitmap: Bitmap, y: number, finders: Finder[]): void {
  const { width, dark } = bitmap
  const runs = [0, 0, 0, 0, 0]
  let last = 0
  for (let x = 0; x <= width; x++) {
    const value = x < width ? dark[y * width + x] : 1 - last
    if (value === last) {
      runs[4]++
      continue
    }
    if (last === 1 && isFinder(runs)) check(bitmap, x - runs[4] - runs[3] - runs[2] / 2, y, finders)
    runs.shift()
    runs.push(1)
    last = value
  }
}

function isFinder(runs: number[]): boolean {
  const total = runs[0] + runs[1] + runs[2] + runs[3] + runs[4]
  if (total < 7 || runs.includes(0)) return false
  const module = total / 7
  const slack = module / 1.7
  return Math.abs(runs[2] - 3 * module) < 3 * slack && [0, 1, 3, 4].every((i) => Math.abs(runs[i] - module) < slack)
}

function check(bitmap: Bitmap, x: number, y: number, finders: Finder[]): void {
  const down = across(bitmap, Math.floor(x), y, 0, 1)
  if (!down) return
  const cy = y + down.shift
  const right = across(bitmap, Math.floor(x), Math.round(cy), 1, 0)
  if (!right) return
  const cx = Math.floor(x) + right.shift
  const module = (down.total + right.total) / 14
  for (const known of finders) {
    if (Math.abs(known.x - cx) > module * 2 || Math.abs(known.y - cy) > module * 2 || Math.abs(known.module - module) > Math.max(1, known.module / 2)) continue
    known.x = (known.x * known.seen + cx) / (known.seen + 1)
    known.y = (known.y * known.seen + cy) / (known.seen + 1)
    known.module = (known.module * known.seen + module) / (known.seen + 1)
    known.seen++
    return
  }
  if (finders.length < MAX_FINDERS) finders.push({ x: cx, y: cy, module, seen: 1 })
}

/** The five runs through a point in one direction; how far its middle is off, or undefined. */
function across({ width, height, dark }: Bitmap, x: number, y: number, dx: number, dy: number): { shift: number; total: number } | undefined {
  const at = (i: number): number => {
    const px = x + i * dx
    const py = y + i * dy
    return px < 0 || py < 0 || px >= width || py >= height ? -1 : dark[py * width + px]
  }
  if (at(0) !== 1) return undefined
  const walk = (sign: number): number[] => {
    const runs = [0, 0, 0]
    let i = sign > 0 ? 0 : -1
    for (let run = 0; run < 3; run++) {
      for (; at(i) === (run === 1 ? 0 : 1); i += sign) runs[run]++
    }
    return runs
  }
  const after = walk(1)
  const before = walk(-1)
  const runs = [before[2], before[1], before[0] + after[0], after[1], after[2]]
  if (!isFinder(runs)) return undefined
  return { shift: (after[0] - before[0]) / 2, total: runs.reduce((sum, run) => sum + run, 0) }
}

/** Which of three marks is which corner, and how unlike a code they lie. */
function arrange(a: Finder, b: Finder, c: Finder): { corners: Corners; cost: number } | undefined {
  const modules = [a.module, b.module, c.module]
  if (Math.max(...modules) > 1.8 * Math.min(...modules)) return undefined
  const gap = (p: Finder, q: Finder): number => Math.hypot(p.x - q.x, p.y - q.y)
  const [ab, bc, ca] = [gap(a, b), gap(b, c), gap(c, a)]
  // The corner lies opposite the longest side.
  const [corner, p, q] = bc >= ab && bc >= ca ? [a, b, c] : ca >= ab ? [b, a, c] : [c, a, b]
  const [legP, legQ, long] = [gap(corner, p), gap(corner, q), gap(p, q)]
  const module = (a.module + b.module + c.module) / 3
  if (Math.min(legP, legQ) < 10 * module || Math.max(legP, legQ) > 180 * module) return undefined
  const skew = Math.abs(legP - legQ) / Math.max(legP, legQ)
  const angle = Math.abs(long * long - legP * legP - legQ * legQ) / (long * long)
  if (skew > 0.5 || angle > 0.5) return undefined
  const turnsRight = (p.x - corner.x) * (q.y - corner.y) - (p.y - corner.y) * (q.x - corner.x) > 0
  const [topRight, bottomLeft] = turnsRight ? [p, q] : [q, p]
  const spread = Math.max(...modules) / Math.min(...modules) - 1
  return { corners: { topLeft: corner, topRight, bottomLeft }, cost: skew + angle + spread - Math.min(a.seen, b.seen, c.seen) / 1_000 }
}
