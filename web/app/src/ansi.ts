/** What a run of text looks like; -1 is the default colour, 0–255 the terminal palette, above that 0x1000000 | rgb. */
export interface Style {
  fg: number
  bg: number
  bold: boolean
  dim: boolean
  italic: boolean
  underline: boolean
  strike: boolean
  inverse: boolean
}

export interface TextSink {
  text(text: string, style: Style): void
  newLine(): void
  /** The cursor goes to the first column. */
  carriageReturn(): void
  backspace(): void
  /** 0: right of the cursor, 1: left of it, 2: all of the line. */
  eraseLine(how: number): void
}

export const PLAIN: Style = { fg: -1, bg: -1, bold: false, dim: false, italic: false, underline: false, strike: false, inverse: false }
const MAX_SEQUENCE = 512
// ECMA-48: CSI parameters, intermediates and final byte; OSC and its kin up to BEL or ST; two-character escapes.
const SEQUENCE = /^\x1b(?:\[([0-?]*)([ -/]*)([@-~])|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]+[0-~]|[0-OQ-WYZ\\`-~])/
// With them what turns the direction of the text behind it around: a line shall read as it is written.
const SPECIAL = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/

/** Reads the escape sequences that logs and build tools write: colours, carriage returns, erased lines. The rest is left out. */
export class AnsiReader {
  private style = PLAIN
  private rest = ''

  constructor(
    private readonly sink: TextSink,
    /** False shows escapes as visible signs, for text that is not meant for a terminal. */
    private readonly interprets = true,
  ) {}

  write(chunk: string): void {
    let text = this.rest + chunk
    this.rest = ''
    while (text) {
      const at = text.search(SPECIAL)
      if (at !== 0) this.sink.text(at < 0 ? text : text.slice(0, at), this.style)
      if (at < 0) return
      text = text.slice(at)
      const taken = this.special(text)
      if (taken === 0) {
        this.rest = text
        return
      }
      text = text.slice(taken)
    }
  }

  /** How many characters were understood; 0 when the sequence is not complete yet. */
  private special(text: string): number {
    const code = text.charCodeAt(0)
    if (code === 10) this.sink.newLine()
    else if (code === 13) {
      if (text.length === 1) return 0 // a line feed may follow
      if (text[1] !== '\n') this.sink.carriageReturn()
    } else if (code === 8 && this.interprets) this.sink.backspace()
    else if (code === 27 && this.interprets) return this.escape(text)
    else if (code < 0x2000 && (code >= 32 || !this.interprets)) this.sink.text(visible(code), this.style)
    return 1
  }

  private escape(text: string): number {
    const match = SEQUENCE.exec(text)
    if (!match) return text.length < MAX_SEQUENCE && isBegun(text) ? 0 : 1
    const [whole, parameters, , final] = match
    if (final === 'm') this.style = select(this.style, parameters.split(/[;:]/).map(Number))
    if (final === 'K') this.sink.eraseLine(Number(parameters) || 0)
    if (final === 'G' && Number(parameters || 1) === 1) this.sink.carriageReturn()
    return whole.length
  }
}

/** Whether more characters could still make a sequence of it. */
function isBegun(text: string): boolean {
  return /^\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[ -/]*)$/.test(text)
}

/** The Unicode picture of a control character, so that binary input is seen and does nothing. */
function visible(code: number): string {
  return code < 32 ? String.fromCharCode(0x2400 + code) : code === 127 ? '\u2421' : '\ufffd'
}

/** Select Graphic Rendition (ECMA-48 §8.3.117), with the 256-colour and RGB forms of xterm. */
function select(style: Style, codes: number[]): Style {
  let next = { ...style }
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]
    if (code === 0) next = { ...PLAIN }
    else if (code === 1) next.bold = true
    else if (code === 2) next.dim = true
    else if (code === 3) next.italic = true
    else if (code === 4) next.underline = true
    else if (code === 7) next.inverse = true
    else if (code === 9) next.strike = true
    else if (code === 22) next.bold = next.dim = false
    else if (code === 23) next.italic = false
    else if (code === 24) next.underline = false
    else if (code === 27) next.inverse = false
    else if (code === 29) next.strike = false
    else if (code === 38 || code === 48) {
      const colour = codes[i + 1] === 5 ? codes[i + 2] & 255 : codes[i + 1] === 2 ? rgb(codes[i + 2], codes[i + 3], codes[i + 4]) : -1
      i += codes[i + 1] === 5 ? 2 : codes[i + 1] === 2 ? 4 : 0
      if (code === 38) next.fg = colour
      else next.bg = colour
    } else if (code === 39) next.fg = -1
    else if (code === 49) next.bg = -1
    else if (code >= 30 && code <= 37) next.fg = code - 30
    else if (code >= 40 && code <= 47) next.bg = code - 40
    else if (code >= 90 && code <= 97) next.fg = code - 82
    else if (code >= 100 && code <= 107) next.bg = code - 92
  }
  return next
}

function rgb(red: number, green: number, blue: number): number {
  return 0x100_0000 | ((red & 255) << 16) | ((green & 255) << 8) | (blue & 255)
}
