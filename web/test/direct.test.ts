import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { readFeedFrame } from '../client/src/feeds/feed-frames.ts'
import { openPage, withoutWebRtc } from './chromium.ts'
import { browser, complaints, hub, newHubAt, withHub } from './with-hub.ts'

// Sessions page to page over WebRTC, with a hub that can be looked into and ended.
withHub()

const PATIENCE = { timeout: 30_000 }

async function hostPage(): Promise<{ page: Page; link: string }> {
  const page = await openPage(browser, complaints)
  await page.goto(`${hub.url}/`)
  await page.getByRole('link', { name: 'Share from this page' }).click()
  await page.locator('.state[data-tone=live]').waitFor(PATIENCE)
  return { page, link: await page.locator('.session-link').inputValue() }
}

async function viewerOf(link: string, knowsWebRtc = true): Promise<Page> {
  const page = await openPage(browser, complaints)
  if (!knowsWebRtc) await withoutWebRtc(page)
  await page.goto(link)
  return page
}

async function share(page: Page, text: string): Promise<void> {
  await page.locator('#compose').fill(text)
  await page.getByRole('button', { name: 'Share text' }).click()
}

const isLinked = (page: Page, row = page.locator('.path')): Promise<void> => row.getByText(/(on this network|directly) · [\d.]+ ms/).first().waitFor(PATIENCE)
const text = (page: Page): Promise<string> => page.locator('.md').evaluate((log) => log.textContent || '')
/** Texts that the hub was given to carry since. */
const carried = (from: number): number =>
  hub.heard.slice(from).filter((bytes) => {
    const payload = bytes[0] === 0x0a ? bytes.slice(17) : bytes[0] === 0x0b ? bytes.slice(37) : undefined
    return payload && readFeedFrame(payload as Uint8Array<ArrayBuffer>)?.type === 'live'
  }).length

test('pages link directly, both say so, and the hub carries no text any more', async () => {
  const { page, link } = await hostPage()
  await share(page, 'over the hub at first')
  const viewer = await viewerOf(link)
  await viewer.getByText('over the hub at first').waitFor(PATIENCE)
  await isLinked(viewer)
  await isLinked(page)
  const before = hub.heard.length
  await share(page, 'page to page')
  await viewer.getByText('page to page').waitFor(PATIENCE)
  expect(carried(before)).toBe(0)
  await page.getByText('up to date').waitFor(PATIENCE)
})

test('a linked page reads on without a hub, and one that came by the hub catches up with the next', async () => {
  const { page, link } = await hostPage()
  const [linked, other] = await Promise.all([viewerOf(link), viewerOf(link, false)])
  await share(page, 'first')
  await Promise.all([linked, other].map((viewer) => viewer.getByText('first').waitFor(PATIENCE)))
  await isLinked(linked)
  expect(await other.locator('.path').innerText()).toBe('via the hub')
  const port = hub.usedPort
  await hub.stop()
  await other.getByText('Connection lost').first().waitFor(PATIENCE)
  await share(page, 'second')
  await linked.getByText('second').waitFor(PATIENCE)
  expect(await linked.locator('.state').getAttribute('data-tone')).toBe('live')
  expect(await page.locator('.total').innerText()).toBe('1')
  await newHubAt(port)
  await other.getByText('second').waitFor(PATIENCE)
  await share(page, 'third')
  for (const viewer of [linked, other]) {
    await viewer.getByText('third').waitFor(PATIENCE)
    expect((await text(viewer)).match(/first|second|third/g)).toEqual(['first', 'second', 'third'])
  }
})

test('a link that dies takes nothing with it', async () => {
  const { page, link } = await hostPage()
  // The page's own connections, for the test to cut.
  const viewer = await openPage(browser, complaints)
  await viewer.addInitScript(() => {
    const made: RTCPeerConnection[] = []
    const Real = RTCPeerConnection
    Object.assign(globalThis, { made, RTCPeerConnection: class extends Real { constructor(config?: RTCConfiguration) { super(config); made.push(this) } } })
  })
  await viewer.goto(link)
  await share(page, 'word 0')
  await isLinked(viewer)
  for (let n = 1; n <= 60; n++) {
    await share(page, `word ${n}`)
    if (n === 20) await viewer.evaluate(() => (globalThis as unknown as { made: RTCPeerConnection[] }).made.forEach((pc) => pc.close()))
  }
  await viewer.getByText('word 60').waitFor(PATIENCE)
  expect((await text(viewer)).match(/\d+/g)).toEqual([...Array(61).keys()].map(String))
  await isLinked(viewer)
})

test('a late viewer reads all of it, and a reload of either page loses nothing', async () => {
  const { page, link } = await hostPage()
  const viewer = await viewerOf(link)
  const words = Array.from({ length: 4_000 }, (_, n) => `w${n}${n % 20 ? '' : '\n\n'}`).join(' ')
  await share(page, `${words} end-of-first`)
  await viewer.getByText('end-of-first').waitFor(PATIENCE)
  await isLinked(viewer)
  await viewer.reload()
  await viewer.getByText('end-of-first').waitFor(PATIENCE)
  await isLinked(viewer)
  await page.reload()
  await page.locator('.state[data-tone=live]').waitFor(PATIENCE)
  await share(page, 'after the reload')
  await viewer.getByText('after the reload').waitFor(PATIENCE)
  const late = await viewerOf(link)
  await late.getByText('after the reload').waitFor(PATIENCE)
  await isLinked(late)
  expect((await text(late)).match(/w\d+/g)).toHaveLength(4_000)
  expect((await text(viewer)).match(/w\d+/g)).toHaveLength(4_000)
})

test('a question reaches the host over the link, without a hub', async () => {
  const { page, link } = await hostPage()
  await page.getByLabel('Viewers may ask').check()
  const viewer = await viewerOf(link)
  await viewer.getByLabel('Ask the host').first().waitFor(PATIENCE)
  await share(page, 'ask me')
  await isLinked(viewer)
  await isLinked(page)
  await hub.stop()
  await viewer.getByRole('textbox', { name: 'Ask the host' }).fill('is anybody there?')
  await viewer.keyboard.press('Enter')
  await page.getByText('is anybody there?').waitFor(PATIENCE)
})
