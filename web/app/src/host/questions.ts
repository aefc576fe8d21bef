import { button } from '../controls.ts'
import { element } from '../dom.ts'
import { t } from '../words/words.ts'

/** More than this wait unanswered at most; further ones are not taken. */
const MAX_WAITING = 50

/** What viewers have asked, for the host to answer, to put to the model, or to pass over. */
export class Questions {
  readonly root: HTMLElement
  private readonly list = element('ul')

  constructor(
    isAllowed: boolean,
    allow: (isAllowed: boolean) => void,
    private readonly put: (text: string) => void,
  ) {
    const box = element('input', { type: 'checkbox', id: 'allow-questions' })
    box.checked = isAllowed
    box.addEventListener('change', () => allow(box.checked))
    this.root = element('section', { class: 'questions', 'aria-label': t('questions') }, element('div', { class: 'check' }, box, element('label', { for: 'allow-questions' }, t('allowQuestions'))), this.list)
    this.list.setAttribute('aria-live', 'polite')
  }

  add(text: string): void {
    if (this.list.childElementCount >= MAX_WAITING) return
    const item = element('li', {}, element('p', { dir: 'auto' }, text))
    item.append(
      element('div', { class: 'ways' }, button(t('askModel'), () => {
        item.remove()
        this.put(text)
      }), button(t('dismiss'), () => item.remove())),
    )
    this.list.append(item)
  }
}
