import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openPage, withoutWebRtc } from './chromium.ts'
import { browser, complaints, hub, newHubAt, withHub } from './with-hub.ts'

withHub()

const sheet = (page: Page) => page.locator('#document')
const text = (page: Page): Promise<string> => sheet(page).inputValue()
const live = (page: Page) => page.locator('.doc[data-caught-up=true] .state[data-tone=live]').waitFor()

/** Makes a document on a page of its own; gives its link too. */
async function create(isLinking = true): Promise<{ page: Page; link: string; readOnly: string }> {
  const page = await openPage(browser, complaints)
  if (!isLinking) await withoutWebRtc(page)
  await page.goto(`${hub.url}/#/doc/new`)
  await live(page)
  const [link, readOnly] = await page.locator('.links input').evaluateAll((fields) => fields.map((field) => (field as HTMLInputElement).value))
  return { page, link, readOnly }
}

async function join(link: string, isLinking = true): Promise<Page> {
  const page = await openPage(browser, complaints)
  if (!isLinking) await withoutWebRtc(page)
  await page.goto(link)
  await live(page)
  return page
}

/** What the browser has on its disk of changes that are in no feed yet, and entries in feeds. */
const stored = (page: Page): Promise<{ entries: number; pending: number }> =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('roost-docs')
        opening.onerror = () => reject(opening.error)
        opening.onsuccess = () => {
          const transaction = opening.result.transaction(['entries', 'pending'])
          const [entries, pending] = [transaction.objectStore('entries').count(), transaction.objectStore('pending').count()]
          transaction.oncomplete = () => (opening.result.close(), resolve({ entries: entries.result, pending: pending.result }))
        }
      }),
  )

test('two people write at once, see each other, and undo only what they wrote themselves', async () => {
  const { page: ada, link } = await create()
  await ada.locator('#your-name').fill('Ada')
  await ada.locator('#your-name').blur()
  const bob = await join(link)
  await bob.locator('#your-name').fill('Bob')
  await bob.locator('#your-name').blur()
  await sheet(ada).click()
  await ada.keyboard.type('Hello ')
  await expect.poll(() => text(bob)).toBe('Hello ')
  await sheet(bob).click()
  await bob.keyboard.press('Control+End')
  await bob.keyboard.type('world')
  await expect.poll(() => text(ada)).toBe('Hello world')
  await ada.locator('.people').getByText('Bob').waitFor()
  await bob.locator('.people').getByText('Ada').waitFor()
  await ada.locator('.caret[data-name=Bob]').waitFor({ state: 'attached' })
  await sheet(ada).click()
  await ada.keyboard.press('Control+z')
  await expect.poll(() => text(bob)).toBe('world')
  expect(await text(ada)).toBe('world')
  await ada.keyboard.press('Control+Shift+z')
  await expect.poll(() => text(bob)).toBe('Hello world')
  await ada.context().close()
  await bob.locator('.people').getByText('Ada').waitFor({ state: 'detached' })
})

test('the cursor stays where it is while others write before and behind it', async () => {
  const { page: ada, link } = await create()
  await sheet(ada).click()
  await ada.keyboard.type('middle')
  const bob = await join(link)
  await expect.poll(() => text(bob)).toBe('middle')
  await ada.keyboard.press('Home')
  for (let i = 0; i < 3; i++) await ada.keyboard.press('ArrowRight')
  await sheet(bob).click()
  await bob.keyboard.press('Control+Home')
  await bob.keyboard.type('>>')
  await bob.keyboard.press('Control+End')
  await bob.keyboard.type('<<')
  await expect.poll(() => text(ada)).toBe('>>middle<<')
  await ada.keyboard.type('|')
  await expect.poll(() => text(bob)).toBe('>>mid|dle<<')
})

test('a read-only link reads along and cannot write; the seed to write is not in it', async () => {
  const { page: ada, link, readOnly } = await create()
  const reader = await join(readOnly)
  await sheet(ada).click()
  await ada.keyboard.type('for all to read')
  await expect.poll(() => text(reader)).toBe('for all to read')
  expect(await sheet(reader).evaluate((area) => (area as HTMLTextAreaElement).readOnly)).toBe(true)
  await sheet(reader).click()
  await reader.keyboard.type('x')
  expect(await text(reader)).toBe('for all to read')
  expect(await reader.locator('.links input').count()).toBe(1)
  await ada.getByText('Invite to write').click()
  await ada.getByRole('heading', { name: 'Scan to write along' }).waitFor()
  await ada.getByText('Invite to read').click()
  await ada.getByRole('heading', { name: 'Scan to read along' }).waitFor()
  const [secret, seed] = [link.split('#')[1].slice(24), readOnly.split('#')[1].slice(24)]
  expect(secret).not.toBe(seed)
})

