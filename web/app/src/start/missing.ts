import { element } from '../dom.ts'
import { t } from '../words/words.ts'

/** What browsers keep back from a page that came over plain http, and how to get it; nothing to say over https. */
export function missingParts(): HTMLElement | undefined {
  if (isSecureContext) return undefined
  const parts = [t('missingCamera'), t('missingClipboard'), t('missingWakeLock'), t('missingOffline')]
  return element(
    'details',
    { class: 'missing' },
    element('summary', {}, t('missingTitle')),
    element('p', {}, t('missingLead')),
    element('ul', {}, ...parts.map((part) => element('li', {}, part))),
    element('p', {}, t('missingFix')),
  )
}
