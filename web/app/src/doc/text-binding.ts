import * as Y from 'yjs'

type Delta = { retain?: number; insert?: unknown; delete?: number }[]

/** Ties a textarea to a shared text. Typing becomes small changes; what others write arrives without moving the cursor. */
export class TextBinding {
  private shown = ''
  private composing = false
  /** What others changed while an input method holds the field. */
  private held: Delta[] = []

  constructor(
    private readonly text: Y.Text,
    readonly area: HTMLTextAreaElement,
    private readonly drawn: () => void,
  ) {
    text.observe(this.hear)
    area.addEventListener('input', this.typed)
    area.addEventListener('compositionstart', this.compose)
    area.addEventListener('compositionend', this.composed)
    this.show()
  }

  stop(): void {
    this.text.unobserve(this.hear)
  }

  /** Writes the shared text into the field. */
  show(): void {
    const text = this.text.toString()
    if (text.indexOf('\r') >= 0 && !this.area.readOnly) return this.dropReturns(text) // a field knows no \r, and would count otherwise
    if (this.area.value !== text) this.area.value = text
    this.shown = this.area.value
    this.drawn()
  }

  private readonly typed = (): void => {
    if (this.composing) return
    const { value } = this.area
    const change = difference(this.shown, value, this.area.selectionEnd)
    const held = this.held.splice(0)
    this.shown = value
    if (change) {
      const from = held.reduce((index, delta) => carry(index, delta), change.from)
      const to = held.reduce((index, delta) => carry(index, delta), change.from + change.removed)
      this.text.doc!.transact(() => {
        if (to > from) this.text.delete(from, to - from)
        if (change.added) this.text.insert(from, change.added)
      }, this)
    }
    if (held.length > 0) {
      const at = held.reduce((index, delta) => carry(index, delta), this.area.selectionEnd)
      this.show()
      this.area.setSelectionRange(at, at)
    } else this.drawn()
  }

  private readonly compose = (): void => {
    this.composing = true
  }

  private readonly composed = (): void => {
    this.composing = false
    this.typed()
  }

  private readonly hear = (event: Y.YTextEvent, transaction: Y.Transaction): void => {
    if (transaction.origin === this) return
    const delta = event.delta as Delta
    if (this.composing) {
      this.held.push(delta)
      return
    }
    const { selectionStart, selectionEnd, selectionDirection } = this.area
    this.show()
    if (document.activeElement === this.area) this.area.setSelectionRange(carry(selectionStart, delta), carry(selectionEnd, delta), selectionDirection || 'none')
  }

  private dropReturns(text: string): void {
    this.text.doc!.transact(() => {
      for (let at = text.lastIndexOf('\r'); at >= 0; at = at > 0 ? text.lastIndexOf('\r', at - 1) : -1) this.text.delete(at, 1)
    }, this)
    this.show()
  }
}

/** Where a position goes when others change the text. What is written right at it stays behind it. */
export function carry(index: number, delta: Delta): number {
  let at = 0
  for (const { retain, insert, delete: removed } of delta) {
    if (retain) at += retain
    else if (insert !== undefined) {
      const length = typeof insert === 'string' ? insert.length : 1
      if (at < index) index += length
      at += length
    } else if (removed && at < index) index -= Math.min(removed, index - at)
  }
  return index
}

/** The smallest replacement that makes one text the other; of several the one that ends at the cursor, where people type. */
export function difference(before: string, after: string, cursor: number): { from: number; removed: number; added: string } | undefined {
  if (before === after) return undefined
  let end = 0
  const most = Math.min(before.length, after.length, Math.max(0, after.length - cursor))
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end++
  let from = 0
  const left = Math.min(before.length, after.length) - end
  while (from < left && before[from] === after[from]) from++
  while (from + end < Math.min(before.length, after.length) && before[before.length - 1 - end] === after[after.length - 1 - end]) end++
  if (from > 0 && isHigh(before, from - 1)) from-- // never between the halves of a character
  if (end > 0 && isLow(before, before.length - end)) end--
  return { from, removed: before.length - from - end, added: after.slice(from, after.length - end) }
}

const isHigh = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xd800
const isLow = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00
