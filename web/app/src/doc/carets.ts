import { element } from '../dom.ts'
import type { Person } from './shared-document.ts'

/** Lies under the field with the same letters, unseen: it makes the field as tall as its text, and shows where others are. */
export class Carets {
  readonly root = element('div', { class: 'carets', 'aria-hidden': 'true', dir: 'auto' })

  draw(text: string, people: Person[]): void {
    const marks = people.filter(({ at }) => at !== undefined && at <= text.length).sort((a, b) => a.at! - b.at!)
    const parts: (Node | string)[] = []
    let from = 0
    for (const person of marks) {
      parts.push(text.slice(from, person.at))
      from = person.at!
      parts.push(caret(person))
    }
    parts.push(text.slice(from) + '\u200b') // a last line that is empty has its height too
    this.root.textContent = ''
    this.root.append(...parts)
  }
}

function caret({ name, color }: Person): HTMLElement {
  const mark = element('span', { class: 'caret', 'data-name': name || '?' })
  mark.style.setProperty('--of', color)
  return mark
}
