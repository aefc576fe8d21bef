import { expect, test } from 'vitest'
import { AppPage } from './app-page.ts'
import { openPage } from './chromium.ts'
import { HostDouble } from './host-double.ts'
import { browser, complaints, hub, withHub } from './with-hub.ts'

withHub()

const open = (): Promise<AppPage> => AppPage.open(browser, hub.url, complaints)
const ready = (page: AppPage) => expect.poll(async () => (await page.read('ready')).length, { timeout: 15_000 }).toBeGreaterThan(0)

/** Reads a stream on a page into `window.read`. */
function follow(page: AppPage, from?: string): Promise<void> {
  return page.page.evaluate((from) => {
    const w = window as any
    w.read = { text: '', done: false }
    void (async () => {
      const reader = w.TextStream.read(w.stage.app, { from })
      for await (const piece of reader) w.read.text += piece
      w.read.done = true
      w.read.exit = reader.exit
    })()
  }, from)
}

const text = (page: AppPage) => page.page.evaluate(() => (window as any).read.text)

test.each(['auto', 'only'])('a stream is read live and late, complete and in order (relay: %s)', async (relay) => {
  const config = { webrtc: { relay } }
  const [host, early, late] = [await open(), await open(), await open()]
  const id = await host.join('room', config)
  await early.join('room', config)
  await ready(early)
  await host.page.evaluate(async () => {
    const w = window as any
    w.stream = await w.TextStream.host(w.stage.app, { title: 'an answer' })
    for (let i = 0; i < 500; i++) w.stream.write(`token${i} `)
  })
  await follow(early, id)
  const expected = Array.from({ length: 500 }, (_, i) => `token${i} `).join('')
  await expect.poll(() => text(early)).toBe(expected)
  await late.join('room', config)
  await ready(late)
  await follow(late, id)
  await host.page.evaluate(async () => {
    const w = window as any
    w.stream.write('Grüße')
    await w.stream.end(3)
  })
  for (const page of [early, late]) {
    await expect.poll(() => page.page.evaluate(() => (window as any).read)).toEqual({ text: expected + 'Grüße', done: true, exit: 3 })
  }
})

test('a stream hosted by a page in a room of its own is read by the hub’s page, over the link', async () => {
  const host = await open()
  const fragment = await host.page.evaluate(async () => {
    const w = window as any
    w.stage.app = new w.client.P2PApp()
    const code = await w.stage.app.createRoom()
    w.stream = await w.TextStream.host(w.stage.app, { title: 'from a browser', format: 'ansi' })
    w.stream.write('\x1b[32mhello\x1b[0m viewer')
    return code
  })
  const viewer = await openPage(browser, complaints)
  await viewer.goto(`${hub.url}/#${fragment}`)
  await viewer.getByText('hello viewer').waitFor()
  await host.page.evaluate(() => (window as any).stream.end())
  await viewer.getByText('Ended, exit code 0').first().waitFor()
  expect(await viewer.getByRole('heading', { level: 1 }).textContent()).toBe('from a browser')
})

test('a room whose host is not there yet: reading waits for him, and hears nobody else', async () => {
  const host = await HostDouble.create()
  await host.text('here I am')
  const [page, other] = [await open(), await open()]
  const link = host.linkAt(hub.url)
  const stranger = await other.join(link)
  await page.join(link)
  await follow(page)
  await other.page.evaluate(async () => (await (window as any).TextStream.host((window as any).stage.app)).write('I am the host'))
  await expect.poll(() => page.read('ready')).toContain(stranger)
  await host.connect(hub.url)
  await expect.poll(() => text(page)).toBe('here I am')
  await host.end(0)
  await expect.poll(() => page.page.evaluate(() => (window as any).read)).toEqual({ text: 'here I am', done: true, exit: 0 })
  host.disconnect()
})

test('files arrive whole, with progress on both sides, and a declined one stops', async () => {
  const [a, b] = [await open(), await open()]
  const idA = await a.join('room')
  const idB = await b.join('room')
  await ready(a)
  await ready(b)
  await b.page.evaluate(() => {
    const w = window as any
    w.files = []
    w.progress = []
    w.stage.app.on('file-offer', (offer: any) => offer.filename === 'no.bin' && offer.decline())
    w.stage.app.on('file-progress', ({ progress }: any) => w.progress.push(progress))
    w.stage.app.on('file', async ({ file }: any) => {
      const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
      w.files.push([file.name, file.type, file.size, [...new Uint8Array(digest)].join()])
    })
  })
  const digest = await a.page.evaluate(async (to) => {
    const w = window as any
    const bytes = new Uint8Array(20 * 1_048_576 + 17)
    for (let at = 0; at < bytes.length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, Math.min(bytes.length, at + 65_536)))
    w.progress = []
    w.stage.app.on('file-progress', ({ progress }: any) => w.progress.push(progress))
    await w.stage.app.shareFile(new File([bytes], '../../etc/big.bin', { type: 'application/x-test' }))
    await w.stage.app.sendFileToUser(to, new File([], 'empty.txt'))
    w.declined = await w.stage.app.sendFileToUser(to, new File([bytes], 'no.bin'))
    return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].join()
  }, idB)
  await expect.poll(() => b.page.evaluate(() => (window as any).files.length), { timeout: 15_000 }).toBe(2)
  const [big, empty] = (await b.page.evaluate(() => (window as any).files)).sort()
  expect(big).toEqual(['big.bin', 'application/x-test', 20 * 1_048_576 + 17, digest])
  expect(empty.slice(0, 3)).toEqual(['empty.txt', '', 0])
  expect(await a.page.evaluate(() => (window as any).declined)).toBe(false)
  for (const page of [a, b]) expect(await page.page.evaluate(() => (window as any).progress)).toContain(1)
  expect(idA).toMatch(/^[0-9a-f]{40}$/)
})

test('a call: tracks added the way seed 001 adds them arrive as a stream', async () => {
  const [a, b] = [await open(), await open()]
  await a.join('room')
  await b.join('room')
  await ready(a)
  await b.page.evaluate(() => {
    const w = window as any
    w.stage.app.on('stream', ({ track }: any) => (w.track = track.kind))
  })
  await a.page.evaluate(() => {
    const app = (window as any).stage.app
    const stream = document.createElement('canvas').captureStream(5)
    const peers = Array.from(app.connectionManager.connections.keys())
    peers.forEach((peerId) => {
      const pc = app.connectionManager.connections.get(peerId)
      stream.getTracks().forEach((track) => pc.addTrack(track, stream))
    })
  })
  await expect.poll(() => b.page.evaluate(() => (window as any).track), { timeout: 10_000 }).toBe('video')
})
