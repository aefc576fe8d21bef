/** Where the blocks of a document go, in the order of the text. What was closed is never spoken of again. */
export interface BlockSink {
  open(block: OpenBlock): void
  close(): void
  /** The whole text of the paragraph, heading or cell that is open. */
  inline(text: string): void
  /** One more line of the code that is open. */
  code(line: string): void
}

export type OpenBlock =
  | { type: 'paragraph' | 'quote' | 'item' | 'table' | 'rule' }
  | { type: 'heading'; level: number }
  | { type: 'list'; start: number | undefined }
  | { type: 'fence'; language: string }
  | { type: 'row'; isHead: boolean }
  | { type: 'cell'; isHead: boolean; align: Align }

export type Align = '' | 'left' | 'center' | 'right'

interface Container {
  type: 'quote' | 'list' | 'item'
  /** Columns that belong to the marker of an item. */
  indent: number
  marker: string
}

type Leaf =
  | { type: 'paragraph'; lines: string[]; chars: number }
  | { type: 'fence'; mark: string; indent: number }
  | { type: 'indented'; blanks: number }
  | { type: 'table'; aligns: Align[] }
  | undefined

const MAX_DEPTH = 16
/** A longer paragraph is cut here: the part before is closed, so that an endless one costs no more than a short one. */
export const MAX_PARAGRAPH_CHARS = 8_192
const MAX_COLUMNS = 64

/**
 * Reads Markdown line by line (CommonMark's everyday part, with tables, task lists and strike-through). A line is looked
 * at once; `fork` gives a cheap copy for the line that is still being written.
 */
export class BlockParser {
  private containers: Container[] = []
  private leaf: Leaf

  constructor(private sink: BlockSink) {}

  fork(sink: BlockSink): BlockParser {
    const copy = new BlockParser(sink)
    copy.containers = this.containers.slice()
    const { leaf } = this
    copy.leaf = leaf && leaf.type === 'paragraph' ? { ...leaf, lines: leaf.lines.slice() } : leaf && { ...leaf }
    return copy
  }

  line(raw: string): void {
    let text = expandTabs(raw.endsWith('\r') ? raw.slice(0, -1) : raw)
    let depth = 0
    for (; depth < this.containers.length; depth++) {
      const rest = this.continues(this.containers[depth], text)
      if (rest === undefined) break
      text = rest
    }
    if (depth === this.containers.length && this.leafContinues(text)) return
    const isBlank = /^\s*$/.test(text)
    if (depth < this.containers.length && !isBlank && this.isLazy(text, depth)) return this.paragraph(text)
    this.closeTo(depth)
    if (isBlank) {
      this.closeLeaf()
      return
    }
    this.start(text)
  }

  end(): void {
    this.closeTo(0)
    this.closeLeaf()
  }

  /** What is left of a line inside a container; undefined when the container does not go on. */
  private continues({ type, indent }: Container, text: string): string | undefined {
    if (type === 'list') return text
    if (type === 'quote') {
      const match = /^ {0,3}> ?/.exec(text)
      return match ? text.slice(match[0].length) : undefined
    }
    if (/^\s*$/.test(text)) return ''
    return text.startsWith(' '.repeat(indent)) ? text.slice(indent) : undefined
  }

