import type { BlockSink, OpenBlock } from '../../../client/src/markdown/blocks.ts'
import { element } from '../dom.ts'
import { CodeBlock } from './code-block.ts'
import { paintInline, taskMark } from './paint-inline.ts'

/** Builds elements for blocks. A provisional sink starts where the lasting one stands, and can be taken back. */
export class DomSink implements BlockSink {
  private readonly made: Node[] = []
  private readonly base: number
  /** Of the last heading; the page's own title is 1. */
  private level = 1
  /** Characters of what was closed, to size groups. */
  chars = 0

  constructor(
    private readonly stack: HTMLElement[],
    private readonly codes: Map<HTMLElement, CodeBlock>,
    private readonly isProvisional = false,
  ) {
    this.base = stack.length
  }

  /** A sink for the line that is still being written. */
  provisional(): DomSink {
    const draft = new DomSink(this.stack.slice(), this.codes, true)
    draft.level = this.level
    return draft
  }

  /** Removes what a provisional sink has drawn. */
  takeBack(): void {
    for (const node of this.made) node.parentNode?.removeChild(node)
    this.made.length = 0
  }

  get depth(): number {
    return this.stack.length
  }

  setRoot(root: HTMLElement): void {
    this.stack[0] = root
  }

  open(block: OpenBlock): void {
    const { outer, inner } = this.elementsOf(block)
    this.append(outer)
    this.stack.push(inner)
  }

  close(): void {
    const closed = this.stack.pop()!
    const code = this.codes.get(closed)
    if (!code || (this.isProvisional && this.stack.length < this.base)) return // what lasts is not closed by a draft
    code.finish()
    this.codes.delete(closed)
  }

  inline(text: string): void {
    const top = this.top
    this.chars += text.length
    const isTask = top.parentElement?.tagName === 'LI' && top === top.parentElement.firstElementChild ? taskMark(text) : undefined
    top.append(...(isTask ? [isTask.mark, ...paintInline(isTask.rest)] : paintInline(text)))
  }

  code(line: string): void {
    this.chars += line.length
    const code = this.codes.get(this.top)!
    if (this.isProvisional && this.stack.length <= this.base) this.made.push(code.draft(line))
    else code.line(line)
  }

  private get top(): HTMLElement {
    return this.stack[this.stack.length - 1]
  }

  private append(outer: HTMLElement): void {
    if (this.isProvisional && this.stack.length <= this.base) this.made.push(outer)
    this.top.append(outer)
  }

  private elementsOf(block: OpenBlock): { outer: HTMLElement; inner: HTMLElement } {
    if (block.type === 'fence') {
      const code = new CodeBlock(block.language)
      if (!this.isProvisional) code.await()
      this.codes.set(code.lines, code)
      return { outer: code.root, inner: code.lines }
    }
    if (block.type === 'table') {
      const table = element('table', {})
      return { outer: element('div', { class: 'table', tabindex: '0' }, table), inner: table }
    }
    // An outline without leaps, whatever the text begins with: readers of screens walk along it.
    if (block.type === 'heading') this.level = Math.min(block.level + 1, this.level + 1)
    const made = block.type === 'heading' ? element(`h${Math.min(6, this.level)}` as 'h2', { dir: 'auto', class: `h${block.level}` }) : make(block)
    return { outer: made, inner: made }
  }
}

function make(block: Exclude<OpenBlock, { type: 'fence' | 'heading' }>): HTMLElement {
  switch (block.type) {
    case 'paragraph':
      return element('p', { dir: 'auto' })
    case 'quote':
      return element('blockquote')
    case 'item':
      return element('li')
    case 'rule':
      return element('hr')
    case 'table':
      return element('table')
    case 'list': {
      if (block.start === undefined) return element('ul', { dir: 'auto' })
      return element('ol', { dir: 'auto', ...(block.start === 1 ? {} : { start: String(block.start) }) })
    }
    case 'row':
      return element('tr')
    case 'cell':
      return element(block.isHead ? 'th' : 'td', { dir: 'auto', ...(block.align ? { class: block.align } : {}), ...(block.isHead ? { scope: 'col' } : {}) })
  }
}
