/** Text as it streams in, whatever its format. Only what is still open ever changes, at most once a frame. */
export interface TextView {
  readonly root: HTMLElement
  readonly lines: number
  readonly chars: number
  append(bodies: Uint8Array[]): void
  /** A line across the text, for what is not the host's words. */
  note(text: string): void
  /** Everything so far, as it was sent. */
  wholeText(): string
}

/** Calls back once, with the next frame; a hidden page gets no frames. */
export class Frame {
  private scheduled = false

  constructor(private readonly draw: () => void) {}

  request(): void {
    if (this.scheduled) return
    this.scheduled = true
    const run = (): void => {
      this.scheduled = false
      this.draw()
    }
    if (document.hidden) setTimeout(run, 250)
    else requestAnimationFrame(run)
  }
}
