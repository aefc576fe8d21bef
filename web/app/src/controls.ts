import { element } from './dom.ts'

export function button(words: string, pressed: () => void, attributes: Record<string, string> = {}): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, words)
  made.addEventListener('click', pressed)
  return made
}

/** A field with its label above. */
export function labelled(label: string, field: HTMLElement, id: string): HTMLElement {
  field.id = id
  return element('div', { class: 'field' }, element('label', { for: id }, label), field)
}

/** What assistive technology says aloud when its text changes. */
export const spokenLine = (): HTMLElement => element('p', { class: 'spoken', role: 'status', 'aria-live': 'polite' })
