import { BlockParser, MAX_PARAGRAPH_CHARS } from '../../../client/src/markdown/blocks.ts'
import { element } from '../dom.ts'
import { Frame, type TextView } from '../text-view.ts'
import { t } from '../words/words.ts'
import { cleanLine } from './clean-line.ts'
import type { CodeBlock } from './code-block.ts'
import { DomSink } from './dom-sink.ts'

/** Blocks are laid out in groups of about this size; a group out of sight costs nothing. */
const GROUP_CHARS = 3_000
/** Of one frame: what is left is drawn in the next, so that a long replay never blocks. */
const FRAME_MS = 12
const MARKS_ONLY = /^[\s\-=+*>#`~|:]*(\d{1,9}[.)]?)?\s*$/

/** Markdown as it streams in: a line is read once, and only the last block ever changes. */
export class MarkdownView implements TextView {
  readonly root = element('div', { class: 'log md', role: 'log', 'aria-live': 'off', 'aria-label': t('sessionText'), tabindex: '0' })
  lines = 0
  chars = 0
  private readonly source: string[] = []
  private readonly codes = new Map<HTMLElement, CodeBlock>()
  private readonly sink: DomSink
  private readonly parser: BlockParser
  private draft: DomSink | undefined
  private decoder = new TextDecoder()
  private waiting: string[] = []
  private tail = ''
  private readonly frame = new Frame(() => this.draw())

  constructor(private readonly drawn: () => void) {
    this.sink = new DomSink([this.newGroup()], this.codes)
    this.parser = new BlockParser(this.sink)
    this.root.addEventListener('click', (event) => void copyCode(event))
  }

  append(bodies: Uint8Array[]): void {
    for (const body of bodies) {
      const text = this.decoder.decode(body, { stream: true })
      if (!text) continue
      this.chars += text.length
      this.source.push(text)
      this.waiting.push(text)
    }
    this.frame.request()
  }

  note(text: string): void {
    this.drain(Infinity)
    this.parser.end()
    this.root.append(element('p', { class: 'note' }, text))
    this.sink.setRoot(this.newGroup())
    this.sink.chars = 0
    this.draw()
  }

  wholeText(): string {
    return this.source.join('')
  }

  private draw(): void {
    this.draft?.takeBack()
    this.draft = undefined
    this.drain(performance.now() + FRAME_MS)
    if (this.waiting.length > 0) this.frame.request()
    else this.drawDraft()
    this.drawn()
  }

  private drain(untilMs: number): void {
    while (this.waiting.length > 0 && (untilMs === Infinity || performance.now() < untilMs)) {
      const lines = (this.tail + this.waiting.shift()!).split('\n')
      this.tail = lines.pop()!
      for (const line of lines) this.line(line)
      while (this.tail.length > MAX_PARAGRAPH_CHARS) {
        const space = this.tail.lastIndexOf(' ', MAX_PARAGRAPH_CHARS)
        const cut = space > 0 ? space + 1 : MAX_PARAGRAPH_CHARS
        this.line(this.tail.slice(0, cut))
        this.tail = this.tail.slice(cut)
      }
    }
  }

  private line(text: string): void {
    this.parser.line(cleanLine(text))
    this.lines++
    if (this.sink.depth === 1 && this.sink.chars > GROUP_CHARS) {
      this.sink.chars = 0
      this.sink.setRoot(this.newGroup())
    }
  }

  /** What is not finished, drawn so that it can be taken back. */
  private drawDraft(): void {
    const draft = this.sink.provisional()
    const parser = this.parser.fork(draft)
    // Marks alone say nothing yet: "-" may become an item, a rule or a heading.
    const tail = cleanLine(this.tail)
    if (tail && !MARKS_ONLY.test(tail)) parser.line(tail)
    parser.end()
    this.draft = draft
  }

  private newGroup(): HTMLElement {
    const group = element('div', { class: 'block' })
    this.root.append(group)
    return group
  }
}

async function copyCode(event: Event): Promise<void> {
  const button = event.target as HTMLElement
  if (!button.classList.contains('copy')) return
  const code = button.closest('.code')?.querySelector('code')
  const { copyText } = await import('../copy.ts')
  button.textContent = (await copyText(code?.textContent || '')) ? t('copied') : t('copyFailed')
  setTimeout(() => (button.textContent = t('copy')), 1_500)
}
