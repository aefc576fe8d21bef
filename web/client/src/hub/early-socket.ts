/** A WebSocket that is dialled before anybody can listen: what happens meanwhile is told when somebody does. */
export class EarlySocket {
  private readonly socket: WebSocket | undefined
  private readonly missed: Event[] = []
  private taken = false

  constructor(private readonly url: string) {
    try {
      this.socket = new WebSocket(url, 'roost.1')
    } catch {
      return // the real attempt fails the same way, and is told
    }
    this.socket.binaryType = 'arraybuffer'
    const keep = (event: Event): void => void this.missed.push(event)
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = keep
  }

  /** Nobody will take it. */
  close(): void {
    if (this.socket) this.socket.close()
  }

  /** The early socket the first time, for its own address; a new one after that. */
  take(url: string): WebSocket {
    const { socket } = this
    if (!socket || url !== this.url || this.taken) return new WebSocket(url, 'roost.1')
    this.taken = true
    // The listener sets its handlers now; what they missed comes first. One of them may take the handlers away.
    void Promise.resolve().then(() => this.missed.forEach((event) => (socket as any)[`on${event.type}`]?.(event)))
    return socket
  }
}
