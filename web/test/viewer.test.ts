import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { launchChromium, openPage } from './chromium.ts'
import { HostDouble } from './host-double.ts'
import { HubDouble } from './hub-double.ts'

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
  await Promise.all(browser.contexts().map((context) => context.close()))
  await hub.stop()
  expect(complaints).toEqual([])
})

describe.each([
  ['localhost', (url: string) => url],
  ['plain http name', (url: string) => url.replace('localhost', 'lan.test')],
])('on a %s', (_, at) => {
  test('a viewer reads what was and what comes, and sees the end', async () => {
    const host = await HostDouble.create()
    await host.text('from the start\n')
    await host.connect(hub.url)
    const page = await openPage(browser, complaints)
    await page.goto(host.linkAt(at(hub.url)))
    await page.getByText('from the start').waitFor()
    await page.locator('.state[data-tone=live]').waitFor()
    await host.text('\x1b[32mgreen\x1b[0m and Grüße ')
    const euro = new TextEncoder().encode('€')
    await host.text(euro.slice(0, 2))
    await host.text(euro.slice(2))
    await page.getByText('Grüße €').waitFor()
    expect(await page.locator('span.fg2').textContent()).toBe('green')
    await host.end(0)
    await page.getByText('Ended, exit code 0').first().waitFor()
    await expect.poll(() => host.acked).toBe(host.feed.log.head)
    host.disconnect()
  })
})
