import type { Modules } from '../src/qr/layout.ts'

interface Picture {
  data: Uint8ClampedArray
  width: number
  height: number
}

/** A code as a screen shows it, with its quiet zone. */
export function picture({ size, dark }: Modules, { scale, invert = false }: { scale: number; invert?: boolean }): Picture {
  const width = (size + 8) * scale
  const data = new Uint8ClampedArray(width * width * 4).fill(255)
  for (let y = 0; y < width; y++) {
    for (let x = 0; x < width; x++) {
      const [mx, my] = [Math.floor(x / scale) - 4, Math.floor(y / scale) - 4]
      const isDark = mx >= 0 && my >= 0 && mx < size && my < size && dark[my * size + mx] === 1
      data.fill(isDark !== invert ? 0 : 255, (y * width + x) * 4, (y * width + x) * 4 + 3)
    }
  }
  return { data, width, height: width }
}

/** A code as a camera sees it: turned, leaning away, in uneven light, with noise. */
export function tilted(
  { size, dark }: Modules,
  { angle, scale, lean = 0, shade = 0, noise = 0 }: { angle: number; scale: number; lean?: number; shade?: number; noise?: number },
): Picture {
  const width = Math.ceil((size + 8) * scale * 1.6)
  const data = new Uint8ClampedArray(width * width * 4).fill(255)
  let seed = 1
  for (let y = 0; y < width; y++) {
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [(x - width / 2) / scale, (y - width / 2) / scale]
      const away = 1 + (lean * dy) / size
      const [rx, ry] = [(Math.cos(angle) * dx + Math.sin(angle) * dy) / away, (Math.cos(angle) * dy - Math.sin(angle) * dx) / away]
      const [mx, my] = [Math.floor(rx + size / 2), Math.floor(ry + size / 2)]
      const isDark = mx >= 0 && my >= 0 && mx < size && my < size && dark[my * size + mx] === 1
      seed = (seed * 1103515245 + 12345) & 0x7fffffff
      const light = (isDark ? 40 : 230) * (1 - (shade * x) / width) + ((seed >> 16) % 100) * (noise / 100) - noise / 2
      data.fill(light, (y * width + x) * 4, (y * width + x) * 4 + 3)
    }
  }
  return { data, width, height: width }
}
