import { chooseCrypto } from '../../../client/src/crypto/choose.ts'
import type { HostStatus } from '../../../client/src/host/host-core.ts'
import { IndexedHostStore, type HostedSession, type StoreFault } from '../../../client/src/host/host-store.ts'
import { newSession } from '../../../client/src/host/new-session.ts'
import { TextHost } from '../../../client/src/host/text-host.ts'
import { doorOf } from '../../../client/src/hub/hub-link.ts'
import { utf8 } from '../../../client/src/codec/bytes.ts'
import { button, spokenLine } from '../controls.ts'
import { element, setText } from '../dom.ts'
import { loadLinks } from '../links.ts'
import { MarkdownView } from '../markdown/markdown-view.ts'
import { promiseFooter } from '../promise.ts'
import { refusalWords } from '../words.ts'
import { enHost } from '../words/en-host.ts'
import { addWords, t } from '../words/words.ts'
import { Composer } from './composer.ts'
import { Questions } from './questions.ts'
import { shareCard } from './share-card.ts'
import { ViewerList } from './viewer-list.ts'

/** A session that this page hosts. All of it is in IndexedDB, so that a reload goes on where it was. */
export class HostPage {
  readonly root = element('div', { class: 'host' })
  private readonly state = element('span', { class: 'state', 'data-tone': 'wait' }, t('connecting'))
  private readonly more = element('p', { class: 'more', role: 'alert', hidden: '' })
  private readonly spoken = spokenLine()
  private readonly viewers = new ViewerList()
  private readonly text = new MarkdownView(() => undefined)
  private readonly composer = new Composer((text) => this.write(text))
  private readonly pauseButton = button(t('pause'), () => this.pause(), { 'aria-pressed': 'false' })
  private readonly questions: Questions
  private host!: TextHost
  private held: string[] = []
  private isPaused = false
  private hasEnded = false
  private fault: StoreFault | undefined
  private status: HostStatus = { link: 'connecting', retryAtMs: 0, count: 0, viewers: [], refusal: undefined }

