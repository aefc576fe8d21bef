import type { Bytes } from '../codec/bytes.ts'
import type { LinkNews } from '../hub/hub-link.ts'
import type { LinksNews } from './links-news.ts'
import type { LinksSetup, SessionLinks } from './session-links.ts'

export type LoadLinks = () => Promise<{ SessionLinks: typeof SessionLinks }>

/** Direct links whose code is loaded once there is time for them: text never waits for it. What the hub said about the room meanwhile is told then. */
export class LazyLinks {
  private links: SessionLinks | undefined
  private missed: LinkNews[] = []
  private isOver = false

  constructor(
    private load: LoadLinks | undefined,
    private readonly setup: LinksSetup,
    private readonly tell: (news: LinksNews) => void,
  ) {}

  hear(news: LinkNews): void {
    if (news.type === 'frame' && (news.frame.type === 'cast' || news.frame.type === 'send')) return
    if (this.links) return this.links.hear(news)
    if (news.type === 'open') this.missed = []
    this.missed.push(news)
  }

  /** Loads, once. Where that fails the hub went away in between, and stays the only way. */
  start(): void {
    const { load } = this
    this.load = undefined
    load?.().then(({ SessionLinks }) => {
      if (!this.isOver) this.links = new SessionLinks(this.setup, this.tell, this.missed)
    }, () => undefined)
  }

  send(peer20: Bytes, payload: Bytes): void {
    this.links?.send(peer20, payload)
  }

  isFull(peer20: Bytes): boolean {
    return !!this.links?.isFull(peer20)
  }

  stop(): void {
    this.isOver = true
    this.links?.stop()
  }
}
