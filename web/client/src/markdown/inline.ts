/** What a line of Markdown means, as a tree of plain values. Nothing in it is ever markup. */
export type Inline =
  | { type: 'text'; text: string }
  | { type: 'code'; text: string }
  | { type: 'break' }
  | { type: 'strong' | 'em' | 'del'; children: Inline[] }
  | { type: 'link'; href: string; children: Inline[] }
  /** Images are named, not loaded: whoever serves one would learn who reads. */
  | { type: 'image'; href: string; alt: string }

const MAX_DEPTH = 12
const ESCAPABLE = /[!-/:-@[-`{-~]/
const SPECIAL = /[\\`*_~[!<&\n]|https?:\/\//g
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0', copy: '©', hellip: '…', mdash: '—', ndash: '–', rarr: '→', larr: '←', times: '×' }

interface Delimiter {
  at: number
  sign: string
  length: number
  opens: boolean
  closes: boolean
}

/** Reads inline Markdown in time linear in its length. */
export function readInline(text: string, depth = 0): Inline[] {
  return new InlineReader(text, depth).read()
}

class InlineReader {
  private readonly out: (Inline | Delimiter)[] = []
  private at = 0
  private plain = ''
  /** Runs of backticks that nothing closes, so that each length is searched for once. */
  private readonly unclosed = new Set<number>()
  private noBracket = false

  constructor(
    private readonly source: string,
    private readonly depth: number,
  ) {}

  read(): Inline[] {
    const { source } = this
    while (this.at < source.length) {
      SPECIAL.lastIndex = this.at
      const match = SPECIAL.exec(source)
      const next = match ? match.index : source.length
      this.plain += source.slice(this.at, next)
      this.at = next
      if (match && !this.special(match[0])) {
        this.plain += source[this.at]
        this.at++
      }
    }
    this.flush()
    return pair(this.out)
  }

  private special(sign: string): boolean {
    switch (sign) {
      case '\\':
        return this.escape()
      case '`':
        return this.code()
      case '\n':
        return this.lineBreak()
      case '&':
        return this.entity()
      case '<':
        return this.angle()
      case '[':
        return this.bracket(false)
      case '!':
        return this.source[this.at + 1] === '[' && this.bracket(true)
      case '*':
      case '_':
      case '~':
        return this.delimiter(sign)
      default:
        return this.bareUrl()
    }
  }

  private escape(): boolean {
    const next = this.source[this.at + 1]
    if (next === '\n') {
      this.push({ type: 'break' })
      this.at += 2
      return true
    }
    if (!next || !ESCAPABLE.test(next)) return false
    this.plain += next
    this.at += 2
    return true
  }

  private code(): boolean {
    const { source, at } = this
    let end = at
    while (source[end] === '`') end++
    const length = end - at
    const fence = source.slice(at, end)
    for (let close = this.unclosed.has(length) ? -1 : source.indexOf(fence, end); close >= 0; ) {
      let after = close
      while (source[after] === '`') after++
      if (after - close === length) {
        let text = source.slice(end, close).replace(/\n/g, ' ')
        if (/^ .*[^ ].* $|^ [^ ] $/.test(text)) text = text.slice(1, -1)
        this.push({ type: 'code', text })
        this.at = after
        return true
      }
      close = source.indexOf(fence, after)
    }
    this.unclosed.add(length)
    this.plain += fence
    this.at = end
    return true
  }

  private lineBreak(): boolean {
    if (/ {2,}$/.test(this.plain)) {
      this.plain = this.plain.replace(/ +$/, '')
      this.push({ type: 'break' })
    } else this.plain += '\n'
    this.at++
    return true
  }

  private entity(): boolean {
    const match = /^&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-z]{2,8}));/.exec(this.source.slice(this.at, this.at + 12))
    if (!match) return false
    const code = match[1] ? Number(match[1]) : match[2] ? parseInt(match[2], 16) : 0
    const text = match[3] ? ENTITIES[match[3]] : code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
    if (!text) return false
    this.plain += text
    this.at += match[0].length
    return true
  }

  private angle(): boolean {
    const match = /^<((?:https?:\/\/|mailto:)[^\s<>]{1,2000})>/.exec(this.source.slice(this.at, this.at + 2_010))
    const href = match && safeUrl(match[1])
    if (!href) return false
    this.push({ type: 'link', href, children: [{ type: 'text', text: match[1] }] })
    this.at += match[0].length
    return true
  }

  private bracket(isImage: boolean): boolean {
    if (this.noBracket || this.depth >= MAX_DEPTH) return false
    const { source } = this
    const from = this.at + (isImage ? 2 : 1)
    const end = closing(source, from)
    if (end < 0) {
      this.noBracket = true // no bracket closes behind here, so none before will either
      return false
    }
    const target = /^\(\s*(?:<([^<>\n]{0,2000})>|([^\s()<>]{0,2000}(?:\([^\s()]{0,500}\)[^\s()]{0,500})?))(?:\s+(?:"[^"\n]{0,500}"|'[^'\n]{0,500}'))?\s*\)/.exec(source.slice(end + 1, end + 4_100))
    if (!target) return false
    const href = safeUrl(target[1] !== undefined ? target[1] : target[2])
    const label = source.slice(from, end)
    if (isImage) this.push({ type: 'image', href: href || '', alt: label })
    else if (href) this.push({ type: 'link', href, children: readInline(label, this.depth + 1) })
    else for (const child of readInline(label, this.depth + 1)) this.push(child)
    this.at = end + 1 + target[0].length
    return true
  }

  private bareUrl(): boolean {
    if (/\w/.test(this.source[this.at - 1] || '')) return false
    const match = /^https?:\/\/[^\s<>`"']{1,2000}/.exec(this.source.slice(this.at, this.at + 2_010))
    if (!match) return false
    let text = match[0].replace(/[.,;:!?*_~\]]+$/, '')
    if (text.endsWith(')') && !text.includes('(')) text = text.slice(0, -1)
    const href = safeUrl(text)
    if (!href) return false
    this.push({ type: 'link', href, children: [{ type: 'text', text }] })
    this.at += text.length
    return true
  }

  private delimiter(sign: string): boolean {
    const { source, at } = this
    let end = at
    while (source[end] === sign) end++
    const length = end - at
    const before = source[at - 1] || ' '
    const after = source[end] || ' '
    const leftFlanking = !/\s/.test(after) && (!isPunctuation(after) || /\s/.test(before) || isPunctuation(before))
    const rightFlanking = !/\s/.test(before) && (!isPunctuation(before) || /\s/.test(after) || isPunctuation(after))
    const inWord = sign === '_' && leftFlanking && rightFlanking
    const opens = leftFlanking && (!inWord || isPunctuation(before))
    const closes = rightFlanking && (!inWord || isPunctuation(after))
    if (length > 3 || (sign === '~' && length !== 2) || (!opens && !closes)) this.plain += source.slice(at, end)
    else {
      this.flush()
      this.out.push({ at, sign, length, opens, closes })
    }
    this.at = end
    return true
  }

  private push(node: Inline): void {
    this.flush()
    this.out.push(node)
  }

  private flush(): void {
    if (this.plain) this.out.push({ type: 'text', text: this.plain })
    this.plain = ''
  }
}

/** Where the bracket that was opened before `from` closes, at most 4,000 characters on. */
function closing(source: string, from: number): number {
  let open = 1
  const limit = Math.min(source.length, from + 4_000)
  for (let i = from; i < limit; i++) {
    const sign = source[i]
    if (sign === '\\') i++
    else if (sign === '[') open++
    else if (sign === ']' && --open === 0) return i
  }
  return -1
}

/** Gives emphasis to what stands between delimiters that fit; the rest stays as it was written. */
function pair(parts: (Inline | Delimiter)[]): Inline[] {
  const frames: { opened?: Delimiter; children: Inline[] }[] = [{ children: [] }]
  for (const part of parts) {
    if ('type' in part) {
      add(frames[frames.length - 1].children, part)
      continue
    }
    const match = part.closes ? lastOpen(frames, part) : 0
    if (match > 0) {
      while (frames.length - 1 > match) spill(frames)
      const { opened, children } = frames.pop()!
      const inner: Inline = opened!.sign === '~' ? { type: 'del', children } : opened!.length === 1 ? { type: 'em', children } : { type: 'strong', children }
      add(frames[frames.length - 1].children, opened!.length === 3 ? { type: 'em', children: [inner] } : inner)
    } else if (part.opens && frames.length <= MAX_DEPTH) frames.push({ opened: part, children: [] })
    else add(frames[frames.length - 1].children, { type: 'text', text: part.sign.repeat(part.length) })
  }
  while (frames.length > 1) spill(frames)
  return frames[0].children
}

function lastOpen(frames: { opened?: Delimiter }[], close: Delimiter): number {
  for (let i = frames.length - 1; i > 0; i--) {
    if (frames[i].opened!.sign === close.sign && frames[i].opened!.length === close.length) return i
  }
  return 0
}

function spill(frames: { opened?: Delimiter; children: Inline[] }[]): void {
  const { opened, children } = frames.pop()!
  const into = frames[frames.length - 1].children
  add(into, { type: 'text', text: opened!.sign.repeat(opened!.length) })
  children.forEach((child) => add(into, child))
}

function add(into: Inline[], node: Inline): void {
  const last = into[into.length - 1]
  if (node.type === 'text' && last && last.type === 'text') last.text += node.text
  else into.push(node)
}

const isPunctuation = (sign: string): boolean => /[!-/:-@[-`{-~\u2010-\u2027\u3001-\u3003\u3008-\u3011]/.test(sign)

/** Addresses a reader may be led to; anything else (scripts, data, files, odd schemes, relative ones) is no link. */
export function safeUrl(address: string): string | undefined {
  if (!/^(https?:\/\/|mailto:)/i.test(address) || /[\u0000-\u0020\u007f\u202a-\u202e\u2066-\u2069]/.test(address)) return undefined
  try {
    const { protocol, href, username } = new URL(address)
    return username || !/^(https?|mailto):$/.test(protocol) ? undefined : href
  } catch {
    return undefined
  }
}
