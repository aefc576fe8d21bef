import { button } from '../controls.ts'
import { element } from '../dom.ts'
import { t } from '../words/words.ts'
import { download, exportHtml } from './export.ts'

export interface Saved {
  title: string
  text: string
  root: HTMLElement
  isMarkdown: boolean
}

/** A small menu of what a session can be saved as. */
export function saveMenu(what: () => Saved): HTMLElement {
  const menu = element('details', { class: 'menu' }, element('summary', { class: 'button' }, t('save')))
  const items = element('div', { class: 'items' })
  menu.append(items)
  const outside = ({ target }: MouseEvent): void => {
    if (!menu.contains(target as Node)) menu.open = false
  }
  menu.addEventListener('toggle', () => {
    if (!menu.open) return document.removeEventListener('click', outside)
    document.addEventListener('click', outside)
    items.textContent = ''
    const { title, text, root, isMarkdown } = what()
    const name = title || t('untitled')
    const choice = (words: string, save: () => void): HTMLElement => button(words, () => {
      menu.open = false
      save()
    })
    items.append(
      isMarkdown ? choice(t('saveMarkdown'), () => download(text, 'text/markdown', `${name}.md`)) : choice(t('saveText'), () => download(text, 'text/plain', `${name}.txt`)),
      choice(t('saveHtml'), () => download(exportHtml(name, root), 'text/html', `${name}.html`)),
    )
  })
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    menu.open = false
    menu.querySelector('summary')!.focus()
  })
  // What else gets the keys would be covered by it.
  menu.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget && !menu.contains(relatedTarget as Node)) menu.open = false
  })
  return menu
}
