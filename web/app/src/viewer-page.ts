import type { Bytes } from '../../client/src/codec/bytes.ts'
import { chooseCrypto } from '../../client/src/crypto/choose.ts'
import { doorOf } from '../../client/src/hub/hub-link.ts'
import type { Invite } from '../../client/src/rooms/invite.ts'
import { IndexedFeedStore } from '../../client/src/storage/feed-store.ts'
import { Watch } from '../../client/src/watch/watch.ts'
import type { WatchStatus } from '../../client/src/watch/watch-core.ts'
import { button, spokenLine } from './controls.ts'
import { element, setText } from './dom.ts'
import { FollowTail } from './follow.ts'
import { loadLinks } from './links.ts'
import { promiseFooter } from './promise.ts'
import { remember } from './start/recent.ts'
import { SessionText } from './viewer/session-text.ts'
import { ScreenOn } from './viewer/wake.ts'
import { countWords, pathWords, stateWords, type End } from './words.ts'
import { t } from './words/words.ts'

const START: WatchStatus = { link: 'connecting', retryAtMs: 0, host: undefined, caughtUp: false, ended: false, fault: undefined, refusal: undefined }
/** How long "back, nothing lost" stays. */
const BACK_MS = 5_000

/** One session, read along. */
export class ViewerPage {
  readonly root: HTMLElement
  private readonly text = new SessionText(() => this.drawn())
  private readonly follow = new FollowTail((on) => this.followButton.setAttribute('aria-pressed', String(on)))
  private readonly heading = element('h1', { dir: 'auto' }, t('untitled'))
  private readonly state = element('span', { class: 'state', 'data-tone': 'wait' })
  private readonly path = element('span', { class: 'path' })
  private readonly more = element('p', { class: 'more', hidden: '' })
  private readonly spoken = spokenLine()
  private readonly tools = element('div', { class: 'tools' })
  private readonly bars = element('div', { class: 'bars' })
  private readonly screenOn = new ScreenOn()
  private readonly followButton = button(t('follow'), () => this.follow.set(!this.follow.isFollowing), { 'aria-pressed': 'true' })
  private status = START
  private end: End | undefined
  private watch: Watch | undefined
  private said = ''
  private isPaused = false
  private lostAtMs = 0
  private back = ''
  private search: { focus(): void; close(): void } | undefined
  private asking: HTMLElement | undefined

  constructor(
    private readonly invite: Invite,
    private readonly code: string,
  ) {
    const wrap = button(t('wrap'), () => wrap.setAttribute('aria-pressed', String(!this.text.root.classList.toggle('unwrapped'))), { 'aria-pressed': 'true' })
    this.tools.append(this.followButton, wrap, button(t('search'), () => void this.openSearch()))
    void import('./viewer/save-menu.ts').then(({ saveMenu }) => this.tools.append(saveMenu(() => this.text.saved(this.heading.textContent || ''))))
    this.root = element(
      'div',
      { class: 'viewer' },
      element('header', {}, element('div', { class: 'top' }, this.heading, this.state, this.path), this.tools, this.more, this.bars),
      element('main', {}, this.text.root),
      this.follow.button,
      promiseFooter(),
      this.spoken,
    )
    this.show()
  }

  async start(): Promise<void> {
    const store = new IndexedFeedStore(() => this.text.note(t('notStored')))
    const crypto = await chooseCrypto()
    this.watch = new Watch(
      { invite: this.invite, hubs: [doorOf(location.origin)], crypto, store, links: loadLinks },
      {
        status: (status) => this.update(status),
        begin: (meta, again) => this.begin(meta, again),
        meta: (meta) => this.hearMeta(meta),
        text: (bodies: Bytes[]) => this.text.append(bodies),
        end: (end) => this.ended(end),
        joinSent: () => performance.mark('roost-join-sent'),
      },
    )
    addEventListener('pagehide', () => void store.flush())
    addEventListener('keydown', this.keys)
    await this.watch.start()
  }

  stop(): void {
    removeEventListener('keydown', this.keys)
    this.search?.close()
    this.follow.stop()
    this.screenOn.stop()
    this.watch?.stop()
  }

  private update(status: WatchStatus): void {
    if (status.link === 'lost' && this.status.link === 'open') this.lostAtMs = Date.now()
    const isBack = status.caughtUp && !this.status.caughtUp && this.lostAtMs > 0
    if (status.caughtUp && !this.status.caughtUp) performance.mark('roost-caught-up')
    this.status = status
    if (isBack) {
      this.back = t('backNothingLost', { seconds: Math.max(1, Math.round((Date.now() - this.lostAtMs) / 1_000)) })
      this.lostAtMs = 0
      setTimeout(() => {
        this.back = ''
        this.show()
      }, BACK_MS)
    }
    this.show()
  }

  private begin(meta: Record<string, unknown>, again: boolean): void {
    if (again) this.text.note(t('hostAgain'))
    this.end = undefined
    this.text.begin(String(meta.format))
    this.hearMeta(meta)
  }

  private hearMeta(meta: Record<string, unknown>): void {
    if (typeof meta.title === 'string' && meta.title) setText(this.heading, meta.title)
    this.isPaused = meta.paused === true
    void this.mayAsk(meta.ask === true)
    remember(this.code, String(meta.title || ''), Date.now())
    this.show()
  }

  private ended(end: End): void {
    this.end = end
    void this.mayAsk(false)
    this.show()
  }

  private drawn(): void {
    this.follow.drawn(this.text.lines)
    this.show()
  }

  private show(): void {
    const { tone, words, more } = stateWords(this.status, this.text.chars > 0, this.end, this.isPaused)
    const below = more || this.back
    this.state.setAttribute('data-tone', tone)
    setText(this.path, tone === 'live' ? pathWords(this.status.via) : '')
    setText(this.state, words)
    this.more.hidden = !below
    setText(this.more, below)
    const title = `${tone === 'live' ? '● ' : ''}${this.heading.textContent} · Roost`
    if (document.title !== title) document.title = title
    this.screenOn.set(tone === 'live')
    const aloud = tone === 'done' ? words : `${words}. ${below}`
    if (this.said === aloud) return
    this.said = aloud
    // Words of the text are never announced, only what happens to the session.
    setText(this.spoken, tone === 'done' ? `${words}. ${countWords(this.text.wholeText())}.` : aloud)
  }

  private async mayAsk(may: boolean): Promise<void> {
    if (may && !this.asking) {
      this.asking = element('section', { 'aria-label': t('ask'), class: 'asking' })
      const { askBar } = await import('./viewer/ask-bar.ts')
      this.asking?.append(askBar(this.watch!))
      if (this.asking) this.root.insertBefore(this.asking, this.root.querySelector('footer'))
    } else if (!may) {
      this.asking?.remove()
      this.asking = undefined
    }
  }

  private async openSearch(): Promise<void> {
    if (!this.search) {
      const { SearchBar } = await import('./viewer/search.ts')
      const bar = new SearchBar(() => this.text.root, () => (this.search = undefined))
      this.search = bar
      this.bars.append(bar.root)
    }
    this.search.focus()
  }

  private readonly keys = (event: KeyboardEvent): void => {
    if (/^(INPUT|TEXTAREA|SELECT)$/.test((event.target as Element).tagName) || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === '/') {
      event.preventDefault()
      void this.openSearch()
    } else if (event.key === 'f') this.follow.set(!this.follow.isFollowing)
  }
}
