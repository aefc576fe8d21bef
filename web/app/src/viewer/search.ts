import { button, spokenLine } from '../controls.ts'
import { element, setText } from '../dom.ts'
import { t } from '../words/words.ts'

const MAX_MATCHES = 2_000

/** A search bar over a text; matches are marked without touching the text itself. */
export class SearchBar {
  readonly root: HTMLElement
  private readonly field = element('input', { type: 'search', 'aria-label': t('searchLabel'), placeholder: t('search'), autocomplete: 'off', spellcheck: 'false' })
  private readonly tally = spokenLine()
  private matches: Range[] = []
  private at = -1
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly within: () => HTMLElement,
    private readonly closed: () => void,
  ) {
    this.tally.classList.remove('spoken')
    this.root = element('search' as 'div', { class: 'search', role: 'search' }, this.field, this.tally, button('↑', () => this.step(-1), { 'aria-label': t('searchPrevious') }), button('↓', () => this.step(1), { 'aria-label': t('searchNext') }), button('×', () => this.close(), { 'aria-label': t('close') }))
    this.field.addEventListener('input', () => {
      clearTimeout(this.timer)
      this.timer = setTimeout(() => this.find(), 120)
    })
    this.root.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.close()
      else if (event.key === 'Enter' && event.target === this.field) this.step(event.shiftKey ? -1 : 1)
      else return
      event.preventDefault()
    })
  }

  focus(): void {
    this.field.focus()
    this.field.select()
  }

  close(): void {
    this.matches = []
    this.mark()
    this.root.remove()
    this.closed()
  }

  private find(): void {
    const wanted = this.field.value.toLowerCase()
    this.matches = wanted ? rangesOf(this.within(), wanted) : []
    this.at = -1
    if (this.matches.length > 0) this.step(1)
    else {
      this.mark()
      setText(this.tally, wanted ? t('searchNone') : '')
    }
  }

  private step(by: number): void {
    const n = this.matches.length
    if (n === 0) return
    this.at = (this.at + by + n) % n
    setText(this.tally, t('searchOf', { i: this.at + 1, n }))
    this.mark()
    const range = this.matches[this.at]
    range.startContainer.parentElement?.scrollIntoView({ block: 'center' })
    if (!('highlights' in CSS)) getSelection()?.setBaseAndExtent(range.startContainer, range.startOffset, range.endContainer, range.endOffset)
  }

  private mark(): void {
    if (!('highlights' in CSS)) return
    CSS.highlights.set('found', new Highlight(...this.matches))
    CSS.highlights.set('found-here', new Highlight(...(this.at >= 0 && this.matches[this.at] ? [this.matches[this.at]] : [])))
  }
}

function rangesOf(root: HTMLElement, wanted: string): Range[] {
  const ranges: Range[] = []
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node && ranges.length < MAX_MATCHES; node = walker.nextNode()) {
    const text = (node as Text).data.toLowerCase()
    if ((node as Text).data.length !== text.length || node.parentElement!.closest('.code-top')) continue
    for (let at = text.indexOf(wanted); at >= 0 && ranges.length < MAX_MATCHES; at = text.indexOf(wanted, at + wanted.length)) {
      const range = document.createRange()
      range.setStart(node, at)
      range.setEnd(node, at + wanted.length)
      ranges.push(range)
    }
  }
  return ranges
}
