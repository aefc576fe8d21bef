import { describe, expect, test } from 'vitest'
import { AppPage } from './app-page.ts'
import { HubDouble } from './hub-double.ts'
import { browser, complaints, hub, withHub } from './with-hub.ts'

withHub()

const open = (): Promise<AppPage> => AppPage.open(browser, hub.url, complaints)

async function pair(config: Record<string, unknown> = {}): Promise<{ a: AppPage; b: AppPage; ids: [string, string] }> {
  const [a, b] = [await open(), await open()]
  const ids: [string, string] = [await a.join('room', config), await b.join('room', config)]
  await ready(a)
  await ready(b)
  return { a, b, ids }
}

const ready = (page: AppPage, times = 1) => expect.poll(async () => (await page.read('ready')).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(times)
const heard = (page: AppPage, contents: unknown[]) => expect.poll(() => page.contents(), { timeout: 20_000 }).toEqual(contents)

describe('messages', () => {
  test('text, JSON, bytes and a megabyte arrive as they were sent, in order', async () => {
    const { a, b } = await pair()
    await a.send('Grüße')
    await a.send({ list: [1, null, { deep: true }] })
    await a.page.evaluate(() => (window as any).stage.app.sendMessage(new Uint8Array([1, 2, 255])))
    await a.send('x'.repeat(1_048_576))
    await a.send('last')
    await expect.poll(async () => (await b.contents()).length).toBe(5)
    const read = await b.page.evaluate(() => (window as any).stage.messages.map(({ content }: any) => (content instanceof Uint8Array ? [...content] : content.length > 1000 ? content.length : content)))
    expect(read).toEqual(['Grüße', { list: [1, null, { deep: true }] }, [1, 2, 255], 1_048_576, 'last'])
  })

  test('a burst of 10,000 is delivered once each, in order, and acknowledged', async () => {
    const { a, b } = await pair()
    await a.page.evaluate(() => {
      for (let i = 0; i < 10_000; i++) void (window as any).stage.app.sendMessage(i)
    })
    await expect.poll(async () => (await b.contents()).length, { timeout: 25_000 }).toBe(10_000)
    expect(await b.page.evaluate(() => (window as any).stage.messages.every(({ content }: any, i: number) => content === i))).toBe(true)
    await expect.poll(async () => (await a.read('delivered')).length).toBe(10_000)
  })

  test('a message above the limit is refused with its reason, and the next one passes', async () => {
    const { a, b } = await pair()
    const [result] = await a.page.evaluate(async () => {
      const results = await (window as any).stage.app.sendMessage('x'.repeat(17 * 1_048_576))
      return results.map(({ success, error }: any) => ({ success, code: error.code }))
    })
    expect(result).toEqual({ success: false, code: 'message-too-large' })
    await a.send('after')
    await heard(b, ['after'])
  })

  test('the fast channel carries what may be lost', async () => {
    const { a, b } = await pair()
    await expect
      .poll(async () => {
        await a.page.evaluate(() => (window as any).stage.app.sendFast({ x: 1 }))
        return b.read('fast')
      })
      .toContainEqual({ x: 1 })
  })

  test('requests are answered, fail with their reason, and time out', async () => {
    const { a, b, ids } = await pair()
    await b.page.evaluate(() => {
      const { app } = (window as any).stage
      app.handle('add', ({ x, y }: any) => x + y)
      app.handle('fail', () => Promise.reject(new Error('no')))
      app.handle('never', () => new Promise(() => undefined))
    })
    const ask = (method: string, timeoutMs = 5_000) =>
      a.page.evaluate(({ peer, method, timeoutMs }) => (window as any).stage.app.request(peer, method, { x: 1, y: 2 }, { timeoutMs }).catch((error: any) => error.code), { peer: ids[1], method, timeoutMs })
    expect(await ask('add')).toBe(3)
    expect(await ask('fail')).toBe('request-failed')
    expect(await ask('missing')).toBe('no-such-method')
    expect(await ask('never', 50)).toBe('request-timeout')
  })
})

describe('reloads', () => {
  test('what was sent while the other page reloaded arrives exactly once', async () => {
    const { a, b } = await pair()
    await b.page.addInitScript(() => Object.assign(window, { keepsHeard: true }))
    await b.page.evaluate(() => Object.assign(window, { keepsHeard: true }))
    const reloading = b.page.reload()
    await a.page.evaluate(async () => {
      for (let i = 0; i < 50; i++) await (window as any).stage.app.sendMessage(`during ${i}`)
    })
    await reloading
    await b.join('room')
    await expect.poll(async () => (await a.read('delivered')).length, { timeout: 20_000 }).toBe(50)
    const read = await b.page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.startsWith('heard')).map((key) => sessionStorage.getItem(key)))
    expect(read.sort()).toEqual(Array.from({ length: 50 }, (_, i) => `during ${i}`).sort())
  })

  test('a page that reloads in mid-burst sends the rest afterwards, nothing twice', async () => {
    const { a, b } = await pair()
    await a.page.evaluate(async () => {
      const all = []
      for (let i = 0; i < 300; i++) all.push((window as any).stage.app.sendMessage(i))
      await Promise.all(all)
    })
    await a.page.reload()
    await a.join('room')
    await expect.poll(async () => (await b.contents()).length, { timeout: 20_000 }).toBe(300)
    await a.send('end')
    await expect.poll(async () => (await b.contents()).pop()).toBe('end')
    expect(await b.contents()).toEqual([...Array.from({ length: 300 }, (_, i) => i), 'end'])
  })

  test('two tabs of one persistent identity: the older one is told and stays away', async () => {
    const context = await browser.newContext()
    const pages = [await context.newPage(), await context.newPage()]
    for (const page of pages) await page.goto(`${hub.url}/stage.html`)
    const ids = []
    for (const page of pages) ids.push(await page.evaluate(() => (window as any).join('room', { identity: 'persistent' })))
    expect(ids[0]).toBe(ids[1])
    await expect.poll(() => pages[0].evaluate(() => (window as any).stage.errors)).toEqual(['replaced'])
    expect(await pages[0].evaluate(() => (window as any).stage.app.state)).toBe('offline')
    expect(await pages[1].evaluate(() => (window as any).stage.app.state)).toBe('open')
  })
})

