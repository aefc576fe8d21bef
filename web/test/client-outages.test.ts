import { describe, expect, test, vi } from 'vitest'
import { AppPage } from './app-page.ts'
import { HubDouble } from './hub-double.ts'
import { browser, complaints, hub, withHub } from './with-hub.ts'

const PATIENCE = { timeout: 40_000 }

vi.setConfig({ testTimeout: 120_000 })

withHub()

async function pair(config: Record<string, unknown> = {}): Promise<{ a: AppPage; b: AppPage; ids: [string, string] }> {
  const [a, b] = [await AppPage.open(browser, hub.url, complaints), await AppPage.open(browser, hub.url, complaints)]
  const ids: [string, string] = [await a.join('room', config), await b.join('room', config)]
  for (const page of [a, b]) await expect.poll(async () => (await page.read('ready')).length, PATIENCE).toBeGreaterThan(0)
  return { a, b, ids }
}

const heard = (page: AppPage, contents: unknown[]) => expect.poll(() => page.contents(), PATIENCE).toEqual(contents)
const states = (page: AppPage) => expect.poll(() => page.read('states'), PATIENCE)

describe('outages', () => {
  // bench/web/soak.mjs does the same for ten minutes; the length adds nothing but time.
  test('all hubs are killed during a chat, ICE is restarted over the channel, and every line comes once', async () => {
    const second = await new HubDouble().start()
    const { a, b, ids } = await pair({ signalingServer: [hub.url, second.url] })
    const ufrag = () => b.page.evaluate((peer) => /ice-ufrag:(\S+)/.exec((window as any).stage.app.connectionManager.connections.get(peer).remoteDescription.sdp)![1], ids[0])
    const before = await ufrag()
    const said: string[] = []
    for (let i = 0; i < 40; i++) {
      if (i === 10) await Promise.all([hub.stop(), second.stop()])
      if (i === 12) for (const page of [a, b]) await states(page).toContain('reconnecting')
      if (i === 20) await a.page.evaluate((peer) => (window as any).stage.app.connectionManager.connections.get(peer).restartIce(), ids[1])
      await (i % 2 ? a : b).send(`line ${i}`)
      said.push(`line ${i}`)
    }
    await expect.poll(ufrag, PATIENCE).not.toBe(before)
    await a.send('the end')
    await heard(b, [...said.filter((_, i) => i % 2), 'the end'])
    await heard(a, said.filter((_, i) => !(i % 2)))
    for (const page of [a, b]) expect(await page.read('left')).toEqual([])
  })

  test('a minute without a network on both sides: what was said meanwhile arrives once, in order', async () => {
    // The pages' own clocks run twenty times as fast, so that their minute takes three seconds here.
    const { a, b } = await pair({ webrtc: { relay: 'only' }, timesFaster: 20 })
    const port = hub.usedPort
    await Promise.all([a, b].map((page) => page.page.context().setOffline(true)))
    await hub.stop()
    for (const page of [a, b]) await states(page).toContain('reconnecting')
    for (let i = 0; i < 5; i++) {
      await a.send(`a ${i}`)
      await b.send(`b ${i}`)
    }
    await new Promise((minute) => setTimeout(minute, 60_000 / 20))
    await hub.start(port)
    await Promise.all([a, b].map((page) => page.page.context().setOffline(false)))
    await heard(a, [0, 1, 2, 3, 4].map((i) => `b ${i}`))
    await heard(b, [0, 1, 2, 3, 4].map((i) => `a ${i}`))
  })

  test('frozen while the other side writes and the hub goes and comes, then thawed', async () => {
    const { a, b } = await pair()
    const port = hub.usedPort
    const session = await a.page.context().newCDPSession(a.page)
    await session.send('Page.setWebLifecycleState', { state: 'frozen' })
    await hub.stop()
    for (let i = 0; i < 20; i++) await b.send(i)
    await hub.start(port)
    await session.send('Page.setWebLifecycleState', { state: 'active' })
    await heard(a, Array.from({ length: 20 }, (_, i) => i))
    await a.send('thawed')
    await heard(b, ['thawed'])
  })
})

describe('reloads', () => {
  test.each(['sender', 'receiver'])('a reload of the %s in the middle of a large message: it arrives once', async (who) => {
    const { a, b } = await pair()
    const keep = () => void Object.assign(window, { keepsHeard: true })
    await b.page.addInitScript(keep)
    await b.page.evaluate(keep)
    await a.page.evaluate(() => (window as any).stage.app.sendMessage('x'.repeat(8 * 1_048_576))) // resolves when it is stored, not when it has arrived
    await a.send('behind it')
    const page = who === 'sender' ? a : b
    await page.page.reload()
    await page.join('room')
    await a.send('last')
    const all = () => b.page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.startsWith('heard')).map((key) => sessionStorage.getItem(key)).sort())
    await expect.poll(all, PATIENCE).toEqual(['behind it', 'last', 'x'.repeat(20)])
  })
})

describe('glare', () => {
  test('both sides build anew in the same millisecond: one connection is left, and talks', async () => {
    const { a, b, ids } = await pair()
    for (let round = 0; round < 3; round++) {
      const at = Date.now() + 150
      const build = ({ peer, at }: { peer: string; at: number }) => {
        const { connectionManager: manager } = (window as any).stage.app
        while (Date.now() < at) continue
        manager.drop(peer)
        void manager.createConnection(peer, true)
      }
      await Promise.all([a.page.evaluate(build, { peer: ids[1], at }), b.page.evaluate(build, { peer: ids[0], at })])
      await a.send(`from a ${round}`)
      await b.send(`from b ${round}`)
      await heard(b, Array.from({ length: round + 1 }, (_, i) => `from a ${i}`))
      await heard(a, Array.from({ length: round + 1 }, (_, i) => `from b ${i}`))
    }
    for (const page of [a, b]) expect(await page.page.evaluate(() => (window as any).stage.app.connectionManager.connections.size)).toBe(1)
  })
})
