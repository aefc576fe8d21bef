import type { ModelSettings } from '../../../client/src/model/chat.ts'
import { labelled } from '../controls.ts'
import { element } from '../dom.ts'
import { t } from '../words/words.ts'

const KEY = 'roost-model'
const FIRST: ModelSettings = { url: 'http://127.0.0.1:11434/v1', model: '', key: '' }

/** Where the model is. Stays in this browser; the key only if the user wants it kept. */
export class ModelForm {
  readonly root: HTMLElement
  private readonly url = element('input', { type: 'url', dir: 'ltr', autocomplete: 'off', spellcheck: 'false' })
  private readonly model = element('input', { type: 'text', dir: 'ltr', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' })
  private readonly key = element('input', { type: 'password', dir: 'ltr', autocomplete: 'off' })
  private readonly keep = element('input', { type: 'checkbox', id: 'model-keep' })

  constructor() {
    const stored = read()
    this.url.value = stored.url
    this.model.value = stored.model
    this.key.value = stored.key
    this.keep.checked = stored.key !== ''
    this.root = element(
      'details',
      { class: 'model' },
      element('summary', {}, t('modelSettings')),
      element('p', {}, t('modelLead')),
      labelled(t('modelUrl'), this.url, 'model-url'),
      labelled(t('modelName'), this.model, 'model-name'),
      labelled(t('modelKey'), this.key, 'model-key'),
      element('div', { class: 'check' }, this.keep, element('label', { for: 'model-keep' }, t('modelRemember'))),
    )
    this.root.addEventListener('change', () => this.store())
  }

  /** Undefined while something is missing; then the form opens. */
  get settings(): ModelSettings | undefined {
    const settings = { url: this.url.value.trim(), model: this.model.value.trim(), key: this.key.value.trim() }
    if (/^https?:\/\//.test(settings.url) && settings.model) return settings
    ;(this.root as HTMLDetailsElement).open = true
    return undefined
  }

  private store(): void {
    const settings: ModelSettings = { url: this.url.value.trim(), model: this.model.value.trim(), key: this.keep.checked ? this.key.value.trim() : '' }
    try {
      localStorage.setItem(KEY, JSON.stringify(settings))
    } catch {
      // Storage is off: the settings last as long as the page.
    }
  }
}

function read(): ModelSettings {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) || '{}')
    return { url: String(stored.url || FIRST.url), model: String(stored.model || ''), key: String(stored.key || '') }
  } catch {
    return FIRST
  }
}
