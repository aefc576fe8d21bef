import { describe, expect, test } from 'vitest'
import { AppPage } from './app-page.ts'
import { browser, complaints, hub, withHub } from './with-hub.ts'

withHub()

const open = (url = hub.url): Promise<AppPage> => AppPage.open(browser, url, complaints)

/** Opens pages, one after the other, into one room, and waits until everyone is ready for everyone. */
async function meet(count: number, config: Record<string, unknown> = {}, url = hub.url): Promise<{ pages: AppPage[]; ids: string[] }> {
  const pages = await Promise.all(Array.from({ length: count }, () => open(url)))
  const ids: string[] = []
  for (const page of pages) ids.push(await page.join('room123', config))
  for (const page of pages) await expect.poll(async () => new Set(await page.read('ready')).size, { timeout: 15_000 }).toBe(count - 1)
  return { pages, ids }
}

describe.each([
  ['localhost', (url: string) => url],
  ['a plain http name', (url: string) => url.replace('localhost', 'lan.test')],
])('on %s', (_, at) => {
  test.each([2, 3, 5])('%i pages meet and everyone hears everyone, once', async (count) => {
    const { pages } = await meet(count, {}, at(hub.url))
    for (let i = 0; i < count; i++) {
      const results = await pages[i].send(`hello from ${i}`)
      expect(results.map((result) => result.success)).toEqual(Array(count - 1).fill(true))
    }
    for (let i = 0; i < count; i++) {
      const expected = pages.map((_, j) => `hello from ${j}`).filter((_, j) => j !== i)
      await expect.poll(async () => (await pages[i].contents()).sort()).toEqual(expected)
    }
    expect(new Set(await pages[0].read('paths'))).toEqual(new Set(['local']))
  })
})
