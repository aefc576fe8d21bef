import { encodeQr } from '../../client/src/qr/encode.ts'

const SVG = 'http://www.w3.org/2000/svg'
const QUIET = 4

/** A QR code as a drawing: black on white in every theme, since scanners want it so. */
export function qrCode(text: string, label: string): SVGSVGElement {
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
  const side = size + 2 * QUIET
  const svg = make('svg', { viewBox: `0 0 ${side} ${side}`, role: 'img', 'aria-label': label, 'shape-rendering': 'crispEdges' })
  svg.append(make('rect', { width: String(side), height: String(side), fill: '#fff' }), make('path', { d: path, fill: '#000' }))
  return svg
}

function make<K extends keyof SVGElementTagNameMap>(name: K, attributes: Record<string, string>): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, name)
  for (const key of Object.keys(attributes)) made.setAttribute(key, attributes[key])
  return made
}
