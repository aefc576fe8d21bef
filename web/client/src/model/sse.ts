const MAX_EVENT_CHARS = 1_048_576

/** Reads `text/event-stream` (HTML standard §9.2.6) as it comes: pieces may end anywhere, even within a character. */
export class EventReader {
  private readonly decoder = new TextDecoder()
  private rest = ''
  private data: string[] = []

  /** The data of each event that this piece completes. */
  read(piece: Uint8Array): string[] {
    const lines = (this.rest + this.decoder.decode(piece, { stream: true })).split(/\r\n|\n|\r(?!$)/)
    this.rest = lines.pop()!
    if (this.rest.length > MAX_EVENT_CHARS) throw new Error('an event of over a megabyte')
    const events: string[] = []
    for (const line of lines) {
      if (line === '') this.complete(events)
      else if (line.startsWith('data:')) this.data.push(line.slice(line[5] === ' ' ? 6 : 5))
    }
    return events
  }

  /** The stream has ended: what was not completed by an empty line is given all the same, since some servers leave it out. */
  end(): string[] {
    const events: string[] = []
    if (this.rest.startsWith('data:')) this.data.push(this.rest.slice(this.rest[5] === ' ' ? 6 : 5))
    this.complete(events)
    return events
  }

  private complete(events: string[]): void {
    if (this.data.length > 0) events.push(this.data.join('\n'))
    this.data = []
  }
}
