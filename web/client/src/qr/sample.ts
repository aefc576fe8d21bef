import type { Bitmap } from './binarize.ts'
import type { Corners } from './finders.ts'
import type { Modules } from './layout.ts'
import { sizeOf } from './tables.ts'

type Point = { x: number; y: number }

/** The modules of the code between three corners, for each size that it could have, the likeliest first. */
export function* sample(bitmap: Bitmap, corners: Corners): Generator<Modules> {
  const { topLeft, topRight, bottomLeft } = corners
  const module = (topLeft.module + topRight.module + bottomLeft.module) / 3
  const side = (Math.hypot(topRight.x - topLeft.x, topRight.y - topLeft.y) + Math.hypot(bottomLeft.x - topLeft.x, bottomLeft.y - topLeft.y)) / 2
  const guess = Math.round((side / module + 7 - 17) / 4)
  for (const version of [guess, guess + 1, guess - 1, guess + 2, guess - 2]) {
    if (version < 1 || version > 40) continue
    const size = sizeOf(version)
    const opposite = { x: topRight.x + bottomLeft.x - topLeft.x, y: topRight.y + bottomLeft.y - topLeft.y }
    if (version > 1) {
      const share = (size - 10) / (size - 7) // the alignment mark sits three modules further in
      const expected = { x: topLeft.x + share * (opposite.x - topLeft.x), y: topLeft.y + share * (opposite.y - topLeft.y) }
      const mark = findAlignment(bitmap, expected, module)
      if (mark) yield read(bitmap, size, corners, mark, size - 6.5)
    }
    yield read(bitmap, size, corners, opposite, size - 3.5)
  }
}

/** The nearest dark module with light and dark rings around it. */
function findAlignment({ width, height, dark }: Bitmap, { x, y }: Point, module: number): Point | undefined {
  const at = (px: number, py: number): number => {
    const [ix, iy] = [Math.round(px), Math.round(py)]
    return ix < 0 || iy < 0 || ix >= width || iy >= height ? 2 : dark[iy * width + ix]
  }
  const reach = Math.ceil(module * 8)
  let best: Point | undefined
  let bestScore = 17
  const step = Math.max(0.5, module / 4)
  for (let dy = -reach; dy <= reach; dy += step) {
    for (let dx = -reach; dx <= reach; dx += step) {
      const [cx, cy] = [x + dx, y + dy]
      if (at(cx, cy) !== 1) continue
      let score = 0
      for (let i = -1; i <= 1; i++) {
        for (let j = -1; j <= 1; j++) {
          if (i || j) score += (at(cx + i * module, cy + j * module) === 0 ? 1 : 0) + (at(cx + 2 * i * module, cy + 2 * j * module) === 1 ? 1 : 0)
        }
      }
      const distance = Math.hypot(dx, dy) / (module * 20)
      if (score + 1 - distance > bestScore - (best ? 0 : 4)) {
        bestScore = score + 1 - distance
        best = { x: cx, y: cy }
      }
    }
  }
  return best && centre(at, best, module)
}

/** Moves a point to the middle of its dark module. */
function centre(at: (x: number, y: number) => number, { x, y }: Point, module: number): Point {
  const walk = (dx: number, dy: number): number => {
    let i = 0
    while (i < module * 1.5 && at(x + dx * i, y + dy * i) === 1) i++
    return i
  }
  return { x: x + (walk(1, 0) - walk(-1, 0)) / 2, y: y + (walk(0, 1) - walk(0, -1)) / 2 }
}

function read({ width, height, dark }: Bitmap, size: number, { topLeft, topRight, bottomLeft }: Corners, fourth: Point, fourthAt: number): Modules {
  const map = perspective(
    [{ x: 3.5, y: 3.5 }, { x: size - 3.5, y: 3.5 }, { x: fourthAt, y: fourthAt }, { x: 3.5, y: size - 3.5 }],
    [topLeft, topRight, fourth, bottomLeft],
  )
  const modules = { size, dark: new Uint8Array(size * size) }
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const p = map(x + 0.5, y + 0.5)
      const [ix, iy] = [Math.round(p.x), Math.round(p.y)]
      if (ix >= 0 && iy >= 0 && ix < width && iy < height) modules.dark[y * size + x] = dark[iy * width + ix]
    }
  }
  return modules
}

/** The projective map that takes four points to four others: eight linear equations. */
function perspective(from: Point[], to: Point[]): (x: number, y: number) => Point {
  const rows: number[][] = []
  from.forEach(({ x, y }, i) => {
    rows.push([x, y, 1, 0, 0, 0, -x * to[i].x, -y * to[i].x, to[i].x])
    rows.push([0, 0, 0, x, y, 1, -x * to[i].y, -y * to[i].y, to[i].y])
  })
  for (let column = 0; column < 8; column++) {
    let pivot = column
    for (let row = column + 1; row < 8; row++) if (Math.abs(rows[row][column]) > Math.abs(rows[pivot][column])) pivot = row
    ;[rows[column], rows[pivot]] = [rows[pivot], rows[column]]
    const divisor = rows[column][column] || 1e-12
    for (let row = 0; row < 8; row++) {
      if (row === column) continue
      const factor = rows[row][column] / divisor
      for (let i = column; i < 9; i++) rows[row][i] -= factor * rows[column][i]
    }
  }
  const h = rows.map((row, i) => row[8] / (row[i] || 1e-12))
  return (x, y) => {
    const w = h[6] * x + h[7] * y + 1
    return { x: (h[0] * x + h[1] * y + h[2]) / w, y: (h[3] * x + h[4] * y + h[5]) / w }
  }
}
