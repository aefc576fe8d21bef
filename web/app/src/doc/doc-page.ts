import * as Y from 'yjs'
import { chooseCrypto } from '../../../client/src/crypto/choose.ts'
import { readDocumentInvite, writableInvite, writeDocumentInvite, type DocumentInvite } from '../../../client/src/doc/document-invite.ts'
import type { DocumentStatus } from '../../../client/src/doc/document-setup.ts'
import { IndexedDocumentStore } from '../../../client/src/doc/document-store.ts'
import { doorOf } from '../../../client/src/hub/hub-link.ts'
import { button, labelled, spokenLine } from '../controls.ts'
import { element, setText } from '../dom.ts'
import { shareCard } from '../host/share-card.ts'
import { loadLinks } from '../links.ts'
import { promiseFooter } from '../promise.ts'
import { remember } from '../start/recent.ts'
import { pathWords, refusalWords } from '../words.ts'
import { enHost } from '../words/en-host.ts'
import { addWords, t } from '../words/words.ts'
import { Carets } from './carets.ts'
import { randomColor, SharedDocument } from './shared-document.ts'
import { TextBinding } from './text-binding.ts'
import { d, loadDocumentWords } from './words/words.ts'

const NAME = 'roost-name'

/** A document that people write together: in this browser at once, with others as soon as there is a hub. */
export class DocPage {
  readonly root = element('div', { class: 'host doc' })
  private readonly state = element('span', { class: 'state', 'data-tone': 'wait' }, t('connecting'))
  private readonly more = element('p', { class: 'more', role: 'alert', hidden: '' })
  private readonly spoken = spokenLine()
  private readonly people = element('ul', { class: 'people', 'aria-label': d('people') })
  private readonly area = element('textarea', { id: 'document', class: 'sheet', dir: 'auto', spellcheck: 'true', 'aria-label': d('text') })
  private readonly carets = new Carets()
  private readonly shared: SharedDocument
  private readonly shares: HTMLElement
  private readonly undo: Y.UndoManager
  private readonly undoButton = button('↶', () => this.undo.undo(), named(d('undo')))
  private readonly redoButton = button('↷', () => this.undo.redo(), named(d('redo')))
  private binding!: TextBinding

  /** `#/doc/new` makes a document and gives it an address of its own; a link's code opens that one. */
  static async open(hash: string): Promise<{ root: HTMLElement; start?(): Promise<void>; stop?(): void }> {
    addWords(enHost) // the cards with the links are the host's
    const [crypto] = await Promise.all([chooseCrypto(), loadDocumentWords()])
    let invite
    if (hash.startsWith('#/doc')) {
      invite = await writableInvite(crypto, random16(), random16())
      history.replaceState(null, '', `#${writeDocumentInvite(invite)}`)
    } else invite = await readDocumentInvite(crypto, hash)
    if (typeof invite === 'string') {
      const { startPage } = await import('../start/start-page.ts')
      return { root: startPage({ fault: t(invite === 'newer' ? 'newerLink' : 'damagedLink') }) }
    }
    const store = new IndexedDocumentStore()
    await store.ready().catch(() => undefined)
    return new DocPage(invite, new SharedDocumentSetup(invite, crypto, store))
  }

  private constructor(private readonly invite: DocumentInvite, setup: SharedDocumentSetup) {
    this.shared = new SharedDocument(setup, { status: (status) => this.show(status), people: () => this.showPeople(), paths: () => this.showPaths() })
    this.undo = new Y.UndoManager([this.shared.text], { trackedOrigins: new Set<unknown>([]) })
    this.shares = this.links()
    this.undo.on('stack-item-added', () => this.showUndo())
    this.undo.on('stack-item-popped', () => this.showUndo())
  }

  async start(): Promise<void> {
    this.build()
    this.binding = new TextBinding(this.shared.text, this.area, () => this.draw())
    this.undo.addTrackedOrigin(this.binding)
    await this.shared.start()
    this.binding.show()
    this.showTitle()
    this.present()
    addEventListener('pagehide', this.leaving)
    document.addEventListener('selectionchange', this.selected)
  }

  stop(): void {
    removeEventListener('pagehide', this.leaving)
    document.removeEventListener('selectionchange', this.selected)
    this.binding?.stop()
    void this.shared.stop()
  }

  private build(): void {
    const { canWrite } = this.shared.link
    this.area.readOnly = !canWrite
    this.area.addEventListener('keydown', (event) => this.key(event))
    this.area.addEventListener('beforeinput', (event) => this.menu(event))
    this.title.readOnly = !canWrite
    this.title.addEventListener('input', () => this.meta.set('title', this.title.value))
    this.meta.observe(() => this.showTitle())
    const name = element('input', { type: 'text', maxlength: '40', autocomplete: 'nickname', value: savedName(), dir: 'auto' })
    name.addEventListener('change', () => {
      saveName(name.value.trim())
      this.present()
    })
    const save = button(d('save'), () => this.save())
    const tools = element('div', { class: 'tools' }, ...(canWrite ? [this.undoButton, this.redoButton] : [element('span', { class: 'badge' }, d('readOnly'))]), save, button(t('shareLink'), () => this.share()))
    this.root.append(
      element('header', {}, element('h1', { class: 'spoken' }, d('document')), this.title, this.state, tools, this.more),
      element('main', {},
        element('div', { class: 'pad' }, this.carets.root, this.area),
        element('div', { class: 'side' }, element('section', { class: 'here' }, element('h2', {}, d('people')), this.people, labelled(d('yourName'), name, 'your-name')), this.shares)),
      promiseFooter(),
      this.spoken,
    )
    this.showUndo()
    this.showPeople()
  }

