import { drawQr } from '../../client/src/qr/drawing.ts'

const SVG = 'http://www.w3.org/2000/svg'

/** A QR code as a drawing: black on white in every theme, since scanners want it so. */
export function qrCode(text: string, label: string): SVGSVGElement {
  const { side, path } = drawQr(text)
  const svg = make('svg', { viewBox: `0 0 ${side} ${side}`, role: 'img', 'aria-label': label, 'shape-rendering': 'crispEdges' })
  svg.append(make('rect', { width: String(side), height: String(side), fill: '#fff' }), make('path', { d: path, fill: '#000' }))
  return svg
}

function make<K extends keyof SVGElementTagNameMap>(name: K, attributes: Record<string, string>): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, name)
  for (const key of Object.keys(attributes)) made.setAttribute(key, attributes[key])
  return made
}
