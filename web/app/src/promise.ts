import { element } from './dom.ts'
import { promiseWords } from './words.ts'
import { t } from './words/words.ts'

/** The line at the bottom of each page: what is promised, in full when it is tapped, and the way to the start page. */
export function promiseFooter(): HTMLElement {
  const { safe, short, long } = promiseWords(location.origin)
  return element(
    'footer',
    { class: safe ? 'promise' : 'promise unsafe' },
    element('details', {}, element('summary', {}, short), element('p', {}, long)),
    element('a', { href: '#' }, t('home')),
  )
}
