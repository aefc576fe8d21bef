import { binarize, inverted } from './binarize.ts'
import { findCorners } from './finders.ts'
import { readModules } from './read-modules.ts'
import { sample } from './sample.ts'

/** The text of the QR code in a picture (RGBA), or undefined where there is none that can be read. */
export function decodeQr(rgba: Uint8ClampedArray, width: number, height: number): string | undefined {
  const bitmap = binarize(rgba, width, height)
  for (const side of [bitmap, inverted(bitmap)]) {
    for (const corners of findCorners(side)) {
      for (const modules of sample(side, corners)) {
        const text = readModules(modules)
        if (text) return text
      }
    }
  }
  return undefined
}