describe('losing the hub', () => {
  test('connected pages talk on without any hub, survive an ICE restart, and find the hub again', async () => {
    const { a, b, ids } = await pair()
    const port = hub.usedPort
    await hub.stop()
    await expect.poll(() => a.page.evaluate(() => (window as any).stage.app.state)).toBe('reconnecting')
    await a.send('no hub')
    await heard(b, ['no hub'])
    const user = () => a.page.evaluate((peer) => /ice-ufrag:(\S+)/.exec((window as any).stage.app.connectionManager.connections.get(peer).localDescription.sdp)![1], ids[1])
    const before = await user()
    await a.page.evaluate((peer) => (window as any).stage.app.connectionManager.connections.get(peer).restartIce(), ids[1])
    await expect.poll(user).not.toBe(before)
    await b.send('after the restart')
    await heard(a, ['after the restart'])
    await hub.start(port)
    await expect.poll(() => a.page.evaluate(() => (window as any).stage.app.state), { timeout: 20_000 }).toBe('open')
    await a.send('with a hub')
    await heard(b, ['no hub', 'with a hub'])
    expect(await a.read('left')).toEqual([])
  })

  test('a second hub of the list takes over', async () => {
    const second = await new HubDouble().start()
    const servers = { signalingServer: [hub.url, second.url] }
    const a = await open()
    await a.join('room', servers)
    await hub.stop()
    await expect.poll(() => a.page.evaluate(() => (window as any).stage.states.join(' ')), { timeout: 20_000 }).toContain('reconnecting open')
    const b = await AppPage.open(browser, second.url, complaints)
    await b.join('room', { signalingServer: second.url })
    await ready(b)
    await b.send('over the second')
    await heard(a, ['over the second'])
    await second.stop()
  })
})

