import { PLAIN, type Style } from './ansi.ts'
import type { Run } from './open-line.ts'

const CLASSES = ['bold', 'dim', 'italic', 'underline', 'strike'] as const

/** A text node, or a span where the run is styled. Text is only ever set as text. */
export function paint({ text, style }: Run): Node {
  if (style === PLAIN || isPlain(style)) return document.createTextNode(text)
  const span = document.createElement('span')
  span.textContent = text
  for (const name of CLASSES) if (style[name]) span.classList.add(name)
  if (style.inverse) span.classList.add('inverse')
  colour(span, style.fg, 'fg')
  colour(span, style.bg, 'bg')
  return span
}

function isPlain(style: Style): boolean {
  return style.fg < 0 && style.bg < 0 && !style.inverse && CLASSES.every((name) => !style[name])
}

/** The sixteen named colours follow the theme through classes; the others are exact. */
function colour(span: HTMLElement, value: number, kind: 'fg' | 'bg'): void {
  if (value < 0) return
  if (value < 16) span.classList.add(`${kind}${value}`)
  else span.style[kind === 'fg' ? 'color' : 'backgroundColor'] = css(value)
}

function css(value: number): string {
  if (value >= 0x100_0000) return `rgb(${(value >> 16) & 255},${(value >> 8) & 255},${value & 255})`
  if (value >= 232) return grey(8 + 10 * (value - 232))
  const cube = value - 16
  const level = (step: number): number => (step ? 55 + 40 * step : 0)
  return `rgb(${level(Math.floor(cube / 36))},${level(Math.floor(cube / 6) % 6)},${level(cube % 6)})`
}

function grey(level: number): string {
  return `rgb(${level},${level},${level})`
}
