import { readInvite } from '../../client/src/rooms/invite.ts'
import { startPage } from './start/start-page.ts'
import { ViewerPage } from './viewer-page.ts'
import { loadLanguage, t } from './words/words.ts'

interface Page {
  root: HTMLElement
  start?(): Promise<void>
  stop?(): void
}

let current: Page | undefined
let turn = 0

/** One page, several faces. What stands behind the `#` says which; an invite there is a session to read. */
async function route(): Promise<void> {
  const mine = ++turn
  current?.stop?.()
  current = undefined
  document.title = 'Roost'
  try {
    const page = await pageFor(location.hash)
    if (mine !== turn) return page.stop?.()
    show(page)
    await page.start?.()
  } catch (error) {
    document.title = 'Roost'
    show({ root: startPage({ fault: t('startFailed', { why: error instanceof Error ? error.message : String(error) }) }) })
  }
}

async function pageFor(hash: string): Promise<Page> {
  if (hash.startsWith('#/host')) {
    const { HostPage } = await import('./host/host-page.ts')
    return HostPage.open(hash.slice('#/host/'.length))
  }
  if (hash === '#/scan') {
    const { ScanPage } = await import('./scan/scan-page.ts')
    return new ScanPage()
  }
  if (hash.length <= 1) return { root: startPage({ relabel: () => void route() }) }
  const invite = readInvite(hash)
  if (typeof invite !== 'string') return new ViewerPage(invite, hash.slice(1))
  return { root: startPage({ fault: t(invite === 'newer' ? 'newerLink' : 'damagedLink') }) }
}

function show(page: Page): void {
  current = page
  const app = document.getElementById('app')!
  app.textContent = ''
  app.append(page.root)
}

addEventListener('hashchange', () => void route())
void loadLanguage().then(route)
if ('serviceWorker' in navigator) addEventListener('load', () => void navigator.serviceWorker.register('/sw.js').catch(() => undefined))
