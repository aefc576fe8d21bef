import { sealQuestion } from '../../../client/src/ask/question.ts'
import type { Watch } from '../../../client/src/watch/watch.ts'
import { element, setText } from '../dom.ts'
import { t } from '../words/words.ts'

/** Where a viewer asks the host, when the host lets viewers ask. */
export function askBar(watch: Watch): HTMLElement {
  const field = element('input', { type: 'text', maxlength: '1000', 'aria-label': t('askLabel'), placeholder: t('askLabel'), required: '' })
  const said = element('p', { role: 'status' })
  const form = element('form', { class: 'ask' }, field, element('button', { type: 'submit', class: 'primary' }, t('ask')), said)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const text = field.value.trim()
    if (!text) return
    void ask(watch, text).then((isSent) => {
      setText(said, t(isSent ? 'asked' : 'askFailed'))
      if (isSent) field.value = ''
    })
  })
  return form
}

/** False when the host is not here. */
async function ask(watch: Watch, text: string): Promise<boolean> {
  const route = watch.routeToHost
  if (!route) return false
  watch.tellHost(await sealQuestion(route.crypto, route, text, crypto.getRandomValues(new Uint8Array(12))))
  return true
}
