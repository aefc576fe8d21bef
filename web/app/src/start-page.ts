import { readInvite } from '../../client/src/rooms/invite.ts'
import { element, setText } from './dom.ts'

/** What `/` shows without an invite: join with a link, or learn how to share. */
export function startPage(fault?: string): HTMLElement {
  const problem = element('p', { class: 'problem', role: 'alert', id: 'problem' }, fault || '')
  const field = element('input', {
    id: 'link', name: 'link', type: 'text', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false',
    placeholder: 'Paste the link', 'aria-describedby': 'problem', required: '',
  })
  const form = element('form', { class: 'join' }, element('label', { for: 'link' }, 'Join a session'), field, element('button', { type: 'submit' }, 'Join'), problem)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    setText(problem, join(field.value))
  })
  return element(
    'main',
    { class: 'start' },
    element('h1', {}, 'Roost'),
    element('p', { class: 'lead' }, 'Share live text straight from a terminal. Whoever has the link reads along.'),
    form,
    element(
      'section',
      {},
      element('h2', {}, 'Share something'),
      element('p', {}, 'Run one of these where Roost is installed, then let others scan the code it prints.'),
      commands('tail -f app.log | ./roost stream', './roost stream -- make test'),
    ),
  )
}

/** Goes to the session that a link or its code names; the answer is what is wrong with it. */
function join(text: string): string {
  const invite = readInvite(text)
  if (invite === 'damaged') return 'This link is damaged. Copy it again, in full.'
  if (invite === 'newer') return 'This link needs a newer version of this page.'
  const at = text.indexOf('#')
  const code = text.slice(at + 1).trim()
  const elsewhere = at > 0 ? originOf(text.slice(0, at).trim()) : undefined
  if (elsewhere && elsewhere !== location.origin) location.assign(`${elsewhere}/#${code}`)
  else location.hash = code
  return ''
}

function originOf(address: string): string | undefined {
  try {
    const { protocol, origin } = new URL(address)
    return protocol === 'http:' || protocol === 'https:' ? origin : undefined
  } catch {
    return undefined
  }
}

function commands(...lines: string[]): HTMLElement {
  return element('pre', {}, ...lines.map((line) => element('code', {}, line)))
}
