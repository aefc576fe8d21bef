import { chooseCrypto } from '../../client/src/crypto/choose.ts'
import { doorOf } from '../../client/src/hub/hub-link.ts'
import type { Invite } from '../../client/src/rooms/invite.ts'
import { IndexedFeedStore } from '../../client/src/storage/feed-store.ts'
import { Watch } from '../../client/src/watch/watch.ts'
import type { WatchStatus } from '../../client/src/watch/watch-core.ts'
import { element, setText } from './dom.ts'
import { FollowTail } from './follow.ts'
import { LogView } from './log-view.ts'
import { countWords, promiseWords, stateWords, type End } from './words.ts'

const START: WatchStatus = { link: 'connecting', retryAtMs: 0, host: undefined, caughtUp: false, ended: false, fault: undefined, refusal: undefined }

/** One session, read along. */
export class ViewerPage {
  readonly root: HTMLElement
  private readonly log = new LogView(() => this.drawn())
  private readonly follow = new FollowTail((on) => this.followButton.setAttribute('aria-pressed', String(on)))
  private readonly heading = element('h1', {}, 'Session')
  private readonly state = element('span', { class: 'state', 'data-tone': 'wait' })
  private readonly more = element('p', { class: 'more', hidden: '' })
  private readonly spoken = element('p', { class: 'spoken', role: 'status', 'aria-live': 'polite' })
  private readonly followButton = button('Follow', () => this.follow.set(!this.follow.isFollowing))
  private status = START
  private end: End | undefined
  private watch: Watch | undefined
  private said = ''

  constructor(private readonly invite: Invite) {
    this.followButton.setAttribute('aria-pressed', 'true')
    const wrap = button('Wrap', () => wrap.setAttribute('aria-pressed', String(!this.log.root.classList.toggle('unwrapped'))))
    wrap.setAttribute('aria-pressed', 'true')
    const promise = promiseWords(location.origin)
    this.root = element(
      'div',
      { class: 'viewer' },
      element(
        'header',
        {},
        element('div', { class: 'top' }, this.heading, this.state),
        element('div', { class: 'tools' }, this.followButton, wrap, button('Save', () => this.save())),
        this.more,
      ),
      element('main', {}, this.log.root),
      this.follow.button,
      element(
        'footer',
        { class: promise.safe ? 'promise' : 'promise unsafe' },
        element('details', {}, element('summary', {}, promise.short), element('p', {}, promise.long)),
      ),
      this.spoken,
    )
    this.show()
  }

  async start(): Promise<void> {
    const store = new IndexedFeedStore(() => this.log.note('This browser could not store the text; a reload reads it from the host again.'))
    const crypto = await chooseCrypto()
    this.watch = new Watch(
      { invite: this.invite, hubs: [doorOf(location.origin)], crypto, store },
      {
        status: (status) => this.update(status),
        begin: (meta, again) => this.begin(meta, again),
        text: (bodies) => this.log.append(bodies),
        end: (end) => this.ended(end),
        joinSent: () => performance.mark('roost-join-sent'),
      },
    )
    addEventListener('pagehide', () => void store.flush())
    await this.watch.start()
  }

  stop(): void {
    this.watch?.stop()
  }

  private update(status: WatchStatus): void {
    this.status = status
    this.show()
  }

  private begin(meta: Record<string, unknown>, again: boolean): void {
    if (again) this.log.note('The host started again.')
    this.end = undefined
    if (typeof meta.title === 'string' && meta.title) setText(this.heading, meta.title)
    this.log.begin(String(meta.format))
    this.show()
  }

  private ended(end: End): void {
    this.end = end
    this.show()
  }

  private drawn(): void {
    this.follow.drawn(this.log.lines)
    this.show()
  }

  private show(): void {
    const { tone, words, more } = stateWords(this.status, this.log.chars > 0, this.end)
    this.state.setAttribute('data-tone', tone)
    setText(this.state, words)
    this.more.hidden = !more
    setText(this.more, more || '')
    document.title = `${tone === 'live' ? '● ' : ''}${this.heading.textContent} · Roost`
    if (this.said === words) return
    this.said = words
    // Words of the text are never announced, only what happens to the session.
    setText(this.spoken, tone === 'done' ? `${words}. ${countWords(this.log.wholeText())}.` : `${words}. ${more || ''}`)
  }

  private save(): void {
    const blob = new Blob([this.log.wholeText()], { type: 'text/plain;charset=utf-8' })
    const link = element('a', { href: URL.createObjectURL(blob), download: `${this.heading.textContent || 'session'}.txt` })
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 1_000)
  }
}

function button(words: string, pressed: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button' }, words)
  made.addEventListener('click', pressed)
  return made
}
