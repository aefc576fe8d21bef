import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { cameraArgs, film } from './camera.ts'
import { launchChromium, openPage } from './chromium.ts'
import { HubDouble } from './hub-double.ts'

const LINK = 'https://roost.example/#AQBI3mYBqK8r9Q4mXvC0uZl2B1y7cE6dFhGjKpNsTw'

vi.setConfig({ testTimeout: 120_000 })

const browsers: Browser[] = []
let hub: HubDouble
let folder: string
let complaints: string[]

beforeEach(async () => {
  complaints = []
  hub = await new HubDouble().start()
  folder = await mkdtemp(join(tmpdir(), 'roost-camera-'))
})
afterEach(async () => {
  await Promise.all(browsers.splice(0).map((browser) => browser.close()))
  await hub.stop()
  await rm(folder, { recursive: true, force: true })
  expect(complaints).toEqual([])
})

async function open(host: string, ...args: string[]): Promise<Page> {
  const browser = await launchChromium(args)
  browsers.push(browser)
  const page = await openPage(browser, complaints)
  await page.goto(`${hub.url.replace('localhost', host)}/stage.html`)
  return page
}

/** Films what toSvg() drew. */
async function filmed(text: string): Promise<string> {
  const page = await open('localhost')
  const svg = await page.evaluate(async (text) => {
    const { toSvg } = await (window as any).loadQr()
    return toSvg(text, { label: 'a "link" <b>' }) as string
  }, text)
  expect(svg).toContain('aria-label="a &quot;link&quot; &lt;b&gt;"')
  await page.evaluate((svg) => {
    document.body.innerHTML = svg
    document.querySelector('svg')!.setAttribute('width', '400')
  }, svg)
  const camera = join(folder, 'camera.y4m')
  await film(page, await page.locator('svg').screenshot(), camera)
  return camera
}

const scan = (page: Page): Promise<any> =>
  page.evaluate(async () => {
    const { scan } = await (window as any).loadQr()
    return scan().catch((error: any) => ({ code: error.code, hint: error.hint }))
  })

test('what toSvg drew, scan reads through the camera, and lets the camera go', async () => {
  const page = await open('localhost', ...cameraArgs(await filmed(LINK)))
  await page.evaluate(() => {
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
    navigator.mediaDevices.getUserMedia = async (wish) => ((window as any).camera = await real(wish))
  })
  expect(await scan(page)).toBe(LINK)
  expect(await page.evaluate(() => (window as any).camera.getTracks().map((track: any) => track.readyState))).toEqual(['ended'])
})

test('a code that is not wanted is passed over until the scan is aborted', async () => {
  const page = await open('localhost', ...cameraArgs(await filmed(LINK)))
  const said = await page.evaluate(async () => {
    const { scan } = await (window as any).loadQr()
    const abort = new AbortController()
    const seen: string[] = []
    const accept = (text: string): boolean => (seen.push(text), abort.abort(), false)
    return { name: await scan({ accept, signal: abort.signal }).catch((error: any) => error.name), seen }
  })
  expect(said).toEqual({ name: 'AbortError', seen: [LINK] })
})

test('no camera, a refused one, and plain http are told by code', async () => {
  expect((await scan(await open('localhost'))).code).toBe('camera-missing')
  expect((await scan(await open('localhost', '--use-fake-device-for-media-stream', '--deny-permission-prompts'))).code).toBe('camera-refused')
  const page = await open('lan.test')
  expect(await scan(page)).toEqual({ code: 'camera-needs-https', hint: 'Serve the page over https.' })
})
