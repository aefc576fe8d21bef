import { AnsiReader, PLAIN, type Style, type TextSink } from './ansi.ts'
import { element } from './dom.ts'
import { OpenLine, type Run } from './open-line.ts'
import { paint } from './paint.ts'
import { Frame, type TextView } from './text-view.ts'
import { t } from './words/words.ts'

/** A block is laid out as one; beyond this it is closed and never touched again. */
const BLOCK_CHARS = 4_096
/** Longer lines are broken, so that a megabyte without a line feed stays cheap. */
const MAX_LINE_CHARS = 16_384

/** Text as it streams in: only the open line and the last block ever change, at most once a frame. */
export class LogView implements TextSink, TextView {
  readonly root = element('div', { class: 'log', role: 'log', 'aria-live': 'off', 'aria-label': t('sessionText'), tabindex: '0' })
  lines = 0
  chars = 0
  private readonly line = new OpenLine()
  private finished: Run[] = []
  private openNodes: Node[] = []
  private block: HTMLElement | undefined
  private blockChars = 0
  private reader = new AnsiReader(this, false)
  private decoder = new TextDecoder()
  private readonly frame = new Frame(() => this.draw())

  constructor(private readonly drawn: () => void) {}

  /** A log begins: the text after this is read as the host says it should be. */
  begin(format: string): void {
    this.decoder = new TextDecoder()
    this.reader = new AnsiReader(this, format === 'ansi')
  }

  /** Entries may split characters, so the decoder lives as long as the log. */
  append(bodies: Uint8Array[]): void {
    for (const body of bodies) this.reader.write(this.decoder.decode(body, { stream: true }))
    this.frame.request()
  }

  /** A line across the text, for what is not the host's words. */
  note(text: string): void {
    this.draw()
    this.closeBlock()
    this.root.append(element('p', { class: 'note' }, text))
  }

  text(text: string, style: Style): void {
    this.chars += text.length
    for (let at = 0; at < text.length; at += MAX_LINE_CHARS) {
      if (this.line.length > MAX_LINE_CHARS) this.newLine()
      this.line.write(text.slice(at, at + MAX_LINE_CHARS), style)
    }
  }

  newLine(): void {
    const runs = this.line.close()
    const last = runs[runs.length - 1]
    if (last) last.text += '\n'
    else runs.push({ text: '\n', style: this.finished.length ? this.finished[this.finished.length - 1].style : PLAIN })
    for (const run of runs) this.finished.push(run)
    this.lines++
  }

  carriageReturn(): void {
    this.line.carriageReturn()
  }

  backspace(): void {
    this.line.backspace()
  }

  eraseLine(how: number): void {
    this.line.erase(how)
  }

  /** Everything shown so far, for saving. */
  wholeText(): string {
    this.draw()
    return this.root.textContent || ''
  }

  private draw(): void {
    for (const node of this.openNodes) node.parentNode!.removeChild(node)
    this.openNodes = []
    for (const run of merge(this.finished)) {
      this.lastBlock().append(paint(run))
      this.blockChars += run.text.length
      if (this.blockChars >= BLOCK_CHARS && run.text.endsWith('\n')) this.closeBlock()
    }
    this.finished = []
    if (this.line.length > 0) {
      this.openNodes = this.line.runs.map(paint)
      this.lastBlock().append(...this.openNodes)
    }
    this.drawn()
  }

  private lastBlock(): HTMLElement {
    if (!this.block) this.root.append((this.block = element('div', { class: 'block' })))
    return this.block
  }

  private closeBlock(): void {
    this.block = undefined
    this.blockChars = 0
  }
}



/** Joins neighbours that look alike, up to the size of a block. */
function merge(runs: Run[]): Run[] {
  const merged: Run[] = []
  let parts: string[] = []
  let chars = 0
  runs.forEach(({ text, style }, i) => {
    parts.push(text)
    chars += text.length
    const next = runs[i + 1]
    if (next && next.style === style && (chars < BLOCK_CHARS || !text.endsWith('\n'))) return
    merged.push({ text: parts.join(''), style })
    parts = []
    chars = 0
  })
  return merged
}
