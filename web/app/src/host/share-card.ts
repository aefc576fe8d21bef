import { button } from '../controls.ts'
import { copyText } from '../copy.ts'
import { element } from '../dom.ts'
import { qrCode } from '../qr-code.ts'
import { t } from '../words/words.ts'

/** The code, the link, and how to pass them on; `lead` says what whoever scans it may do. */
export function shareCard(link: string, title: () => string, lead = t('scanToRead')): HTMLElement {
  const small = element('button', { type: 'button', class: 'qr', 'aria-label': t('showCode') })
  small.append(qrCode(link, t('codeOf')))
  small.addEventListener('click', () => showLarge(link))
  const field = element('input', { type: 'text', readonly: '', value: link, dir: 'ltr', 'aria-label': t('link'), class: 'session-link' })
  field.addEventListener('focus', () => field.select())
  const copy = button(t('copyLink'), () => void copyText(link).then((ok) => {
    copy.textContent = t(ok ? 'copied' : 'copyFailed')
    setTimeout(() => (copy.textContent = t('copyLink')), 1_500)
  }))
  const ways = element('div', { class: 'ways' }, copy)
  if ('share' in navigator) ways.append(button(t('shareLink'), () => void navigator.share({ title: title(), url: link }).catch(() => undefined)))
  return element('section', { class: 'share', 'aria-label': lead }, small, element('div', { class: 'share-text' }, element('h2', {}, lead), field, ways))
}

/** The code as large as the screen allows, for a scanner across the room. */
function showLarge(link: string): void {
  const dialog = element('dialog', { class: 'large', 'aria-label': t('codeOf') })
  dialog.append(qrCode(link, t('codeOf')), button(t('close'), () => dialog.close()))
  dialog.addEventListener('click', () => dialog.close())
  dialog.addEventListener('close', () => dialog.remove())
  document.body.append(dialog)
  dialog.showModal()
}