  /** `new` makes a session and gives it an address of its own; another id goes on with that one. */
  static async open(id: string): Promise<{ root: HTMLElement; stop?(): void }> {
    addWords(enHost)
    const [crypto, store] = [await chooseCrypto(), new IndexedHostStore()]
    if (id === 'new' || !id) {
      const title = new Date().toLocaleString(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' })
      const session = await newSession(crypto, store, title, false, Date.now())
      localStorage.setItem('roost-hosted', '1')
      history.replaceState(null, '', `#/host/${session.id}`)
      id = session.id
    }
    let page: HostPage | undefined
    const opened = await TextHost.open({ crypto, hubs: [doorOf(location.origin)], store, links: loadLinks }, id, {
      status: (status) => page?.show(status),
      question: (text) => page?.questions.add(text),
      fault: (fault) => page?.fail(fault),
    }).catch((error) => {
      if ((error as Error).message === 'log-damaged') return 'damaged' as const
      throw error
    })
    if (!opened || opened === 'damaged') {
      const { startPage } = await import('../start/start-page.ts')
      return { root: startPage({ fault: t(opened ? 'faultDamaged' : 'faultUnknown') }) }
    }
    page = new HostPage(opened.session, store)
    page.use(opened)
    return page
  }

  private constructor(
    private session: HostedSession,
    private readonly store: IndexedHostStore,
  ) {
    this.questions = new Questions(session.canAsk, (isAllowed) => this.allowQuestions(isAllowed), (text) => this.composer.question(text))
  }

  stop(): void {
    removeEventListener('pagehide', this.flush)
    this.composer.close()
    void this.host.stop()
  }

  private use({ host, texts, ended }: { host: TextHost; texts: Uint8Array[]; ended: boolean }): void {
    this.host = host
    addEventListener('pagehide', this.flush)
    const link = `${location.origin}/#${host.invite}`
    const title = element('input', { class: 'title', type: 'text', value: this.session.title, 'aria-label': t('untitled'), maxlength: '120', dir: 'auto' })
    title.addEventListener('change', () => this.rename(title.value.trim()))
    const end = button(t('endSession'), () => this.askEnd(end))
    this.root.append(
      element('header', {}, element('h1', { class: 'spoken' }, t('hosting')), title, this.state, element('div', { class: 'tools' }, this.pauseButton, end), this.more),
      element('main', {}, element('div', { class: 'side' }, shareCard(link, () => this.session.title), this.viewers.root, this.questions.root), element('div', { class: 'desk' }, this.composer.root, this.text.root)),
      promiseFooter(),
      this.spoken,
    )
    document.title = `${this.session.title} · Roost`
    if (texts.length > 0) this.text.append(texts)
    if (ended) this.showEnded()
    this.show(this.status)
  }

  private write(text: string): void {
    this.text.append([utf8(text)])
    if (this.isPaused) this.held.push(text)
    else this.host.write(text)
  }

  private pause(): void {
    this.isPaused = !this.isPaused
    this.pauseButton.setAttribute('aria-pressed', String(this.isPaused))
    setText(this.pauseButton, t(this.isPaused ? 'resume' : 'pause'))
    this.tellMeta()
    if (!this.isPaused) this.host.write(this.held.splice(0).join(''))
    this.show(this.status)
  }

  private allowQuestions(canAsk: boolean): void {
    this.change({ canAsk })
  }

  private rename(title: string): void {
    this.change({ title })
    document.title = `${title || t('untitled')} · Roost`
  }

  private change(change: Partial<HostedSession>): void {
    this.session = { ...this.session, ...change }
    void this.store.save(this.session)
    this.tellMeta()
  }

  private tellMeta(): void {
    if (!this.hasEnded) this.host.meta({ title: this.session.title, ask: this.session.canAsk, paused: this.isPaused })
  }

  private askEnd(opener: HTMLElement): void {
    const dialog = element('dialog', { class: 'sure', 'aria-label': t('endAsk') }, element('p', {}, t('endAsk')))
    dialog.append(element('div', { class: 'ways' }, button(t('endYes'), () => {
      dialog.close()
      void this.end()
    }, { class: 'primary' }), button(t('endNo'), () => dialog.close())))
    dialog.addEventListener('close', () => {
      dialog.remove()
      opener.focus()
    })
    document.body.append(dialog)
    dialog.showModal()
  }

  private async end(): Promise<void> {
    this.host.write(this.held.splice(0).join(''))
    this.showEnded()
    await this.host.end()
    this.change({ endedAtMs: Date.now() })
  }

  private showEnded(): void {
    this.hasEnded = true
    this.composer.close()
    this.root.querySelectorAll<HTMLButtonElement>('.tools button').forEach((control) => (control.disabled = true))
    this.show(this.status)
  }

  private fail(fault: StoreFault): void {
    this.fault = fault
    this.composer.close()
    this.show(this.status)
  }

  private show(status: HostStatus): void {
    this.status = status
    this.viewers.show(status)
    const { tone, words, more } = this.words()
    this.state.dataset.tone = tone
    setText(this.state, words)
    this.more.hidden = !more
    setText(this.more, more || '')
    setText(this.spoken, `${words}. ${t('viewers')}: ${status.count}`)
  }

  private words(): { tone: string; words: string; more?: string } {
    const { link, refusal } = this.status
    if (this.fault || link === 'replaced') return { tone: 'bad', words: t('replacedWords'), more: t(this.fault === 'full' ? 'faultFull' : 'faultElsewhere') }
    if (this.hasEnded) return { tone: 'done', words: t('hostEnded') }
    if (refusal) return refusalWords(refusal, 'oneSession')
    if (link === 'connecting') return { tone: 'wait', words: t('connecting') }
    if (link === 'lost') return { tone: 'wait', words: t('lostWords') }
    return this.isPaused ? { tone: 'wait', words: t('pausedHost') } : { tone: 'live', words: t('hosting') }
  }

  private readonly flush = (): void => this.host.flush()
}
