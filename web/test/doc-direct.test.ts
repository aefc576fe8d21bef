import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { isPresence } from '../client/src/doc/presence-seal.ts'
import { readFeedFrame } from '../client/src/feeds/feed-frames.ts'
import type { Bytes } from '../client/src/codec/bytes.ts'
import { openPage, withoutWebRtc } from './chromium.ts'
import { browser, complaints, hub, newHubAt, withHub } from './with-hub.ts'

// One document in pages that link with one another, with a hub that can be looked into and ended.
withHub()

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

async function open(link: string, options: { before?: (page: Page) => Promise<unknown> } = {}): Promise<Page> {
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
  await newHubAt(port)
  const late = await open(link)
  await becomes(late, written)
  await isLinked(late, 2)
  await write(late, '.')
  for (const page of [ada, bob]) await becomes(page, `${written}.`)
}, LIMIT)

test('links that die in mid-flight lose nothing and double nothing, with and without a hub', async () => {
  const { page: ada, link } = await create()
  // The page's own connections, for the test to cut.
  const bob = await open(link, {
    before: (page) =>
      page.addInitScript(() => {
        const made: RTCPeerConnection[] = []
        const Real = RTCPeerConnection
        Object.assign(globalThis, { made, RTCPeerConnection: class extends Real { constructor(config?: RTCConfiguration) { super(config); made.push(this) } } })
      }),
  })
  const cut = (): Promise<void> => bob.evaluate(() => (globalThis as unknown as { made: RTCPeerConnection[] }).made.forEach((pc) => pc.close()))
  await Promise.all([isLinked(ada), isLinked(bob)])
  const words = (text: string): string[] => text.split(' ').filter(Boolean).sort()
  const expected: string[] = []
  const both = async (from: number, to: number): Promise<void> => {
    for (const page of [ada, bob]) await sheet(page).evaluate((area: HTMLTextAreaElement) => area.setSelectionRange(0, 0))
    for (let n = from; n < to; n++) {
      for (const [page, name] of [[ada, 'a'], [bob, 'b']] as const) {
        expected.push(`${name}${n}`)
        await sheet(page).focus()
        await page.keyboard.insertText(`${name}${n} `)
      }
      if (n === from + 10) await cut()
    }
  }
  await both(0, 30)
  for (const page of [ada, bob]) await expect.poll(async () => words(await text(page)), PATIENCE).toEqual([...expected].sort())
  expect(await text(bob)).toBe(await text(ada))
  await Promise.all([isLinked(ada), isLinked(bob)])
  // Nobody carries anything now until the next hub: what was in the link is made good then.
  const port = hub.usedPort
  await hub.stop()
  await both(30, 60)
  await newHubAt(port)
  for (const page of [ada, bob]) await expect.poll(async () => words(await text(page)), PATIENCE).toEqual([...expected].sort())
  expect(await text(bob)).toBe(await text(ada))
  await Promise.all([isLinked(ada), isLinked(bob)])
}, LIMIT)

test('a third that reads over the hub misses nothing, nor does a page that reloads or comes back', async () => {
  const { page: ada, link, readOnly } = await create()
  await write(ada, 'one ')
  const bob = await open(link)
  await Promise.all([isLinked(ada), isLinked(bob)])
  const reader = await open(readOnly, { before: withoutWebRtc })
  await becomes(reader, 'one ')
  await write(bob, 'two ')
  for (const page of [ada, reader]) await becomes(page, 'one two ')
  expect(await reader.locator('.people .path').allInnerTexts()).toEqual(['via the hub', 'via the hub'])
  await bob.reload()
  await becomes(bob, 'one two ')
  await isLinked(bob)
  await write(bob, 'three ')
  for (const page of [ada, reader]) await becomes(page, 'one two three ')
  // The page that went away is gone from the list, however its link ended.
  await expect.poll(() => ada.locator('.people li').count(), PATIENCE).toBe(2)
  const port = hub.usedPort
  await hub.stop()
  await write(ada, 'four ')
  await becomes(bob, 'one two three four ')
  expect(await text(reader)).toBe('one two three ')
  await newHubAt(port)
  await becomes(reader, 'one two three four ')
}, LIMIT)

test('a read-only link reads on over its links, and two tabs of one person are two members', async () => {
  const { page: ada, link, readOnly } = await create()
  const tab = await ada.context().newPage()
  await tab.goto(link)
  const reader = await open(readOnly)
  await isLinked(ada, 2)
  await isLinked(tab, 2)
  await isLinked(reader, 2)
  await hub.stop()
  await write(ada, 'to read ')
  await becomes(reader, 'to read ')
  await becomes(tab, 'to read ')
  await write(tab, 'in tabs')
  for (const page of [ada, reader]) await becomes(page, 'to read in tabs')
  expect(await sheet(reader).evaluate((area) => (area as HTMLTextAreaElement).readOnly)).toBe(true)
}, LIMIT)
