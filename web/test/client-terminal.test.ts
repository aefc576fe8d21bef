import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { AppPage } from './app-page.ts'
import { launchChromium } from './chromium.ts'
import { HubDouble } from './hub-double.ts'
import { RealHub } from './real-hub.ts'

const ROOST = fileURLToPath(new URL('../../roost', import.meta.url))

let browser: Browser
let pages: HubDouble // serves the test's own page
let hub: RealHub
const terminals: Terminal[] = []

beforeAll(async () => {
  ;[browser, hub, pages] = await Promise.all([launchChromium(), RealHub.start(), new HubDouble().start()])
}, 300_000)
afterEach(() => Promise.all(terminals.splice(0).map((terminal) => terminal.kill())))
afterAll(async () => {
  await browser.close()
  await Promise.all([hub.stop(), pages.stop()])
})

/** ./roost in a terminal: what it says, and what is typed into it. */
class Terminal {
  out = ''
  err = ''
  readonly ended: Promise<number | null>
  private readonly child: ChildProcess

  constructor(args: string[]) {
    this.child = spawn(ROOST, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    this.child.stdout!.on('data', (bytes) => (this.out += bytes))
    this.child.stderr!.on('data', (bytes) => (this.err += bytes))
    this.ended = new Promise((done) => this.child.on('close', done))
    terminals.push(this)
  }

  type(text: string): void {
    this.child.stdin!.write(text)
  }

  /** The end of its input. */
  finish(): void {
    this.child.stdin!.end()
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended
  }
}

const read = (page: AppPage) => page.page.evaluate(() => (window as any).read)

function follow(page: AppPage): Promise<void> {
  return page.page.evaluate(() => {
    const w = window as any
    w.read = { text: '', exit: undefined }
    void (async () => {
      const reader = w.TextStream.read(w.stage.app)
      for await (const piece of reader) w.read.text += piece
      w.read.exit = reader.exit
    })()
  })
}

test.each(['over WebRTC', 'over the hub'])('a P2PApp reads what a terminal streams, from the start and live, %s', async (way) => {
  const host = new Terminal(['stream', '--host', '127.0.0.1', '--qr', 'off'])
  host.type('before anyone came\n')
  const link = () => /open\s+(http\S+)/.exec(host.err)?.[1]
  await expect.poll(link, { timeout: 60_000 }).toBeTruthy()
  const complaints: string[] = []
  const page = await AppPage.open(browser, pages.url, complaints)
  await page.join(link()!, { signalingServer: new URL(link()!).origin, webrtc: way === 'over the hub' ? { relay: 'only' } : {} })
  await follow(page)
  await expect.poll(async () => (await read(page)).text).toBe('before anyone came\n')
  if (way === 'over WebRTC') await expect.poll(() => page.read('paths')).toContain('local')
  host.type('Grüße\n')
  await expect.poll(async () => (await read(page)).text).toBe('before anyone came\nGrüße\n')
  host.finish()
  await expect.poll(() => read(page)).toEqual({ text: 'before anyone came\nGrüße\n', exit: null }) // it was no command
  expect(await host.ended).toBe(0)
  expect(complaints).toEqual([])
  await page.page.context().close()
})

test('`roost watch` reads what a page streams in a room of its own', async () => {
  const complaints: string[] = []
  const page = await AppPage.open(browser, pages.url, complaints)
  const fragment = await page.page.evaluate(async (server) => {
    const w = window as any
    w.stage.app = new w.client.P2PApp({ signalingServer: server })
    const code = await w.stage.app.createRoom()
    w.stream = await w.TextStream.host(w.stage.app, { title: 'from a page' })
    w.stream.write('first\n')
    return code
  }, hub.url)
  const watcher = new Terminal(['watch', `${hub.url.replace('localhost', '127.0.0.1')}/#${fragment}`])
  await expect.poll(() => watcher.out, { timeout: 60_000 }).toBe('first\n')
  await page.page.evaluate(() => (window as any).stream.write('Grüße\n'))
  await expect.poll(() => watcher.out).toBe('first\nGrüße\n')
  await page.page.evaluate(() => (window as any).stream.end(3))
  expect(await watcher.ended).toBe(0)
  expect(complaints).toEqual([])
  await page.page.context().close()
})
