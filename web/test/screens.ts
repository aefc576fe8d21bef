import type { Browser, Page } from 'playwright-core'
import { openPage } from './chromium.ts'
import { HostDouble } from './host-double.ts'
import type { HubDouble } from './hub-double.ts'

export const ANSWER = `## How hubs find each other

Every hub keeps a **full list** of the others and gossips changes. A peer’s lease lives on five of them, chosen by *rendezvous hashing*:

\`\`\`ts
const owners = hubs
  .map((hub) => ({ hub, weight: hash(salt, hub.id, peer) }))
  .sort((a, b) => b.weight - a.weight)
  .slice(0, 5) // any one of them knows where the peer is
\`\`\`

| hub | region | peers |
|-----|--------|------:|
| otus | eu-west | 412 |
| strix | us-east | 388 |

- [x] no hub is special
- [x] any of them may vanish
- [ ] read the [whole story](https://example.org/mesh)

> Nothing is lost while you are away: a reader asks from where it was.
`

const LOG = '\x1b[2m12:04:01\x1b[0m \x1b[32m✔\x1b[0m restored 14 projects\n\x1b[2m12:04:09\x1b[0m \x1b[33mwarning\x1b[0m CS1591: missing comment in \x1b[36mHubCore.cs\x1b[0m\n\x1b[2m12:04:12\x1b[0m \x1b[32m✔\x1b[0m 812 tests passed\n\x1b[2m12:04:12\x1b[0m \x1b[31m✘ 1 failed\x1b[0m \x1b[1mRelay_keeps_bytes\x1b[0m\n'

/** Every screen of the app, as somebody would meet it. Returns the pages that are to be looked at, with a name each. */
export async function eachScreen(browser: Browser, hub: HubDouble, complaints: string[], options: Parameters<Browser['newContext']>[0], look: (name: string, page: Page) => Promise<void>): Promise<void> {
  const page = await openPage(browser, complaints, options)
  await page.goto(`${hub.url}/#/host/new`)
  await page.locator('.state[data-tone=live]').waitFor()
  await page.locator('input.title').fill('Tuesday’s model talk')
  const reader = await openPage(browser, complaints, {})
  await reader.goto(await page.locator('.session-link').inputValue())
  await page.locator('#compose').fill(ANSWER)
  await page.locator('.compose .primary').click()
  await reader.locator('.md table').waitFor()
  await page.locator('.lag[data-tone=live]').waitFor()
  await page.locator('.hl-keyword').first().waitFor()
  await page.evaluate(() => ((document.activeElement as HTMLElement).blur(), scrollTo(0, 0)))
  await look('host', page)
  await page.locator('.model summary').click()
  await look('model', page)
  await page.locator('button.qr').click()
  await page.locator('dialog.large').waitFor()
  await look('code', page)
  await page.keyboard.press('Escape')
  await page.locator('.host header .tools button').nth(1).click()
  await page.locator('dialog.sure').waitFor()
  await look('end', page)
  await page.keyboard.press('Escape')
  await page.goto(`${hub.url}/`)
  await page.locator('.recent li').waitFor()
  await look('start', page)
  await page.goto(`${hub.url}/#/scan`)
  await page.locator('.blind').waitFor()
  await look('no-camera', page)
  await documentScreen(browser, hub, complaints, options, look)
  await session('viewer', { title: 'How do hubs find each other?', format: 'md', ask: true }, ANSWER, async (view) => {
    await view.locator('.hl-keyword').first().waitFor()
    await view.locator('.ask').waitFor()
    await view.locator('.menu').waitFor()
  })
  await session('search', { title: 'How do hubs find each other?', format: 'md' }, ANSWER, async (view) => {
    await view.locator('.md').getByText('gossips').waitFor()
    await view.keyboard.press('/')
    await view.locator('.search input').fill('hub')
    await view.locator('.search p', { hasText: '1' }).waitFor()
  })
  await session('log', { title: 'make test', format: 'ansi' }, LOG.repeat(3), (view) => view.locator('.fg1').first().waitFor())

  async function session(name: string, meta: Record<string, unknown>, text: string, ready: (view: Page) => Promise<void>): Promise<void> {
    const host = await HostDouble.create(meta)
    await host.connect(hub.url)
    await host.text(text)
    const view = await openPage(browser, complaints, options)
    await view.goto(host.linkAt(hub.url))
    await view.locator('.state[data-tone=live]').waitFor()
    await ready(view)
    await view.evaluate(() => scrollTo(0, 0))
    await look(name, view)
    host.disconnect()
  }
}

const PLAN = `Release on Friday

 1. Ada: the changelog
 2. Bob: try it on a phone without a network
 3. everybody: read the page about documents

What is missing?
 - a picture of the terminal
`

/** Two people in one document, as one of them sees it. */
export async function documentScreen(browser: Browser, hub: HubDouble, complaints: string[], options: Parameters<Browser['newContext']>[0], look: (name: string, page: Page) => Promise<void>): Promise<void> {
  const page = await openPage(browser, complaints, options)
  await page.goto(`${hub.url}/#/doc/new`)
  await page.locator('.doc[data-caught-up=true] .state[data-tone=live]').waitFor()
  await page.locator('input.title').fill('Release notes')
  await page.locator('#your-name').fill('Ada')
  await page.locator('#document').fill(PLAN)
  const other = await openPage(browser, complaints, {})
  await other.goto(await page.locator('.links input').first().inputValue())
  await other.locator('.doc[data-caught-up=true] .state[data-tone=live]').waitFor()
  await other.locator('#your-name').fill('Bob')
  await other.locator('#your-name').blur()
  await other.locator('#document').evaluate((area: HTMLTextAreaElement) => {
    area.focus()
    const at = area.value.indexOf('without')
    area.setSelectionRange(at, at)
  })
  await page.locator('.caret[data-name=Bob]').waitFor({ state: 'attached' })
  await page.locator('.people li', { hasText: 'Bob' }).waitFor()
  await page.locator('.links summary').first().click()
  await page.evaluate(() => ((document.activeElement as HTMLElement).blur(), scrollTo(0, 0)))
  await look('document', page)
}
