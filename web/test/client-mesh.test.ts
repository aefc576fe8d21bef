import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { AppPage } from './app-page.ts'
import { launchChromium } from './chromium.ts'
import { HubDouble } from './hub-double.ts'
import { MeshOfHubs } from './mesh-of-hubs.ts'

let browser: Browser
let mesh: MeshOfHubs
let pages: HubDouble // serves the test's own page; the hubs under test are real ones

beforeAll(async () => {
  ;[browser, mesh, pages] = await Promise.all([launchChromium(), MeshOfHubs.start(3), new HubDouble().start()])
}, 300_000)
afterAll(async () => {
  await browser.close()
  await Promise.all([mesh.stop(), pages.stop()])
})

afterEach(() => Promise.all(browser.contexts().map((context) => context.close())))

/** Three pages, each told of another hub and of no other. */
async function meet(room: string, webrtc: object): Promise<AppPage[]> {
  const all = await Promise.all(mesh.hubs.map(() => AppPage.open(browser, pages.url, [])))
  for (const [i, page] of all.entries()) await page.join(room, { signalingServer: mesh.hubs[i].url, webrtc })
  for (const page of all) await expect.poll(async () => new Set(await page.read('ready')).size, { timeout: 60_000 }).toBe(2)
  return all
}

/** Says a number more every 50 ms, until told to stop; then resolves to how many it said. */
const chat = (page: AppPage): Promise<void> =>
  page.page.evaluate(() => {
    const { app } = (window as any).stage
    const said = ((window as any).said = { count: 0, timer: 0 })
    said.timer = window.setInterval(() => void app.sendMessage(said.count++), 50)
  })
const hush = (page: AppPage): Promise<number> =>
  page.page.evaluate(() => {
    const { said } = window as any
    window.clearInterval(said.timer)
    return said.count
  })

/** What each page heard from one peer, in the order in which it came. */
async function heardFrom(page: AppPage, peerId: string): Promise<number[]> {
  return (await page.read('messages')).filter(({ from }) => from === peerId).map(({ content }) => content)
}

test.each([
  ['over WebRTC', {}],
  ['sealed, through the hubs themselves', { relay: 'only' }],
])('each of three hubs is killed in turn during a chat, and nothing is lost: %s', async (how, webrtc) => {
  const all = await meet(`chat ${how} ${Math.random()}`, webrtc)
  const ids = await Promise.all(all.map((page) => page.page.evaluate(() => (window as any).stage.app.peerId)))
  await Promise.all(all.map(chat))
  for (let at = 0; at < 3; at++) {
    await mesh.kill(at)
    // What is said from now on arrives only when whoever was at that hub is at another.
    const marks = await Promise.all(all.map((page) => page.page.evaluate(() => (window as any).said.count)))
    for (const [i, page] of all.entries()) {
      expect(await page.read('errors')).toEqual([])
      for (const [j, id] of ids.entries()) {
        if (i !== j) await expect.poll(async () => (await heardFrom(page, id)).at(-1) ?? -1, { timeout: 60_000 }).toBeGreaterThanOrEqual(marks[j])
      }
      await expect.poll(() => page.page.evaluate(() => (window as any).stage.app.state), { timeout: 60_000 }).toBe('open')
    }
    await mesh.revive(at)
  }
  const said = await Promise.all(all.map(hush))
  for (const [i, page] of all.entries()) {
    for (const [j, id] of ids.entries()) {
      if (i === j) continue
      await expect.poll(async () => (await heardFrom(page, id)).length, { timeout: 60_000 }).toBe(said[j])
      expect(await heardFrom(page, id)).toEqual(Array.from({ length: said[j] }, (_, n) => n))
    }
  }
}, 240_000)

test.each([0, 1])('a hub is drained and stopped during a chat through the hubs, and nothing is lost or even interrupted: hub %i', async (at) => {
  const all = await meet(`drain ${Math.random()}`, { relay: 'only' })
  const ids = await Promise.all(all.map((page) => page.page.evaluate(() => (window as any).stage.app.peerId)))
  await Promise.all(all.map(chat))
  await Promise.all(all.map((page) => heardAll(page, ids, 10)))
  const states = await Promise.all(all.map((page) => page.read('states')))
  await mesh.drain(at)
  // Whoever was there goes elsewhere, so that the end of its process is news to nobody.
  states[at].push('reconnecting', 'open')
  await expect.poll(() => all[at].read('states'), { timeout: 60_000 }).toEqual(states[at])
  await mesh.hubs[at].stop()
  const marks = await Promise.all(all.map((page) => page.page.evaluate(() => (window as any).said.count)))
  await Promise.all(all.map((page) => heardAll(page, ids, Math.max(...marks))))
  expect(await Promise.all(all.map((page) => page.read('states')))).toEqual(states)
  await mesh.revive(at)
  const said = await Promise.all(all.map(hush))
  for (const [i, page] of all.entries()) {
    expect(await page.read('errors')).toEqual([])
    for (const [j, id] of ids.entries()) {
      if (i === j) continue
      await expect.poll(async () => (await heardFrom(page, id)).length, { timeout: 60_000 }).toBe(said[j])
      expect(await heardFrom(page, id)).toEqual(Array.from({ length: said[j] }, (_, n) => n))
    }
  }
}, 240_000)

/** Until a page has heard so much of everybody else. */
async function heardAll(page: AppPage, ids: string[], count: number): Promise<void> {
  const own = await page.page.evaluate(() => (window as any).stage.app.peerId)
  for (const id of ids) {
    if (id !== own) await expect.poll(async () => (await heardFrom(page, id)).length, { timeout: 60_000 }).toBeGreaterThanOrEqual(count)
  }
}
