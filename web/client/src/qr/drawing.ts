import { encodeQr } from './encode.ts'

/** The margin that scanners need, in modules. */
export const QUIET = 4

/** A code as one path of an SVG, in modules, its margin included: runs of dark modules as rectangles. */
export function drawQr(text: string): { side: number; path: string } {
  const { size, dark } = encodeQr(text)
  let path = ''
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (!dark[y * size + x]) continue
      let run = 1
      while (x + run < size && dark[y * size + x + run]) run++
      path += `M${x + QUIET} ${y + QUIET}h${run}v1h-${run}z`
      x += run - 1
    }
  }
  return { side: size + 2 * QUIET, path }
}