describe('where WebRTC finds no way', () => {
  test('messages go sealed over the hub, and a canary is nowhere in what it carries', async () => {
    const { a, b } = await pair({ webrtc: { relay: 'only' } })
    await a.send('canary-4711')
    await a.send('y'.repeat(300_000))
    await expect.poll(async () => (await b.contents()).map((content) => content.length)).toEqual([11, 300_000])
    expect(new Set(await a.read('paths'))).toEqual(new Set(['hub']))
    expect(Buffer.concat(hub.heard).includes('canary')).toBe(false)
    expect(Buffer.concat(hub.heard).includes('yyyyyyyy')).toBe(false)
  })

  test('frames that the hub loses are sent again', async () => {
    const { a, b } = await pair({ webrtc: { relay: 'only' } })
    let dropped = 0
    let dice = 7
    for (const connection of hub.connections)
      connection.road = (frame) => {
        dice = (dice * 1103515245 + 12345) % 2147483648
        if (frame[0] !== 0x0b || dice % 1000 > 250) return [frame]
        dropped++
        return []
      }
    for (let i = 0; i < 10; i++) await a.send(i)
    await heard(b, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(dropped).toBeGreaterThan(2)
  })

  test('without a relay a peer that cannot be reached is given up after three attempts', async () => {
    const config = { webrtc: { relay: 'never', iceTransportPolicy: 'relay' } } // no TURN server: nothing can connect
    const [a, b] = [await open(), await open()]
    await a.join('room', config)
    const peer = await b.join('room', config)
    await expect.poll(() => a.read('unreachable'), { timeout: 28_000 }).toEqual([peer])
    expect(await a.read('ready')).toEqual([])
  })

  test('with it the path is the hub until WebRTC connects', async () => {
    const [a, b] = [await open(), await open()]
    await a.join('room', { webrtc: { iceTransportPolicy: 'relay' } })
    await b.join('room', { webrtc: { iceTransportPolicy: 'relay' } })
    await ready(a)
    await ready(b)
    await a.send('over the hub')
    await heard(b, ['over the hub'])
    expect(await a.read('paths')).toEqual(['hub'])
  })
})

describe('a hostile hub or member', () => {
  test('signals that are changed, replayed, misdirected or invented connect nobody, and honest ones still do', async () => {
    const a = await open()
    const b = await open()
    await a.join('room')
    const seen: Uint8Array<ArrayBuffer>[] = []
    for (const connection of hub.connections) {
      connection.road = (frame) => {
        if (frame[0] !== 0x09) return [frame]
        const changed = frame.slice()
        changed[frame.length - 40] ^= 1 // for instance a DTLS fingerprint
        const otherSource = frame.slice()
        otherSource[1] ^= 1
        seen.push(frame)
        return [changed, otherSource, frame, frame, ...seen.slice(0, 3)]
      }
    }
    await b.join('room')
    await ready(a)
    await b.send('still here')
    await heard(a, ['still here'])
    expect(await a.page.evaluate(() => (window as any).stage.app.connectionManager.connections.size)).toBe(1)
    expect(await a.page.evaluate(() => (window as any).stage.app.signaling.desk.refused)).toBeGreaterThan(3)
  })

  test('glare: both sides offer in the same moment and end with one connection', async () => {
    const { a, b, ids } = await pair()
    for (let round = 0; round < 3; round++) {
      const before = (await b.contents()).length
      const restart = (peer: string) => (window as any).stage.app.connectionManager.connections.get(peer).restartIce()
      await Promise.all([a.page.evaluate(restart, ids[1]), b.page.evaluate(restart, ids[0])])
      await a.send(`round ${round}`)
      await expect.poll(async () => (await b.contents()).length, { timeout: 15_000 }).toBe(before + 1)
    }
    expect(await b.contents()).toEqual(['round 0', 'round 1', 'round 2'])
  })
})

describe('the page', () => {
  test('its second part fails three times: that is told, asked for again, and then all is as ever', async () => {
    const a = await open()
    await a.join('room')
    const b = await AppPage.open(browser, hub.url, [], async (page) => {
      let failures = 0
      await page.route('**/roost-stream.js', (route) => route.fulfill({ contentType: 'text/javascript', body: 'export const TextStream = undefined' })) // would fail with it
      await page.route('**/client-meeting-*.js', (route) => (++failures > 3 ? route.continue() : failures === 1 ? route.fulfill({ status: 503 }) : route.abort()))
    })
    await b.join('room')
    expect(await b.read('errors')).toEqual(['part-missing'])
    await ready(b)
    await b.send('late')
    await heard(a, ['late'])
  })

  test('frozen for a while and thawed, it goes on', async () => {
    const { a, b } = await pair()
    const session = await a.page.context().newCDPSession(a.page)
    await session.send('Page.setWebLifecycleState', { state: 'frozen' })
    await b.send('while frozen')
    await session.send('Page.setWebLifecycleState', { state: 'active' })
    await heard(a, ['while frozen'])
  })

  test('a full disk is told, and messages still flow', async () => {
    const { a, b } = await pair()
    await a.page.evaluate(() => {
      IDBObjectStore.prototype.put = () => {
        throw new DOMException('full', 'QuotaExceededError')
      }
    })
    await a.send('no room on disk')
    await heard(b, ['no room on disk'])
    expect(await a.read('errors')).toContain('storage-failed')
  })

  test('leaving is told at once, and nothing is heard after close()', async () => {
    const { a, b, ids } = await pair()
    await a.page.evaluate(() => (window as any).stage.app.close())
    await expect.poll(() => b.read('left')).toEqual([{ peerId: ids[0], reason: 'left' }])
    const before = await a.page.evaluate(() => JSON.stringify({ ...(window as any).stage, app: undefined }))
    await b.send('anyone?')
    expect(await a.page.evaluate(() => JSON.stringify({ ...(window as any).stage, app: undefined }))).toBe(before)
  })
})
