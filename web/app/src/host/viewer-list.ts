import type { HostStatus } from '../../../client/src/host/host-core.ts'
import { element, setText } from '../dom.ts'
import { pathWords } from '../words.ts'
import { count, t } from '../words/words.ts'

/** Who reads, by which way, and how far behind. */
export class ViewerList {
  readonly root: HTMLElement
  private readonly list = element('ul')
  private readonly total = element('span', { class: 'total' }, '0')
  private readonly nobody = element('p', {}, t('noViewers'))
  private readonly rows = new Map<string, { row: HTMLElement; path: HTMLElement; lag: HTMLElement }>()
  private named = 0

  constructor() {
    this.root = element('section', { class: 'viewers', 'aria-labelledby': 'viewers-title' }, element('h2', { id: 'viewers-title' }, t('viewers'), ' ', this.total), this.nobody, this.list)
  }

  show({ count: total, viewers }: HostStatus): void {
    setText(this.total, String(total))
    this.nobody.hidden = total > 0
    const here = new Set(viewers.map(({ peer }) => peer))
    this.rows.forEach(({ row }, peer) => {
      if (here.has(peer)) return
      row.remove()
      this.rows.delete(peer)
    })
    for (const { peer, behind, via } of viewers) {
      const { path, lag } = this.rows.get(peer) || this.add(peer)
      setText(path, pathWords(via))
      setText(lag, behind > 0 ? count('behind', behind) : t('upToDate'))
      lag.dataset.tone = behind > 0 ? 'wait' : 'live'
    }
  }

  private add(peer: string): { row: HTMLElement; path: HTMLElement; lag: HTMLElement } {
    const lag = element('span', { class: 'lag' })
    const path = element('span', { class: 'path' })
    const row = element('li', {}, element('span', { title: peer }, t('viewer', { i: ++this.named })), path, lag)
    this.list.append(row)
    this.rows.set(peer, { row, path, lag })
    return { row, path, lag }
  }
}