  /** However long the text is: the links, which stand below it on a phone. */
  private share(): void {
    const first = this.shares.querySelector('details')!
    first.open = true
    first.scrollIntoView({ block: 'start' })
    first.querySelector('summary')!.focus({ preventScroll: true })
  }

  private links(): HTMLElement {
    const card = (readOnly: boolean): HTMLElement => shareCard(`${location.origin}/#${writeDocumentInvite(this.invite, readOnly)}`, () => this.title.value, readOnly ? undefined : d('scanToWrite'))
    const writable = this.invite.seed16 ? [element('details', {}, element('summary', {}, d('shareWrite')), card(false))] : []
    return element('section', { class: 'links', 'aria-label': t('link') }, ...writable, element('details', {}, element('summary', {}, d('shareRead')), card(true)))
  }

  private readonly title = element('input', { class: 'title', type: 'text', maxlength: '120', placeholder: d('untitled'), 'aria-label': d('title'), dir: 'auto' })

  private get meta(): Y.Map<unknown> {
    return this.shared.doc.getMap('meta')
  }

  private showTitle(): void {
    const title = this.meta.get('title')
    const text = typeof title === 'string' ? title.slice(0, 120) : ''
    if (this.title.value !== text) this.title.value = text
    document.title = `${text || d('untitled')} · Roost`
    remember(location.hash.slice(1), text || d('document'), Date.now())
  }

  private present(): void {
    this.shared.present(savedName() || d('somebody'), this.color)
  }

  private readonly color = randomColor()

  private key(event: KeyboardEvent): void {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return
    const key = event.key.toLowerCase()
    if (key !== 'z' && key !== 'y') return
    event.preventDefault() // the field's own undo would take back what others wrote
    if (key === 'y' || event.shiftKey) this.undo.redo()
    else this.undo.undo()
  }

  private menu(event: InputEvent): void {
    if (event.inputType !== 'historyUndo' && event.inputType !== 'historyRedo') return
    event.preventDefault()
    if (event.inputType === 'historyRedo') this.undo.redo()
    else this.undo.undo()
  }

  private save(): void {
    const link = element('a', { download: `${this.title.value || 'document'}.txt` })
    link.href = URL.createObjectURL(new Blob([this.shared.text.toString()], { type: 'text/plain;charset=utf-8' }))
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
  }

  private draw(): void {
    this.carets.draw(this.area.value, this.shared.people)
  }

  private showPeople(): void {
    this.people.textContent = ''
    this.paths.clear()
    const { people } = this.shared
    for (const { client, name, color } of people) {
      const path = element('span', { class: 'path' })
      const item = element('li', {}, element('bdi', {}, name || d('somebody')), path)
      item.style.setProperty('--of', color)
      this.paths.set(client, path)
      this.people.append(item)
    }
    this.showPaths()
    if (people.length === 0) this.people.append(element('li', { class: 'nobody' }, d('alone')))
    if (this.binding) this.draw()
  }

  private readonly paths = new Map<number, HTMLElement>()

  private showPaths(): void {
    for (const { client, via } of this.shared.people) {
      const path = this.paths.get(client)
      if (path) setText(path, pathWords(via))
    }
  }

  private showUndo(): void {
    this.undoButton.disabled = this.undo.undoStack.length === 0
    this.redoButton.disabled = this.undo.redoStack.length === 0
  }

  private show(status: DocumentStatus): void {
    const { tone, words, more } = this.words(status)
    this.state.dataset.tone = tone
    this.root.dataset.caughtUp = String(status.caughtUp)
    this.root.dataset.refused = String(status.refused)
    setText(this.state, words)
    setText(this.spoken, words)
    this.more.hidden = !more
    setText(this.more, more || '')
  }

  private words({ link, linked, refusal, forked, unkept, refused }: DocumentStatus): { tone: string; words: string; more?: string } {
    if (link === 'replaced') return { tone: 'bad', words: t('replacedWords'), more: t('replacedMore') }
    if (refusal) return refusalWords(refusal, 'oneSession')
    const more = unkept ? d('unkept') : forked ? d('forked') : refused > 0 ? d('refused') : undefined
    if (link === 'connecting') return { tone: 'wait', words: t('connecting'), more }
    if (link === 'lost' && linked > 0) return { tone: 'live', words: d('online'), more: more || (this.shared.link.canWrite ? d('withoutHub') : undefined) }
    if (link === 'lost') return { tone: 'wait', words: d('offline'), more: more || (this.shared.link.canWrite ? d('offlineMore') : undefined) }
    return { tone: 'live', words: d('online'), more }
  }

  private readonly leaving = ({ persisted }: PageTransitionEvent): void => {
    this.shared.link.flush()
    if (!persisted) this.shared.link.unlink()
  }

  private readonly selected = (): void => {
    if (document.activeElement === this.area) this.shared.showCursor(this.area.selectionStart, this.area.selectionEnd)
  }
}

/** The hub that served the page is the one that is used. */
class SharedDocumentSetup {
  readonly hubs = [doorOf(location.origin)]
  readonly links = loadLinks

  constructor(
    readonly invite: DocumentInvite,
    readonly crypto: Awaited<ReturnType<typeof chooseCrypto>>,
    readonly store: IndexedDocumentStore,
  ) {}
}

/** A sign for the eye, which leaves room on a phone, and a word for the ear. */
const named = (words: string): Record<string, string> => ({ 'aria-label': words, title: words })

const random16 = (): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(16))

function savedName(): string {
  try {
    return (localStorage.getItem(NAME) || '').slice(0, 40)
  } catch {
    return ''
  }
}

function saveName(name: string): void {
  try {
    localStorage.setItem(NAME, name)
  } catch {
    // Storage is off: the name lasts as long as the page.
  }
}