  private leafContinues(text: string): boolean {
    const { leaf } = this
    if (!leaf) return false
    if (leaf.type === 'fence') {
      const close = /^ {0,3}(`{3,}|~{3,})\s*$/.exec(text)
      if (close && close[1][0] === leaf.mark[0] && close[1].length >= leaf.mark.length) this.closeLeaf()
      else this.sink.code(text.slice(Math.min(leaf.indent, text.length - text.trimStart().length)))
      return true
    }
    if (leaf.type === 'indented') {
      if (/^\s*$/.test(text)) {
        leaf.blanks++
        return true
      }
      if (!text.startsWith('    ')) return false
      for (; leaf.blanks > 0; leaf.blanks--) this.sink.code('')
      this.sink.code(text.slice(4))
      return true
    }
    if (leaf.type === 'table') {
      if (!text.includes('|') || /^\s*$/.test(text)) return false
      this.row(cells(text), leaf.aligns, false)
      return true
    }
    return false
  }

  /** A line that goes on with a paragraph although its containers do not. */
  private isLazy(text: string, depth: number): boolean {
    const inList = depth > 0 && this.containers[depth - 1].type === 'list'
    return !!this.leaf && this.leaf.type === 'paragraph' && !startsBlock(text) && !(inList && ITEM.test(text))
  }

  private start(text: string): void {
    for (; this.containers.length < MAX_DEPTH; ) {
      const quote = /^ {0,3}> ?/.exec(text)
      if (quote) {
        this.closeLeaf()
        this.leaveList()
        this.push({ type: 'quote', indent: 0, marker: '>' }, { type: 'quote' })
        text = text.slice(quote[0].length)
        continue
      }
      const item = RULE.test(text) ? null : ITEM.exec(text)
      const interrupts = !!this.leaf && this.leaf.type === 'paragraph'
      if (!item || (interrupts && (!item[4] || (item[3] && item[3] !== '1')))) break
      text = this.item(text, item)
    }
    this.leafStart(text)
  }

  private item(text: string, [whole, pad, bullet, number, space]: RegExpExecArray): string {
    this.closeLeaf()
    const marker = bullet || text[pad.length + number.length]
    const list = this.containers[this.containers.length - 1]
    if (list && list.type === 'list' && list.marker !== marker) this.pop()
    const top = this.containers[this.containers.length - 1]
    if (!top || top.type !== 'list') this.push({ type: 'list', indent: 0, marker }, { type: 'list', start: number ? Number(number) : undefined })
    const width = !space ? whole.length + 1 : space.length > 4 ? whole.length - space.length + 1 : whole.length
    this.push({ type: 'item', indent: width, marker }, { type: 'item' })
    return text.slice(width)
  }

  private leafStart(text: string): void {
    if (/^\s*$/.test(text)) return
    const open = this.leaf
    if (open && open.type === 'paragraph') {
      const aligns = open.lines.length === 1 ? delimiterRow(text, cells(open.lines[0]).length) : undefined
      if (aligns) return this.table(cells(open.lines[0]), aligns)
      const under = /^ {0,3}(=+|-+)\s*$/.exec(text)
      if (under) return this.heading(under[1][0] === '=' ? 1 : 2, open.lines.join('\n'))
      if (!startsBlock(text)) return this.paragraph(text)
      this.closeLeaf()
    }
    this.leaveList()
    const fence = /^( {0,3})(`{3,}|~{3,})\s*([^`]*)$/.exec(text)
    if (fence) {
      this.leaf = { type: 'fence', mark: fence[2], indent: fence[1].length }
      return this.sink.open({ type: 'fence', language: (fence[3].trim().split(/[\s{,]/)[0] || '').slice(0, 32) })
    }
    const heading = /^ {0,3}(#{1,6})(?=\s|$)/.exec(text)
    if (heading) return this.heading(heading[1].length, withoutClosingSigns(text.slice(heading[0].length).trim()))
    if (RULE.test(text)) {
      this.sink.open({ type: 'rule' })
      return this.sink.close()
    }
    if (text.startsWith('    ')) {
      this.leaf = { type: 'indented', blanks: 0 }
      this.sink.open({ type: 'fence', language: '' })
      return this.sink.code(text.slice(4))
    }
    this.paragraph(text)
  }

  private paragraph(text: string): void {
    if (!this.leaf || this.leaf.type !== 'paragraph') {
      this.closeLeaf()
      this.leaf = { type: 'paragraph', lines: [], chars: 0 }
    }
    const { leaf } = this
    for (let rest = text.trimStart(); rest; ) {
      const room = MAX_PARAGRAPH_CHARS - leaf.chars
      const cut = rest.length <= room ? rest.length : Math.max(rest.lastIndexOf(' ', room) + 1, 0) || room
      leaf.lines.push(rest.slice(0, cut))
      leaf.chars += cut + 1
      rest = rest.slice(cut)
      if (leaf.chars < MAX_PARAGRAPH_CHARS && !rest) break
      this.closeLeaf()
      if (rest) this.leaf = { type: 'paragraph', lines: [], chars: 0 }
      if (rest) return this.paragraph(rest)
    }
  }

  private heading(level: number, text: string): void {
    this.leaf = undefined
    this.sink.open({ type: 'heading', level })
    this.sink.inline(text.slice(0, MAX_PARAGRAPH_CHARS))
    this.sink.close()
  }

  private table(head: string[], aligns: Align[]): void {
    this.leaf = { type: 'table', aligns }
    this.sink.open({ type: 'table' })
    this.row(head, aligns, true)
  }

  private row(texts: string[], aligns: Align[], isHead: boolean): void {
    this.sink.open({ type: 'row', isHead })
    aligns.forEach((align, i) => {
      this.sink.open({ type: 'cell', isHead, align })
      this.sink.inline((texts[i] || '').slice(0, MAX_PARAGRAPH_CHARS))
      this.sink.close()
    })
    this.sink.close()
  }

  private push(container: Container, block: OpenBlock): void {
    this.containers.push(container)
    this.sink.open(block)
  }

  private pop(): void {
    this.closeLeaf()
    this.containers.pop()
    this.sink.close()
  }

  private closeTo(depth: number): void {
    while (this.containers.length > depth) this.pop()
  }

  /** Only items stand in a list. */
  private leaveList(): void {
    const top = this.containers[this.containers.length - 1]
    if (top && top.type === 'list') this.pop()
  }

  private closeLeaf(): void {
    const { leaf } = this
    this.leaf = undefined
    if (!leaf) return
    if (leaf.type === 'paragraph') {
      if (leaf.lines.length === 0) return
      this.sink.open({ type: 'paragraph' })
      this.sink.inline(leaf.lines.join('\n').trimEnd())
    }
    this.sink.close()
  }
}

const ITEM = /^( {0,3})(?:([-+*])|(\d{1,9})[.)])( +(?=\S)|(?=\s*$))/
const RULE = /^ {0,3}(?:(?:\* *){3,}|(?:- *){3,}|(?:_ *){3,})$/

function startsBlock(text: string): boolean {
  if (/^ {0,3}(?:>|#{1,6}(?:\s|$)|`{3,}[^`]*$|~{3,})/.test(text) || RULE.test(text)) return true
  const item = ITEM.exec(text)
  return !!item && !!item[4] && (!item[3] || item[3] === '1')
}

/** `## Title ##` is called "Title". */
function withoutClosingSigns(text: string): string {
  let end = text.length
  while (text[end - 1] === '#') end--
  return end === 0 ? '' : end < text.length && /\s/.test(text[end - 1]) ? text.slice(0, end).trimEnd() : text
}

function cells(text: string): string[] {
  const parts: string[] = []
  let part = ''
  const trimmed = text.trim().replace(/^\|/, '').replace(/(^|[^\\])\|$/, '$1')
  for (let i = 0; i < trimmed.length && parts.length < MAX_COLUMNS; i++) {
    if (trimmed[i] === '\\' && trimmed[i + 1] === '|') part += trimmed[++i]
    else if (trimmed[i] === '|') {
      parts.push(part.trim())
      part = ''
    } else part += trimmed[i]
  }
  parts.push(part.trim())
  return parts
}

function delimiterRow(text: string, columns: number): Align[] | undefined {
  if (!text.includes('-') || !/^[\s|:-]+$/.test(text) || (!text.includes('|') && columns > 1) || text.length > 2_000) return undefined
  const parts = cells(text)
  if (parts.length !== columns || (columns === 1 && !text.includes('|')) || !parts.every((part) => /^:?-+:?$/.test(part))) return undefined
  return parts.map((part) => (part.startsWith(':') && part.endsWith(':') ? 'center' : part.endsWith(':') ? 'right' : part.startsWith(':') ? 'left' : ''))
}

function expandTabs(text: string): string {
  if (!text.includes('\t')) return text
  const lead = /^[ \t]*/.exec(text)![0]
  let spaces = ''
  for (const sign of lead) spaces += sign === '\t' ? ' '.repeat(4 - (spaces.length % 4)) : ' '
  return spaces + text.slice(lead.length)
}
