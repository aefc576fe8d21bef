/** A picture of dark and light points. */
export interface Bitmap {
  width: number
  height: number
  dark: Uint8Array
}

const CELL = 8
/** Cells with less contrast than this are one colour, whatever their mean. */
const LEAST_CONTRAST = 24

/** Splits a picture (RGBA) by the brightness around each point, so that shade and reflections matter little. */
export function binarize(rgba: Uint8ClampedArray, width: number, height: number): Bitmap {
  const grey = new Uint8Array(width * height)
  for (let i = 0, j = 0; i < grey.length; i++, j += 4) grey[i] = (rgba[j] * 77 + rgba[j + 1] * 151 + rgba[j + 2] * 28) >> 8
  const across = Math.ceil(width / CELL)
  const down = Math.ceil(height / CELL)
  const points = cellMeans(grey, width, height, across, down)
  const dark = new Uint8Array(width * height)
  for (let cy = 0; cy < down; cy++) {
    for (let cx = 0; cx < across; cx++) {
      const x0 = Math.min(Math.max(cx, 2), Math.max(2, across - 3))
      const y0 = Math.min(Math.max(cy, 2), Math.max(2, down - 3))
      let sum = 0
      let count = 0
      for (let y = Math.max(0, y0 - 2); y <= Math.min(down - 1, y0 + 2); y++) {
        for (let x = Math.max(0, x0 - 2); x <= Math.min(across - 1, x0 + 2); x++, count++) sum += points[y * across + x]
      }
      const threshold = sum / count
      for (let y = cy * CELL; y < Math.min(height, cy * CELL + CELL); y++) {
        for (let x = cx * CELL; x < Math.min(width, cx * CELL + CELL); x++) dark[y * width + x] = grey[y * width + x] <= threshold ? 1 : 0
      }
    }
  }
  return { width, height, dark }
}

function cellMeans(grey: Uint8Array, width: number, height: number, across: number, down: number): Float64Array {
  const points = new Float64Array(across * down)
  for (let cy = 0; cy < down; cy++) {
    for (let cx = 0; cx < across; cx++) {
      let sum = 0
      let count = 0
      let least = 255
      let most = 0
      for (let y = cy * CELL; y < Math.min(height, cy * CELL + CELL); y++) {
        for (let x = cx * CELL; x < Math.min(width, cx * CELL + CELL); x++, count++) {
          const value = grey[y * width + x]
          sum += value
          if (value < least) least = value
          if (value > most) most = value
        }
      }
      let point = sum / count
      if (most - least <= LEAST_CONTRAST) {
        // A flat cell: light, unless its neighbours, which were split already, say that such a grey is dark.
        point = least / 2
        if (cx > 0 && cy > 0) {
          const around = (points[(cy - 1) * across + cx] + 2 * points[cy * across + cx - 1] + points[(cy - 1) * across + cx - 1]) / 4
          if (least < around) point = around
        }
      }
      points[cy * across + cx] = point
    }
  }
  return points
}

export function inverted({ width, height, dark }: Bitmap): Bitmap {
  return { width, height, dark: dark.map((value) => value ^ 1) }
}
