import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cameraArgs, film } from './camera.ts'
import { launchChromium, openPage } from './chromium.ts'
import { HubDouble } from './hub-double.ts'

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

async function launch(...args: string[]): Promise<Browser> {
  const browser = await launchChromium(args)
  browsers.push(browser)
  return browser
}

/** A host on one screen, and a camera that sees it. */
async function hosted(): Promise<{ host: Page; camera: string }> {
  const host = await openPage(await launch(), complaints, { viewport: { width: 390, height: 844 } })
  await host.goto(`${hub.url}/#/host/new`)
  await host.locator('.state[data-tone=live]').waitFor()
  await host.locator('#compose').fill('read me')
  await host.getByRole('button', { name: 'Share text' }).click()
  await host.getByRole('button', { name: 'Show the code full screen' }).click()
  const camera = join(folder, 'camera.y4m')
  await film(host, await host.locator('dialog.large svg').screenshot(), camera)
  return { host, camera }
}

test('the host page’s code is scanned through the camera, and the session is read', async () => {
  const { camera } = await hosted()
  const phone = await openPage(await launch(...cameraArgs(camera)), complaints, { viewport: { width: 390, height: 844 } })
  await phone.goto(hub.url)
  await phone.getByRole('link', { name: 'Scan a code' }).click()
  await phone.getByText('read me').waitFor()
  const tookMs = await phone.evaluate(() => {
    const at = (name: string): number => performance.getEntriesByName(name)[0].startTime
    return { reading: at('roost-scanned') - at('roost-camera'), all: at('roost-caught-up') - at('roost-camera') }
  })
  console.log(`camera image to code ${Math.round(tookMs.reading)} ms, to joined session ${Math.round(tookMs.all)} ms`)
})

test('a code of something else is told, and the camera goes on looking', async () => {
  const browser = await launch()
  const page = await openPage(browser, complaints)
  await page.goto(hub.url)
  const camera = join(folder, 'camera.y4m')
  const code = await page.context().newPage()
  await code.setContent(`<body style="margin:0"><img src="data:image/svg+xml,${encodeURIComponent(await otherCode())}" width="400" height="400">`)
  await film(page, await code.locator('img').screenshot(), camera)
  const phone = await openPage(await launch(...cameraArgs(camera)), complaints)
  await phone.goto(`${hub.url}/#/scan`)
  await phone.getByText('That code is something else: https://example.org/menu').waitFor()
})

async function otherCode(): Promise<string> {
  const { encodeQr } = await import('../client/src/qr/encode.ts')
  const { size, dark } = encodeQr('https://example.org/menu')
  const path = [...dark].map((isDark, i) => (isDark ? `M${(i % size) + 4} ${Math.floor(i / size) + 4}h1v1h-1z` : '')).join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size + 8} ${size + 8}"><rect width="100%" height="100%" fill="#fff"/><path d="${path}"/></svg>`
}

test('a picture of a code works without a camera', async () => {
  const { host } = await hosted()
  const picture = await host.locator('dialog.large svg').screenshot()
  const phone = await openPage(await launch(), complaints)
  await phone.goto(`${hub.url}/#/scan`)
  await phone.getByText('No camera found').waitFor()
  await phone.locator('#picture').setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer: picture })
  await phone.getByText('read me').waitFor()
})

test('the code of a document is one of ours', async () => {
  const browser = await launch()
  const writer = await openPage(browser, complaints)
  await writer.goto(`${hub.url}/#/doc/new`)
  await writer.locator('.doc[data-caught-up=true]').waitFor()
  await writer.locator('#document').fill('write with me')
  await writer.getByText('Invite to write').click()
  const picture = await writer.locator('.links svg').first().screenshot()
  const phone = await openPage(browser, complaints)
  await phone.goto(`${hub.url}/#/scan`)
  await phone.locator('#picture').setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer: picture })
  await expect.poll(() => phone.locator('#document').inputValue().catch(() => '')).toBe('write with me')
})

test('a refused camera and a page on plain http are told in words', async () => {
  const browser = await launch('--use-fake-device-for-media-stream', '--deny-permission-prompts')
  const page = await openPage(browser, complaints)
  await page.goto(`${hub.url}/#/scan`)
  await page.getByText('The camera was refused').waitFor()
  const open = await openPage(browser, complaints)
  await open.goto(`${hub.url.replace('localhost', 'lan.test')}/#/scan`)
  await open.getByText('The camera needs https').waitFor()
  await open.getByRole('link', { name: 'Back' }).click()
  await open.getByText('What is missing without https').click()
  await open.getByText('roost hub --tls self').waitFor()
})
