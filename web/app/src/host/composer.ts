import { chat, STALL_MS, type Message, type ModelFault } from '../../../client/src/model/chat.ts'
import { button } from '../controls.ts'
import { element, setText } from '../dom.ts'
import { t } from '../words/words.ts'
import { ModelForm } from './model-settings.ts'

/** Where the host writes, or lets a model write. */
export class Composer {
  readonly root: HTMLElement
  private readonly model = new ModelForm()
  private readonly field = element('textarea', { rows: '3', id: 'compose', 'aria-label': t('compose'), placeholder: t('composeHint'), dir: 'auto' })
  private readonly problem = element('p', { class: 'problem', role: 'alert' })
  private readonly busy = element('p', { class: 'busy', role: 'status' })
  private readonly share = button(t('shareText'), () => this.shareText(), { class: 'primary' })
  private readonly ask = button(t('askModel'), () => this.isBusy ? this.stop?.abort() : this.askTyped())
  private readonly messages: Message[] = []
  private readonly queue: string[] = []
  private stop: AbortController | undefined

  constructor(private readonly write: (text: string) => void) {
    this.root = element('section', { class: 'compose', 'aria-label': t('compose') }, this.field, element('div', { class: 'ways' }, this.share, this.ask, this.busy), this.problem, this.model.root)
    this.field.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      this.shareText()
    })
  }

  get isBusy(): boolean {
    return this.stop !== undefined
  }

  /** Puts a question to the model, now or after those before it. */
  question(text: string): void {
    if (!this.model.settings) return setText(this.problem, t('modelMissing'))
    this.queue.push(text)
    if (!this.isBusy) void this.work()
  }

  close(): void {
    this.stop?.abort()
    this.queue.length = 0
    for (const control of [this.field, this.share, this.ask]) control.disabled = true
  }

  private shareText(): void {
    const text = this.field.value.trim()
    if (!text) return this.field.focus()
    this.field.value = ''
    this.write(`${text}\n\n`)
    this.field.focus()
  }

  private askTyped(): void {
    const text = this.field.value.trim()
    if (!text) return this.field.focus()
    if (!this.model.settings) return setText(this.problem, t('modelMissing'))
    this.field.value = ''
    this.question(text)
  }

  private async work(): Promise<void> {
    setText(this.problem, '')
    for (let text = this.queue.shift(); text !== undefined; text = this.queue.shift()) await this.answer(text)
  }

  private async answer(text: string): Promise<void> {
    const settings = this.model.settings
    if (!settings) return
    const stop = (this.stop = new AbortController())
    setText(this.ask, t('stopModel'))
    setText(this.busy, t('modelThinking'))
    this.write(`${quote(text)}\n\n`)
    this.messages.push({ role: 'user', content: text })
    let answer = ''
    const fault = await chat(settings, this.messages, (piece) => {
      answer += piece
      this.write(piece)
    }, stop.signal)
    if (answer) this.messages.push({ role: 'assistant', content: answer })
    else this.messages.pop()
    const words = fault && faultWords(fault)
    this.write(`${closeFence(answer)}\n\n${words ? `*${words}*\n\n` : ''}`)
    setText(this.problem, words || '')
    setText(this.busy, '')
    setText(this.ask, t('askModel'))
    this.stop = undefined
  }
}

const quote = (text: string): string => text.split('\n').map((line, i) => `> ${i === 0 ? `**${t('questionHead')}:** ` : ''}${line}`).join('\n')

/** An answer that breaks off within a code block must not swallow what comes after it. */
function closeFence(answer: string): string {
  const fences = answer.match(/^ {0,3}(`{3,}|~{3,})/gm) || []
  return fences.length % 2 === 1 ? `\n${fences[fences.length - 1].trim()}` : ''
}

function faultWords(fault: ModelFault): string | undefined {
  switch (fault.type) {
    case 'stopped':
      return undefined
    case 'unreachable':
      return t('modelUnreachable')
    case 'refused':
      return t('modelRefused', { status: fault.status, text: fault.text })
    case 'stalled':
      return t('modelBroken', { why: t('modelStalled', { seconds: STALL_MS / 1_000 }) })
    case 'broken':
      return t('modelBroken', { why: fault.why })
  }
}
