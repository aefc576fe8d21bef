import { element, setText } from '../dom.ts'
import { chooseLanguage, currentLanguage, LANGUAGES, t } from '../words/words.ts'
import { goTo } from './go-to.ts'
import { missingParts } from './missing.ts'
import { recentList } from './recent-list.ts'

/** `7-guitarist-revenge`: a mailbox and words, which this version tells apart from a damaged link. */
const SHORT_CODE = /^\s*\d{1,6}(-\p{L}+){1,4}\s*$/u

/** What `/` shows without an invite: join, share, and what was read before. */
export function startPage({ fault = '', relabel }: { fault?: string; relabel?: () => void } = {}): HTMLElement {
  const missing = missingParts()
  return element(
    'main',
    { class: 'start' },
    element('h1', {}, 'Roost'),
    element('p', { class: 'lead' }, t('lead')),
    joinForm(fault),
    element(
      'section',
      { 'aria-labelledby': 'share-title' },
      element('h2', { id: 'share-title' }, t('shareTitle')),
      element('p', {}, t('shareLead')),
      element('a', { class: 'button primary', href: '#/host/new' }, t('shareHere')),
      element('a', { class: 'button', href: '#/doc/new' }, t('newDocument')),
      element('p', { class: 'aside' }, t('terminalLead')),
      commands('tail -f app.log | ./roost stream', './roost ask "How do hubs find each other?"'),
    ),
    recentList(),
    ...(missing ? [missing] : []),
    languageChoice(relabel),
  )
}

function joinForm(fault: string): HTMLElement {
  const problem = element('p', { class: 'problem', role: 'alert', id: 'problem' }, fault)
  const field = element('input', {
    id: 'link', name: 'link', type: 'text', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', dir: 'ltr',
    placeholder: t('pasteLink'), 'aria-describedby': 'problem', required: '',
  })
  const scan = element('a', { class: 'button', href: '#/scan' }, t('scan'))
  const form = element('form', { class: 'join' }, element('label', { for: 'link' }, t('joinTitle')), field, element('button', { type: 'submit', class: 'primary' }, t('join')), scan, problem)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const said = goTo(field.value)
    setText(problem, said ? t(said === 'newer' ? 'newerPaste' : SHORT_CODE.test(field.value) ? 'codePaste' : 'damagedPaste') : '')
  })
  return form
}

function languageChoice(relabel: (() => void) | undefined): HTMLElement {
  const select = element('select', { id: 'language' })
  for (const [tag, { name }] of Object.entries(LANGUAGES)) {
    const option = element('option', { value: tag, lang: tag }, name)
    option.selected = tag === currentLanguage()
    select.append(option)
  }
  select.addEventListener('change', () => void chooseLanguage(select.value).then(() => (relabel ? relabel() : location.reload())))
  return element('div', { class: 'language' }, element('label', { for: 'language' }, t('language')), select)
}

function commands(...lines: string[]): HTMLElement {
  return element('pre', { dir: 'ltr' }, ...lines.map((line) => element('code', {}, line)))
}

