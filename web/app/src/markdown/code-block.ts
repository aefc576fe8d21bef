import type { Highlighter } from '../../../client/src/markdown/highlight.ts'
import { element } from '../dom.ts'
import { t } from '../words/words.ts'

const LINES_PER_PART = 64
const waiting = new Set<CodeBlock>()
let makeHighlighter: ((language: string) => Highlighter) | undefined
let loading: Promise<void> | undefined

/** A block of code: what language, a copy button, and lines that are coloured as they come. */
export class CodeBlock {
  readonly lines = element('code', { dir: 'ltr' })
  readonly root: HTMLElement
  private part: HTMLElement | undefined
  private count = 0
  private highlighter: Highlighter | undefined
  private pending: string[] = []

  constructor(private readonly language: string) {
    const top = element('div', { class: 'code-top' }, element('span', {}, language || t('text')), element('button', { type: 'button', class: 'copy' }, t('copy')))
    this.root = element('div', { class: 'code', dir: 'ltr' }, top, element('pre', { tabindex: '0', role: 'group', 'aria-label': `${t('code')} ${language}` }, this.lines))
  }

  /** Asks for colours; the first block of a session loads them. */
  await(): void {
    if (!this.language) return
    waiting.add(this)
    if (makeHighlighter) this.colour()
    else loading = loading || loadHighlighter()
  }

  line(text: string): void {
    if (waiting.has(this)) this.pending.push(text)
    this.append(this.highlighter ? this.highlighter.line(text).map(piece) : [document.createTextNode(text)])
  }

  /** The line that is still being written; the caller takes it away again. */
  draft(text: string): Node {
    const node = document.createTextNode(text)
    this.lines.append(node)
    return node
  }

  finish(): void {
    this.part = undefined
  }

  /** The colours have come after the first lines: these are drawn once more, and never again. */
  colour(): void {
    waiting.delete(this)
    this.highlighter = makeHighlighter!(this.language)
    if (!this.highlighter.knows || this.pending.length === 0) return
    this.lines.textContent = ''
    this.part = undefined
    this.count = 0
    for (const text of this.pending) this.append(this.highlighter.line(text).map(piece))
    this.pending = []
  }

  private append(nodes: Node[]): void {
    if (!this.part || this.count % LINES_PER_PART === 0) this.lines.append((this.part = element('span', { class: 'lines' })))
    this.count++
    this.part.append(...nodes, '\n')
  }
}

async function loadHighlighter(): Promise<void> {
  const { Highlighter } = await import('../../../client/src/markdown/highlight.ts')
  makeHighlighter = (language) => new Highlighter(language)
  waiting.forEach((block) => block.colour())
}

function piece({ kind, text }: { kind: string; text: string }): Node {
  return kind ? element('span', { class: `hl-${kind}` }, text) : document.createTextNode(text)
}
