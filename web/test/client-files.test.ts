import { expect, test, vi } from 'vitest'
import { AppPage } from './app-page.ts'
import { browser, complaints, hub, withHub } from './with-hub.ts'

const SIZE = 10 * 1_048_576 + 11
const PATIENCE = { timeout: 40_000 }

vi.setConfig({ testTimeout: 120_000 })

withHub()

async function pair(config: Record<string, unknown> = {}): Promise<{ a: AppPage; b: AppPage; to: string }> {
  const [a, b] = [await AppPage.open(browser, hub.url, complaints), await AppPage.open(browser, hub.url, complaints)]
  await a.join('files', config)
  const to = await b.join('files', config)
  for (const page of [a, b]) await expect.poll(async () => (await page.read('ready')).length, PATIENCE).toBeGreaterThan(0)
  return { a, b, to }
}

/** Begins to send; `window.sent` will be how it went. */
const begin = (page: AppPage, to: string, size = SIZE): Promise<void> =>
  page.page.evaluate(({ to, size }) => {
    const w = window as any
    w.sent = undefined
    void w.stage.app.sendFileToUser(to, w.makeFile('../big.bin', size)).then((whole: boolean) => (w.sent = whole))
  }, { to, size })

const sent = (page: AppPage) => page.page.evaluate(() => (window as any).sent)
const sumOf = (page: AppPage, size: number): Promise<string> => page.page.evaluate((size) => (window as any).sumOf((window as any).makeFile('x', size)), size)
const kept = async (page: AppPage): Promise<number> => ((await page.read('progress')).at(-1) || { bytes: 0 }).bytes

async function expectWhole(page: AppPage, size = SIZE): Promise<void> {
  await expect.poll(async () => (await page.read('files')).length, PATIENCE).toBe(1)
  const [file] = await page.read('files')
  expect(file).toMatchObject({ name: 'big.bin', type: 'text/x-test', size, sum: await sumOf(page, size) })
  expect(file.digest).toMatch(/^[0-9a-f]{64}$/)
}

/** A road so slow that a test can step in while a file is on it. */
async function slow(page: AppPage): Promise<void> {
  await page.page.evaluate(() => {
    const real = RTCDataChannel.prototype.send
    let line: Promise<unknown> = Promise.resolve()
    RTCDataChannel.prototype.send = function (this: RTCDataChannel, frame: any) {
      const data = frame.slice() // whoever sends uses the memory again, as it may
      if (data.byteLength > 10_000) line = line.then(() => new Promise((later) => setTimeout(later, 60)))
      line = line.then(() => this.readyState === 'open' && real.call(this, data))
    } as any
  })
}

test('a file arrives whole and checked, with its name and type, and an empty one too', async () => {
  const { a, b, to } = await pair()
  await begin(a, to)
  await expectWhole(b)
  await expect.poll(() => sent(a), PATIENCE).toBe(true)
  expect((await a.read('progress')).at(-1)).toEqual({ bytes: SIZE, direction: 'out' })
  await begin(a, to, 0)
  await expect.poll(async () => (await b.read('files')).length, PATIENCE).toBe(2)
  expect((await b.read('files'))[1].size).toBe(0)
})

test('over the hub’s relay, which drops frames', async () => {
  const { a, b, to } = await pair({ webrtc: { relay: 'only' } })
  let dice = 3
  for (const connection of hub.connections)
    connection.road = (frame) => {
      dice = (dice * 1103515245 + 12345) % 2147483648
      return frame[0] === 0x0b && frame.length > 10_000 && dice % 1000 < 30 ? [] : [frame]
    }
  await begin(a, to, 2_500_000)
  await expectWhole(b, 2_500_000)
})

test('goes on after the connection was lost and built anew', async () => {
  const { a, b, to } = await pair()
  await slow(a)
  await begin(a, to)
  await expect.poll(() => kept(b), PATIENCE).toBeGreaterThan(2_000_000)
  await a.page.evaluate((to) => (window as any).stage.app.connectionManager.connections.get(to).close(), to)
  await expectWhole(b)
  await expect.poll(() => sent(a), PATIENCE).toBe(true)
  expect(await b.read('offers')).toHaveLength(1)
})

test.each(['sender', 'receiver'])('goes on after a reload of the %s with what is on the disk', async (who) => {
  const { a, b, to } = await pair()
  await slow(a)
  await begin(a, to)
  await expect.poll(() => kept(b), PATIENCE).toBeGreaterThan(3_000_000)
  const before = await kept(b)
  const page = who === 'sender' ? a : b
  await page.page.reload()
  await page.join('files')
  if (who === 'sender') await begin(a, to)
  await expectWhole(b)
  await expect.poll(() => sent(a), PATIENCE).toBe(true)
  expect((await b.read('offers')).at(-1)!.bytes).toBeGreaterThanOrEqual(before)
})

test('a full disk is told, and the file arrives', async () => {
  const { a, b, to } = await pair()
  await b.page.evaluate(() => {
    const real = IDBObjectStore.prototype.put
    IDBObjectStore.prototype.put = function (this: IDBObjectStore, value: any, key: any) {
      if (value instanceof Blob && key[1] > 3) throw new DOMException('full', 'QuotaExceededError')
      return real.call(this, value, key)
    }
  })
  await begin(a, to)
  await expectWhole(b)
  expect(await b.read('errors')).toEqual(['storage-failed'])
})

test('declining is told to the sender', async () => {
  const { a, b, to } = await pair()
  await b.page.evaluate(() => (window as any).stage.app.on('file-offer', (offer: any) => offer.decline()))
  await begin(a, to)
  await expect.poll(() => sent(a), PATIENCE).toBe(false)
  expect(await b.read('files')).toEqual([])
})
