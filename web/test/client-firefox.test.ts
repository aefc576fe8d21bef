import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AppPage } from './app-page.ts'
import { launchChromium, openPage } from './chromium.ts'
import { Firefox, type FirefoxPage } from './firefox.ts'
import { HostDouble } from './host-double.ts'
import { HubDouble } from './hub-double.ts'

let chromium: Browser
let firefox: Firefox
let hub: HubDouble

beforeAll(async () => {
  ;[chromium, firefox, hub] = await Promise.all([launchChromium(), Firefox.launch(), new HubDouble().start()])
}, 90_000)
afterAll(async () => {
  await Promise.all([chromium.close(), firefox.close(), hub.stop()])
})

async function join(room: string): Promise<FirefoxPage> {
  const page = await firefox.open(`${hub.url}/stage.html`)
  await expect.poll(() => page.read('typeof window.join')).toBe('function')
  await page.read(`window.join(${JSON.stringify(room)}, {})`)
  return page
}

const ready = (page: FirefoxPage, count: number) => expect.poll(() => page.read('new Set(window.stage.ready).size'), { timeout: 20_000 }).toBe(count)
const contents = (page: FirefoxPage) => page.read('window.stage.messages.map((message) => message.content).sort()')

test.each([2, 3, 5])('%i Firefox pages meet and everyone hears everyone, once', async (count) => {
  const pages: FirefoxPage[] = []
  for (let i = 0; i < count; i++) pages.push(await join(`firefox ${count}`))
  for (const page of pages) await ready(page, count - 1)
  for (let i = 0; i < count; i++) await pages[i].read(`window.stage.app.sendMessage(${i}).then(() => 0)`)
  const all = pages.map((_, i) => i)
  for (let i = 0; i < count; i++) await expect.poll(() => contents(pages[i])).toEqual(all.filter((j) => j !== i))
  for (const page of pages) await page.close()
}, 90_000)

test('Firefox and Chromium talk to each other, a megabyte too', async () => {
  const fox = await join('mixed')
  const complaints: string[] = []
  const page = await AppPage.open(chromium, hub.url, complaints)
  await page.join('mixed')
  await ready(fox, 1)
  await page.send('x'.repeat(1_048_576))
  await expect.poll(() => fox.read('window.stage.messages.map((message) => message.content.length)')).toEqual([1_048_576])
  await fox.read(`window.stage.app.sendMessage('y'.repeat(1048576)).then(() => 0)`)
  await expect.poll(async () => (await page.contents()).map((content) => content.length)).toEqual([1_048_576])
  expect(complaints).toEqual([])
}, 60_000)

test.each(['tab', 'ephemeral'])('files go both ways between Firefox and Chromium (%s: where parts are kept)', async (identity) => {
  const SIZE = 3_000_001
  const room = `files ${identity}`
  const fox = await firefox.open(`${hub.url}/stage.html`)
  await expect.poll(() => fox.read('typeof window.join')).toBe('function')
  await fox.read(`window.join(${JSON.stringify(room)}, ${JSON.stringify({ identity })})`)
  const complaints: string[] = []
  const page = await AppPage.open(chromium, hub.url, complaints)
  await page.join(room, { identity })
  await ready(fox, 1)
  await expect.poll(() => page.read('ready').then((all) => all.length)).toBe(1)
  const share = (name: string): string => `window.stage.app.shareFile(window.makeFile('${name}', ${SIZE})).then((all) => all.map((one) => one.success).join())`
  const sum = await page.page.evaluate((size) => (window as any).sumOf((window as any).makeFile('x', size)), SIZE)
  expect(await page.page.evaluate(share('from-chromium'))).toBe('true')
  expect(await fox.read(share('from-firefox'))).toBe('true')
  const files = 'window.stage.files.map((file) => [file.name, file.size, file.sum].join())'
  await expect.poll(() => fox.read(files)).toEqual([`from-chromium,${SIZE},${sum}`])
  await expect.poll(() => page.page.evaluate(files)).toEqual([`from-firefox,${SIZE},${sum}`])
  expect(complaints).toEqual([])
  await Promise.all([fox.close(), page.page.close()])
}, 90_000)

test('Firefox reads a session, from the start and live', async () => {
  const host = await HostDouble.create()
  await host.text('from the \x1b[31mstart\x1b[0m')
  await host.connect(hub.url)
  const page = await firefox.open(host.linkAt(hub.url))
  const text = () => page.read(`document.querySelector('.log').textContent`)
  await expect.poll(text).toBe('from the start')
  await host.text(', Grüße')
  await expect.poll(text).toBe('from the start, Grüße')
  await host.end(0)
  await expect.poll(() => page.read(`document.querySelector('.state').textContent`)).toBe('Ended, exit code 0')
  host.disconnect()
}, 60_000)

test('a document in Firefox and Chromium: they link, and write on without a hub', async () => {
  const own = await new HubDouble().start()
  const complaints: string[] = []
  const page = await openPage(chromium, complaints)
  const patience = { timeout: 100_000 }
  await page.goto(`${own.url}/#/doc/new`)
  await page.locator('.doc[data-caught-up=true] .state[data-tone=live]').waitFor()
  const fox = await firefox.open(await page.locator('.links input').first().inputValue())
  await page.getByText(/(on this network|directly) · [\d.]+ ms/).waitFor(patience)
  await expect.poll(() => fox.read(`document.querySelector('.people .path').textContent`), patience).toMatch(/(on this network|directly) · [\d.]+ ms/)
  await own.stop()
  await page.locator('#document').fill('from Chromium')
  await expect.poll(() => fox.read(`document.querySelector('#document').value`), patience).toBe('from Chromium')
  await fox.read(`(() => { const area = document.querySelector('#document'); area.value += ', from Firefox'; area.dispatchEvent(new Event('input')) })()`)
  await expect.poll(() => page.locator('#document').inputValue(), patience).toBe('from Chromium, from Firefox')
  await fox.close()
  await page.context().close()
  expect(complaints).toEqual([])
}, 240_000)
