/** GF(2⁸) with the polynomial of QR codes, x⁸ + x⁴ + x³ + x² + 1. */
export const EXP = new Uint8Array(512)
export const LOG = new Uint8Array(256)

for (let i = 0, x = 1; i < 255; i++) {
  EXP[i] = EXP[i + 255] = x
  LOG[x] = i
  x = x < 128 ? x << 1 : (x << 1) ^ 0x11d
}

export const multiply = (a: number, b: number): number => (a && b ? EXP[LOG[a] + LOG[b]] : 0)
export const invert = (a: number): number => EXP[255 - LOG[a]]
