import { readInvite } from '../../client/src/rooms/invite.ts'
import { startPage } from './start-page.ts'
import { ViewerPage } from './viewer-page.ts'

let viewer: ViewerPage | undefined

/** One page, two faces: with an invite behind the `#` it reads a session, without one it is the start. */
function route(): void {
  viewer?.stop()
  viewer = undefined
  const invite = location.hash.length > 1 ? readInvite(location.hash) : undefined
  if (!invite || typeof invite === 'string') {
    document.title = 'Roost'
    const fault = invite === 'newer' ? 'This link needs a newer version of this page. Reload it, or ask whoever runs this hub to update.' : 'This link is damaged. Ask for it again and copy it in full.'
    return show(startPage(invite && fault))
  }
  viewer = new ViewerPage(invite)
  show(viewer.root)
  viewer.start().catch((error) => {
    document.title = 'Roost'
    show(startPage(`The page could not start: ${error instanceof Error ? error.message : error}. Reload it, or use a newer browser.`))
  })
}

function show(page: HTMLElement): void {
  const app = document.getElementById('app')!
  app.textContent = ''
  app.append(page)
}

addEventListener('hashchange', route)
route()
