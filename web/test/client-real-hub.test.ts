import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AppPage } from './app-page.ts'
import { launchChromium } from './chromium.ts'
import { HubDouble } from './hub-double.ts'
import { RealHub } from './real-hub.ts'

let browser: Browser
let hub: RealHub
let pages: HubDouble // serves the test's own page; the hub under test is the real one

beforeAll(async () => {
  ;[browser, hub, pages] = await Promise.all([launchChromium(), RealHub.start(), new HubDouble().start()])
}, 300_000)
afterAll(async () => {
  await browser.close()
  await Promise.all([hub.stop(), pages.stop()])
})

async function meet(count: number, room: string, webrtc: object = {}): Promise<AppPage[]> {
  const complaints: string[] = []
  const all = await Promise.all(Array.from({ length: count }, () => AppPage.open(browser, pages.url, complaints)))
  for (const page of all) await page.join(room, { signalingServer: hub.url, webrtc })
  for (const page of all) await expect.poll(async () => new Set(await page.read('ready')).size, { timeout: 20_000 }).toBe(count - 1)
  expect(complaints).toEqual([])
  return all
}

test.each([2, 5])('%i pages meet through ./roost hub and everyone hears everyone', async (count) => {
  const all = await meet(count, `room of ${count}`)
  for (let i = 0; i < count; i++) await all[i].send(i)
  for (let i = 0; i < count; i++) {
    const expected = all.map((_, j) => j).filter((j) => j !== i)
    await expect.poll(async () => (await all[i].contents()).sort()).toEqual(expected)
  }
  await Promise.all(all.map((page) => page.page.context().close()))
})

test('messages that WebRTC cannot carry go sealed through ./roost hub', async () => {
  const [a, b] = await meet(2, 'relayed', { relay: 'only' })
  await a.send('z'.repeat(200_000))
  await expect.poll(async () => (await b.contents()).map((content) => content.length)).toEqual([200_000])
  await Promise.all([a, b].map((page) => page.page.context().close()))
})
