import { element } from '../dom.ts'
import { LogView } from '../log-view.ts'
import type { TextView } from '../text-view.ts'
import type { Saved } from './save-menu.ts'

/** All text of a session. Each log of the host has its own format, and the code for Markdown is loaded only for Markdown. */
export class SessionText {
  readonly root = element('div', { class: 'texts' })
  private readonly views: TextView[] = []
  private readonly closed = { lines: 0, chars: 0 }
  private view: TextView | undefined
  private format = ''
  private loading: Promise<void> | undefined
  private waiting: Uint8Array[][] = []

  constructor(private readonly drawn: () => void) {}

  get lines(): number {
    return this.closed.lines + (this.view ? this.view.lines : 0)
  }

  get chars(): number {
    return this.closed.chars + (this.view ? this.view.chars : 0) + this.waiting.length
  }

  begin(format: string): void {
    const reuses = this.view instanceof LogView && format !== 'md'
    this.format = format
    if (reuses) return (this.view as LogView).begin(format)
    if (this.view) {
      this.closed.lines += this.view.lines
      this.closed.chars += this.view.chars
      this.view = undefined
    }
    if (format === 'md') this.loading = this.loadMarkdown()
    else this.use(new LogView(() => this.drawn())).begin(format)
  }

  append(bodies: Uint8Array[]): void {
    if (this.loading) this.waiting.push(bodies)
    else this.current.append(bodies)
  }

  note(text: string): void {
    this.current.note(text)
  }

  wholeText(): string {
    return this.views.map((view) => view.wholeText()).join('')
  }

  saved(title: string): Saved {
    return { title, text: this.wholeText(), root: this.root, isMarkdown: this.format === 'md' }
  }

  private get current(): TextView {
    return this.view || this.use(new LogView(() => this.drawn()))
  }

  private async loadMarkdown(): Promise<void> {
    // Where the chunk cannot be had, the text is still there to read, as it was written.
    const view = await import('../markdown/markdown-view.ts').then(
      ({ MarkdownView }) => new MarkdownView(() => this.drawn()),
      () => new LogView(() => this.drawn()),
    )
    this.use(view)
    this.loading = undefined
    for (const bodies of this.waiting.splice(0)) view.append(bodies)
  }

  private use<V extends TextView>(view: V): V {
    this.view = view
    this.views.push(view)
    this.root.append(view.root)
    return view
  }
}
