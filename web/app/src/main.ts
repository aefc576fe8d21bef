import { readInvite } from '../../client/src/rooms/invite.ts'
import { isDocumentCode } from './document-code.ts'
import { element } from './dom.ts'
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
    show(await start({ fault: t('startFailed', { why: error instanceof Error ? error.message : String(error) }) }))
  }
}

async function pageFor(hash: string): Promise<Page> {
  if (hash.startsWith('#/host')) {
    const [{ HostPage }] = await Promise.all([import('./host/host-page.ts'), loadPagesStyle()])
    return HostPage.open(hash.slice('#/host/'.length))
  }
  if (hash === '#/scan') {
    const [{ ScanPage }] = await Promise.all([import('./scan/scan-page.ts'), loadPagesStyle()])
    return new ScanPage()
  }
  if (hash.startsWith('#/doc') || isDocumentCode(hash.slice(1))) {
    const [{ DocPage }] = await Promise.all([import('./doc/doc-page.ts'), loadPagesStyle()])
    return DocPage.open(hash)
  }
  if (hash.length <= 1) return start({ relabel: () => void route() })
  const invite = readInvite(hash)
  if (typeof invite !== 'string') return new ViewerPage(invite, hash.slice(1))
  return start({ fault: t(invite === 'newer' ? 'newerLink' : 'damagedLink') })
}

async function start(options: { fault?: string; relabel?: () => void }): Promise<Page> {
  const { startPage } = await import('./start/start-page.ts')
  return { root: startPage(options) }
}

/** What only the host's page and the scanner look like: viewers never load it. */
function loadPagesStyle(): Promise<unknown> {
  const href = document.querySelector<HTMLMetaElement>('meta[name=roost-pages-style]')!.content
  if (document.querySelector(`link[href="${href}"]`)) return Promise.resolve()
  const link = element('link', { rel: 'stylesheet', href })
  document.head.append(link)
  return new Promise((done) => (link.onload = link.onerror = done))
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