test('what is written without a hub is kept over a reload and merges when the hub is back', async () => {
  const { page: ada, link } = await create(false)
  const bob = await join(link, false)
  await sheet(ada).click()
  await ada.keyboard.type('together. ')
  await expect.poll(() => text(bob)).toBe('together. ')
  const port = hub.usedPort
  await hub.stop()
  await ada.locator('.state[data-tone=wait]').waitFor()
  await ada.keyboard.press('Control+End')
  await ada.keyboard.type('Ada alone. ')
  await sheet(bob).click()
  await bob.keyboard.press('Control+Home')
  await bob.keyboard.type('Bob alone. ')
  await expect.poll(async () => (await stored(ada)).pending).toBe(0)
  await newHubAt(port)
  for (const page of [ada, bob]) await page.reload()
  for (const page of [ada, bob]) await live(page)
  await expect.poll(() => text(ada)).toBe('Bob alone. together. Ada alone. ')
  await expect.poll(() => text(bob)).toBe('Bob alone. together. Ada alone. ')
})

test('a reload right behind the last key loses nothing, though nobody else is there', async () => {
  const { page } = await create()
  let expected = ''
  for (let i = 0; i < 5; i++) {
    await sheet(page).click()
    await page.keyboard.press('Control+End')
    await page.keyboard.type(`word${i} `)
    expected += `word${i} `
    await page.reload()
    await live(page)
    expect(await text(page)).toBe(expected)
  }
  // Each visit that wrote is a feed of its own: no epoch is continued, no nonce used twice.
  await expect.poll(async () => (await stored(page)).pending).toBe(0)
})

test('a late joiner gets all from whoever is there, and from the reader alone when the writers are gone', async () => {
  const { page: ada, link, readOnly } = await create()
  await sheet(ada).click()
  await ada.keyboard.type('kept by a reader')
  const reader = await join(readOnly)
  await expect.poll(() => text(reader)).toBe('kept by a reader')
  await ada.context().close()
  const late = await join(link)
  await expect.poll(() => text(late)).toBe('kept by a reader')
})

test('the hub sees neither text nor name nor title', async () => {
  const { page: ada, link } = await create()
  await ada.locator('input.title').fill('canary-title')
  await ada.locator('#your-name').fill('canary-name')
  await ada.locator('#your-name').blur()
  await sheet(ada).click()
  await ada.keyboard.type('canary-text')
  const bob = await join(link)
  await expect.poll(() => text(bob)).toBe('canary-text')
  await bob.locator('.people').getByText('canary-name').waitFor()
  expect(await bob.locator('input.title').inputValue()).toBe('canary-title')
  const heard = Buffer.concat(hub.heard.map((bytes) => Buffer.from(bytes))).toString('latin1')
  expect(heard.length).toBeGreaterThan(1_000)
  expect(heard).not.toMatch(/canary|word/)
  expect(heard).not.toContain(link.split('#')[1])
})

test('markup, bidi tricks and control characters in names stay text', async () => {
  const { page: ada, link } = await create()
  await ada.locator('#your-name').fill('<img src=x onerror=alert(1)>\u202e')
  await ada.locator('#your-name').blur()
  const bob = await join(link)
  await bob.locator('.people').getByText('<img src=x onerror=alert(1)>').waitFor()
  expect(await bob.locator('.people img').count()).toBe(0)
})

test('a document’s link can be pasted on the start page, which remembers it as a document', async () => {
  const { page: ada, link } = await create()
  await sheet(ada).click()
  await ada.keyboard.type('found again')
  const bob = await openPage(browser, complaints)
  await bob.goto(hub.url)
  await bob.getByLabel('Join a session').fill(link)
  await bob.keyboard.press('Enter')
  await expect.poll(() => text(bob)).toBe('found again')
  await bob.getByRole('link', { name: 'Start page' }).click()
  await bob.locator('.recent li', { hasText: 'opened by you' }).click()
  await expect.poll(() => text(bob)).toBe('found again')
  await bob.goto(`${hub.url}/#${link.split('#')[1].slice(0, -3)}`)
  await bob.getByText('This link is damaged').waitFor()
})
