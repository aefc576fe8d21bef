import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AppPage } from './app-page.ts'
import { launchChromium } from './chromium.ts'
import { HubDouble } from './hub-double.ts'
import { MeshOfHubs } from './mesh-of-hubs.ts'

// A browser delays the sockets of a page that opens many at once, by seconds: a few apps a page, as users have them.
const PAGES = 10
const APPS = 3
const RUNS = 3

let browser: Browser
let mesh: MeshOfHubs
let pages: HubDouble

beforeAll(async () => {
  ;[browser, mesh, pages] = await Promise.all([launchChromium(), MeshOfHubs.start(3), new HubDouble().start()])
}, 300_000)
afterAll(async () => {
  await browser.close()
  await Promise.all([mesh.stop(), pages.stop()])
})

test(`apps on ${PAGES} pages lose their hub: when they are at another one`, async () => {
  const times: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const opened = await Promise.all(Array.from({ length: PAGES }, () => AppPage.open(browser, pages.url, [])))
    await Promise.all(opened.map(({ page }, at) => page.evaluate(follow, { at, count: APPS, url: mesh.hubs[run].url })))
    await mesh.kill(run)
    for (const { page } of opened) {
      await expect.poll(() => page.evaluate(() => (window as any).back.length), { timeout: 60_000 }).toBe(APPS)
      times.push(...(await page.evaluate(() => (window as any).back)))
      await page.context().close()
    }
    await mesh.revive(run)
  }
  times.sort((a, b) => a - b)
  const at = (share: number): string => times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(0)
  console.log(`${times.length} apps of killed hubs: at another one p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, the last ${at(1)} ms`)
}, 240_000)

/** In the page: apps in rooms of their own, and when each is back after it lost its hub. */
async function follow({ at, count, url }: { at: number; count: number; url: string }): Promise<void> {
  const { P2PApp } = (window as any).client
  const back: number[] = ((window as any).back = [])
  const all = Array.from({ length: count }, () => new P2PApp({ signalingServer: url, identity: 'ephemeral', webrtc: { relay: 'only' } }))
  await Promise.all(all.map((app: any, i: number) => app.joinRoom(`failover ${at} ${i}`)))
  for (const app of all) {
    let lostAt: number | undefined
    app.on('state', (state: string) => {
      if (state === 'reconnecting' && lostAt === undefined) lostAt = performance.now()
      if (state === 'open' && lostAt !== undefined) back.push(performance.now() - lostAt)
    })
  }
}
