import type { HostedSession } from '../../../client/src/host/host-store.ts'
import { button } from '../controls.ts'
import { isDocumentCode } from '../document-code.ts'
import { element } from '../dom.ts'
import { currentLanguage, t } from '../words/words.ts'
import { forget, readRecent } from './recent.ts'

/** Sessions that were hosted or read here, each with a way back and a way to forget it. */
export function recentList(): HTMLElement {
  const list = element('ul')
  const section = element('section', { class: 'recent', hidden: '', 'aria-labelledby': 'recent-title' }, element('h2', { id: 'recent-title' }, t('recentTitle')), list, element('p', { class: 'aside' }, t('recentNote')))
  for (const { code, title, atMs } of readRecent()) add(`#${code}`, title, t(isDocumentCode(code) ? 'recentOpened' : 'recentRead'), atMs, async () => forget(code))
  if (localStorageSaysHosted()) void hosted()
  return section

  function add(href: string, title: string, kind: string, atMs: number, remove: () => Promise<void>): void {
    const name = title || t('untitled')
    const when = new Date(atMs).toLocaleString(currentLanguage(), { dateStyle: 'medium', timeStyle: 'short' })
    const item = element('li', {}, element('a', { href }, element('bdi', {}, name), element('small', {}, `${kind} · ${when}`)))
    item.append(
      button(t('forget'), () => void remove().then(() => {
        item.remove()
        section.hidden = !list.firstChild
      }), { 'aria-label': t('forgetLabel', { title: name }) }),
    )
    list.append(item)
    section.hidden = false
  }

  async function hosted(): Promise<void> {
    const { IndexedHostStore } = await import('../../../client/src/host/host-store.ts')
    const store = new IndexedHostStore()
    const sessions: HostedSession[] = await store.list().catch(() => [])
    for (const { id, title, madeAtMs } of sessions) add(`#/host/${id}`, title, t('recentHosted'), madeAtMs, () => store.remove(id))
  }
}

/** Whether the database of hosted sessions is worth opening at all. */
function localStorageSaysHosted(): boolean {
  try {
    return localStorage.getItem('roost-hosted') !== null
  } catch {
    return true
  }
}
