import type { Page } from 'playwright-core'
import { concat, u16, u32, utf8 } from '../client/src/codec/bytes.ts'
import { describe, expect, test } from 'vitest'
import { AppPage } from './app-page.ts'
import { browser, complaints, hub, withHub } from './with-hub.ts'

/** What people try in their first hour, and what a component that comes and goes does. */
withHub()

const open = (): Promise<AppPage> => AppPage.open(browser, hub.url, complaints)
const memberIds = () => [...hub.peers.keys()]
/** Runs in the page with its client and its app. */
const within = <T>(page: Page, work: (client: any, app: any, arg: any) => T | Promise<T>, arg?: unknown): Promise<T> =>
  page.evaluate(`(${work})(window.client, window.stage.app, ${JSON.stringify(arg)})`) as Promise<T>

describe('joining', () => {
  test('it waits for a hub until it is aborted, and a later one gets in', async () => {
    const { page } = await open()
    const port = hub.usedPort
    await hub.stop()
    const told = await within(page, async ({ P2PApp }) => {
      const app = ((window as any).stage.app = new P2PApp())
      const giveUp = new AbortController()
      app.once('state', {}).then(() => app.once('state')).then(() => giveUp.abort()) // connecting, then reconnecting
      return [await app.joinRoom('room', { signal: giveUp.signal }).catch((error: any) => error.name), app.signaling.room]
    })
    expect(told).toEqual(['AbortError', null])
    await hub.start(port)
    expect(await within(page, (_, app) => app.joinRoom('room'))).toMatch(/^[0-9a-f]{40}$/)
    expect(await within(page, ({ P2PApp }) => new P2PApp().joinRoom('room', { signal: AbortSignal.abort() }).catch((error: any) => error.name))).toBe('AbortError')
  })

  test('room() enters at once, tells all that happens there, and is closed by its signal or by a refusal', async () => {
    const [{ page: one }, { page: two }] = [await open(), await open()]
    await within(one, ({ room }) => {
      const mine = ((window as any).mine = room('lobby'))
      ;(window as any).joined = mine.once('peer-joined').then(({ peerId }: any) => peerId)
      ;(window as any).heard = mine.once('message').then(({ data }: any) => data.content)
      mine.handle('add', ([a, b]: number[]) => a + b)
      return mine.ready
    })
    const id = await within(two, async ({ room }) => {
      const leaving = ((window as any).leaving = new AbortController())
      const other = ((window as any).other = room('lobby', { signal: leaving.signal }))
      other.once('peer-ready').then(() => other.sendMessage('hello'))
      return other.ready
    })
    expect(await within(one, () => (window as any).joined)).toBe(id)
    expect(await within(one, () => (window as any).heard)).toBe('hello')
    expect(await within(two, () => (window as any).other.request([...(window as any).other.connectionManager.connections.keys()][0], 'add', [2, 3]))).toBe(5)
    await within(two, () => (window as any).leaving.abort())
    await expect.poll(() => memberIds().includes(id)).toBe(false)
    expect(await within(two, ({ room }) => room('lobby', { signal: AbortSignal.abort() }).ready.catch((error: any) => error.name))).toBe('AbortError')
    expect(await within(two, ({ room }) => room('http://a/#damaged').ready.catch((error: any) => error.code))).toBe('bad-room')
    expect(memberIds().length).toBe(1)
  })

  test('an app that is closed while it joins leaves nobody behind, and another one takes its place', async () => {
    const { page } = await open()
    const [name, id] = await within(page, async ({ P2PApp }) => {
      const first = new P2PApp()
      const joining = first.joinRoom('room').catch((error: any) => error.name)
      first.close() // a component that is mounted twice
      const second = ((window as any).stage.app = new P2PApp())
      return [await joining, await second.joinRoom('room')]
    })
    expect(name).toBe('AbortError')
    await expect.poll(() => [memberIds(), hub.connections.size]).toEqual([[id], 1])
    expect(await within(page, async (_, app) => (await app.close(), app.joinRoom('room').catch((error: any) => error.name)))).toBe('AbortError')
    await expect.poll(() => hub.connections.size).toBe(0)
  })

  test('a joining that has only begun ends with leaving, or with asking for another room', async () => {
    const { page } = await open()
    const told = await within(page, async ({ P2PApp }) => {
      const app = ((window as any).stage.app = new P2PApp())
      const joining = (name: string): Promise<string> => app.joinRoom(name).then(() => 'in', (error: any) => error.name)
      const left = joining('left')
      app.leaveRoom()
      const first = await left
      const room = app.signaling.room
      const [second, third] = await Promise.all([joining('second'), joining('third')])
      return [first, room, second, third, app.signaling.room]
    })
    expect(told).toEqual(['AbortError', null, 'AbortError', 'in', 'third'])
  })

  test('a room that refuses is an error of joinRoom, and another room still opens', async () => {
    const a = await open()
    await a.join('first')
    const [connection] = hub.connections
    connection.road = (frame) => (frame[0] === 6 ? [concat([0x0f], u16(12), u32(0), utf8('The room is full.'))] : [frame])
    expect(await within(a.page, (_, app) => app.joinRoom('full').catch((error: any) => [error.code, error.message, app.signaling.room]))).toEqual([
      'hub-refused', 'The hub refused: The room is full. See docs/protocol/door.md, code 12. (hub-refused)', null,
    ])
    connection.road = (frame) => [frame]
    expect(await within(a.page, (_, app) => app.joinRoom('other'))).toMatch(/^[0-9a-f]{40}$/)
  })

  test('names and addresses that cannot be meant are refused', async () => {
    const { page } = await open()
    const join = (room: string, server?: string) =>
      within(page, ({ P2PApp }, _, [room, server]) => new P2PApp({ signalingServer: server || undefined }).joinRoom(room).catch((error: any) => error.code || error.message), [room, server])
    expect(await join('')).toBe('bad-room')
    expect(await join('https://hub.example/#damaged')).toBe('bad-room')
    expect(await join('room', 'localhost:3000')).toBe('localhost:3000 lacks http:// or https://')
  })
})

