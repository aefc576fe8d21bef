import type { Style } from './ansi.ts'

export interface Run {
  text: string
  style: Style
}

/** The line that is still being written: a cursor may go back and write over it, as progress bars do. */
export class OpenLine {
  runs: Run[] = []
  length = 0
  private column = 0

  write(text: string, style: Style): void {
    if (this.column < this.length) {
      const tail = this.slice(this.column + text.length, this.length)
      this.runs = this.slice(0, this.column)
      this.push(text, style)
      for (const run of tail) this.push(run.text, run.style)
    } else this.push(text, style)
    this.column += text.length
    this.length = Math.max(this.length, this.column)
  }

  carriageReturn(): void {
    this.column = 0
  }

  backspace(): void {
    if (this.column > 0) this.column--
  }

  erase(how: number): void {
    if (how === 0) {
      this.runs = this.slice(0, this.column)
      this.length = this.column
    } else if (how === 2) {
      this.runs = []
      this.length = this.column = 0
    }
  }

  /** Gives the finished line and starts the next. */
  close(): Run[] {
    const { runs } = this
    this.runs = []
    this.length = this.column = 0
    return runs
  }

  private push(text: string, style: Style): void {
    const last = this.runs[this.runs.length - 1]
    if (last && last.style === style) last.text += text
    else this.runs.push({ text, style })
  }

  private slice(from: number, to: number): Run[] {
    const runs: Run[] = []
    let at = 0
    for (const { text, style } of this.runs) {
      const part = text.slice(Math.max(0, from - at), Math.max(0, to - at))
      if (part) runs.push({ text: part, style })
      at += text.length
    }
    return runs
  }
}
