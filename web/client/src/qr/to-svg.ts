import { drawQr } from './drawing.ts'

export interface SvgOptions {
  /** What a screen reader says. Default: "QR code". */
  label?: string
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** A QR code as the text of an SVG: black on white in every theme, since scanners want it so. At most 2,331 bytes; more is a RangeError. */
export function toSvg(text: string, { label = 'QR code' }: SvgOptions = {}): string {
  const { side, path } = drawQr(text)
  const said = label.replace(/[&<>"]/g, (sign) => ENTITIES[sign])
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" role="img" aria-label="${said}" shape-rendering="crispEdges"><rect width="${side}" height="${side}" fill="#fff"/><path d="${path}"/></svg>`
}
