import { readInline, type Inline } from '../../../client/src/markdown/inline.ts'
import { element } from '../dom.ts'
import { t } from '../words/words.ts'
import { cleanLine } from './clean-line.ts'

/** Nodes for a line of Markdown. Text is only ever set as text. */
export const paintInline = (text: string): Node[] => readInline(text).map(paint)

function paint(node: Inline): Node {
  switch (node.type) {
    case 'text':
      return document.createTextNode(cleanLine(node.text)) // what &#8238; stands for, too
    case 'code':
      return element('code', { dir: 'ltr' }, node.text)
    case 'break':
      return element('br')
    case 'strong':
    case 'em':
    case 'del':
      return element(node.type, {}, ...node.children.map(paint))
    case 'link':
      return link(node.href, node.children.map(paint))
    case 'image':
      return node.href ? link(node.href, [`${t('image')}: ${node.alt || node.href}`]) : document.createTextNode(`${t('image')}: ${node.alt}`)
  }
}

function link(href: string, children: (Node | string)[]): HTMLElement {
  return element('a', { href, target: '_blank', rel: 'noopener noreferrer' }, ...children)
}

/** `[x] done` at the start of an item. */
export function taskMark(text: string): { mark: Node; rest: string } | undefined {
  const match = /^\[([ xX])\]\s+/.exec(text)
  if (!match) return undefined
  const isDone = match[1] !== ' '
  return { mark: element('span', { class: 'task', role: 'img', 'aria-label': t(isDone ? 'taskDone' : 'taskOpen') }, isDone ? '☑ ' : '☐ '), rest: text.slice(match[0].length) }
}
