import { grammarOf, type Grammar } from './grammars.ts'

/** What a piece of code is, for its colour. */
export type Kind = '' | 'comment' | 'string' | 'number' | 'keyword' | 'name' | 'added' | 'removed'

export interface Piece {
  kind: Kind
  text: string
}

/** Longer lines are not worth colours. */
const MAX_LINE = 2_000

/** Colours code line by line: what a line leaves open (a comment, a long string) is all that it remembers. */
export class Highlighter {
  private readonly grammar: Grammar | undefined
  private open: { close: string; kind: Kind } | undefined

  constructor(language: string) {
    this.grammar = grammarOf(language)
  }

  get knows(): boolean {
    return !!this.grammar
  }

  line(text: string): Piece[] {
    const { grammar } = this
    if (!grammar || text.length > MAX_LINE) return [{ kind: '', text }]
    if (grammar.isDiff) return [{ kind: text[0] === '+' ? 'added' : text[0] === '-' ? 'removed' : text[0] === '@' ? 'keyword' : '', text }]
    const pieces: Piece[] = []
    let at = this.goOn(text, pieces)
    while (at < text.length) at = this.next(grammar, text, at, pieces)
    return pieces
  }

  /** The rest of a comment or string of an earlier line. */
  private goOn(text: string, pieces: Piece[]): number {
    const { open } = this
    if (!open) return 0
    const found = text.indexOf(open.close)
    const end = found < 0 ? text.length : found + open.close.length
    if (found >= 0) this.open = undefined
    add(pieces, open.kind, text.slice(0, end))
    return end
  }

  private next(grammar: Grammar, text: string, at: number, pieces: Piece[]): number {
    if (grammar.lineComment.some((mark) => text.startsWith(mark, at) && (mark !== '#' || at === 0 || /\s/.test(text[at - 1])))) {
      add(pieces, 'comment', text.slice(at))
      return text.length
    }
    for (const [open, close, kind] of grammar.long) {
      if (!text.startsWith(open, at)) continue
      const found = text.indexOf(close, at + open.length)
      const end = found < 0 ? text.length : found + close.length
      if (found < 0) this.open = { close, kind }
      add(pieces, kind, text.slice(at, end))
      return end
    }
    if (grammar.quotes.includes(text[at])) {
      const end = endOfString(text, at)
      add(pieces, 'string', text.slice(at, end))
      return end
    }
    WORD.lastIndex = at
    const word = WORD.exec(text)
    if (!word || word.index !== at) {
      add(pieces, '', text[at])
      return at + 1
    }
    add(pieces, kindOf(grammar, word[0], text[at + word[0].length]), word[0])
    return at + word[0].length
  }
}

const WORD = /[A-Za-z_$@][\w$-]*|\d[\w.]*|\s+/y

function kindOf(grammar: Grammar, word: string, after: string | undefined): Kind {
  if (/^\d/.test(word)) return 'number'
  if (grammar.keywords.has(grammar.anyCase ? word.toLowerCase() : word)) return 'keyword'
  return after === '(' ? 'name' : ''
}

function endOfString(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === text[at]) return i + 1
  }
  return text.length
}

function add(pieces: Piece[], kind: Kind, text: string): void {
  const last = pieces[pieces.length - 1]
  if (last && last.kind === kind) last.text += text
  else if (text) pieces.push({ kind, text })
}