describe('several apps', () => {
  test('two of one page are two peers, the same two after a reload, and hear each other', async () => {
    const { page } = await open()
    const both = () =>
      within(page, async ({ P2PApp }) => {
        const apps = ((window as any).apps = [new P2PApp(), new P2PApp()])
        const ready = Promise.all(apps.map((app) => app.once('peer-ready')))
        const ids = await Promise.all(apps.map((app) => app.joinRoom('room')))
        await ready
        return ids as string[]
      })
    const ids = await both()
    expect(ids[0]).not.toBe(ids[1])
    const heard = await within(page, async () => {
      const [a, b] = (window as any).apps
      const message = b.once('message')
      a.sendMessage('from one to the other')
      return (await message).data.content
    })
    expect(heard).toBe('from one to the other')
    await page.reload()
    await page.waitForFunction(() => (window as any).client)
    expect((await both()).sort()).toEqual(ids.sort())
  })

  test('an app that closes leaves its name to the next one', async () => {
    const { page } = await open()
    const ids = await within(page, async ({ P2PApp }) => {
      const ids = []
      for (let i = 0; i < 2; i++) {
        const app = new P2PApp()
        ids.push(await app.joinRoom('room'))
        await app.close()
      }
      return ids
    })
    expect(ids[0]).toBe(ids[1])
  })

  test('who was replaced gets in again when it asks for a room', async () => {
    const context = await browser.newContext()
    const pages = [await context.newPage(), await context.newPage()]
    for (const page of pages) {
      await page.goto(`${hub.url}/stage.html`)
      await page.evaluate(() => (window as any).join('room', { identity: 'persistent' }))
    }
    const states = () => Promise.all(pages.map((page) => within(page, (_, app) => app.state)))
    await expect.poll(states).toEqual(['offline', 'open'])
    await within(pages[0], (_, app) => app.joinRoom('room'))
    await expect.poll(states).toEqual(['open', 'offline'])
  })
})

test('what cannot be sent is refused, with its reason', async () => {
  const [a, b] = [await open(), await open()]
  const [own, other] = [await a.join('room'), await b.join('room')]
  await expect.poll(() => a.read('ready')).toEqual([other])
  const send = (to: string, content = `'hello'`) => a.page.evaluate(`window.stage.app.sendMessage(${content}, { to: '${to}' }).then(([result]) => result.error && result.error.code)`)
  expect(await send(other)).toBeUndefined()
  expect(await send('nobody')).toBe('no-such-peer')
  expect(await send(own)).toBe('no-such-peer')
  expect(await send(other, `new Blob(['a file'])`)).toBe('bad-message')
  expect(await send(other, `() => 1`)).toBe('bad-message')
  expect(await within(a.page, (_, app, other) => app.sendFileToUser(other, 'a text').catch((error: any) => error.message), other)).toBe('A file to send is a File or a Blob.')
  await expect.poll(() => b.contents()).toEqual(['hello'])
})

test('an aborted signal ends at once what it belongs to, and calls that fail say which', async () => {
  const [a, b] = [await open(), await open()]
  await a.join('room')
  const other = await b.join('room')
  await expect.poll(() => a.read('ready')).toEqual([other])
  await b.page.evaluate(() => (window as any).stage.app.handle('fail', () => Promise.reject(new Error('no time'))))
  const told = await within(a.page, async (_, app, other) => {
    const said = (error: any) => error.message
    let calls = 0
    app.on('peer-left', () => calls++, { signal: AbortSignal.abort() })
    app.emit('peer-left', { peerId: other, reason: 'not really' })
    return [
      await app.request(other, 'fail').catch(said),
      await app.request(other, 'absent').catch(said),
      await app.request(other, 'fail', null, { signal: AbortSignal.abort() }).catch((error: any) => error.name),
      await app.once('peer-left', { signal: AbortSignal.abort() }).catch((error: any) => error.name),
      calls,
    ]
  }, other)
  expect(told).toEqual([
    'fail failed: no time Its handler on the other side threw this. (request-failed)',
    'The other side does not handle absent. It has to call handle() with this name. (no-such-method)',
    'AbortError', 'AbortError', 0,
  ])
})

test('a stream that has ended takes no more', async () => {
  const { page } = await open()
  await page.evaluate(() => (window as any).join('room'))
  const told = await within(page, async (_, app) => {
    const stream = await (window as any).TextStream.host(app)
    stream.write('all')
    await stream.end()
    await stream.end()
    try {
      stream.write('more')
    } catch (error: any) {
      return error.code
    }
  })
  expect(told).toBe('stream-ended')
})
