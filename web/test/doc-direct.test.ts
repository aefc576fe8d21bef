import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { isPresence } from '../client/src/doc/presence-seal.ts'
import { readFeedFrame } from '../client/src/feeds/feed-frames.ts'
import type { Bytes } from '../client/src/codec/bytes.ts'
import { launchChromium, openPage } from './chromium.ts'
import { HubDouble } from './hub-double.ts'

// One document in pages that link with one another, with a hub that can be looked into and ended.
let browser: Browser
let hub: HubDouble
let complaints: string[]

beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())
beforeEach(async () => {
  complaints = []
  hub = await new HubDouble().start()
})
afterEach(async () => {
  await Promise.all(browser.contexts().map((context: BrowserContext) => context.close()))
  await hub.stop()
  expect(complaints).toEqual([])
})

/** A link that could not be had at once is tried again after half a minute: a loaded machine may need that. */
const PATIENCE = { timeout: 100_000 }
const LIMIT = 240_000

const sheet = (page: Page) => page.locator('#document')
const text = (page: Page): Promise<string> => sheet(page).inputValue()
const becomes = (page: Page, expected: string): Promise<void> => expect.poll(() => text(page), PATIENCE).toBe(expected)
/** Writes at the end, as a person does: what others wrote meanwhile stays. */
async function write(page: Page, words: string): Promise<void> {
  await sheet(page).click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type(words)
}
/** So many of those who are here are linked with directly. */
const isLinked = (page: Page, count = 1): Promise<void> => expect.poll(() => page.locator('.people .path').filter({ hasText: /(on this network|directly) · [\d.]+ ms/ }).count(), PATIENCE).toBe(count)

async function open(link: string, options: { before?: (page: Page) => Promise<void> } = {}): Promise<Page> {
  const page = await openPage(browser, complaints)
  await options.before?.(page)
  await page.goto(link)
  await page.locator('.doc[data-caught-up=true] .state[data-tone=live]').waitFor(PATIENCE)
  return page
}

async function create(): Promise<{ page: Page; link: string; readOnly: string }> {
  const page = await open(`${hub.url}/#/doc/new`)
  const [link, readOnly] = await page.locator('.links input').evaluateAll((fields) => fields.map((field) => (field as HTMLInputElement).value))
  return { page, link, readOnly }
}

/** Frames of text or presence that the hub was given to carry since. */
const carried = (from: number): number =>
  hub.heard.slice(from).filter((bytes) => {
    const payload = (bytes[0] === 0x0a ? bytes.slice(17) : bytes[0] === 0x0b ? bytes.slice(37) : undefined) as Bytes | undefined
    return payload && (isPresence(payload) || readFeedFrame(payload)?.type === 'live')
  }).length

test('two pages link, say so, and write on and converge without a hub', async () => {
  const { page: ada, link } = await create()
  await write(ada, 'Hello ')
  const bob = await open(link)
  await becomes(bob, 'Hello ')
  await Promise.all([isLinked(ada), isLinked(bob)])
  const before = hub.heard.length
  await write(bob, 'world')
  await becomes(ada, 'Hello world')
  expect(carried(before)).toBe(0)
  const port = hub.usedPort
  await hub.stop()
  for (const page of [ada, bob]) await page.getByText('The hub is away').waitFor(PATIENCE)
  await Promise.all([write(ada, ' [ada]'), write(bob, ' [bob]')])
  await expect.poll(async () => (await text(ada)).length, PATIENCE).toBe('Hello world [ada] [bob]'.length)
  await expect.poll(async () => (await text(bob)) === (await text(ada)), PATIENCE).toBe(true)
  expect(await ada.locator('.state').getAttribute('data-tone')).toBe('live')
  const written = await text(ada)
  hub = await new HubDouble().start(port)
  const late = await open(link)
  await becomes(late, written)
  await isLinked(late, 2)
  await write(late, '.')
  for (const page of [ada, bob]) await becomes(page, `${written}.`)
}, LIMIT)
