import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readFeedFrame } from '../client/src/feeds/feed-frames.ts'
import { openPage, withoutWebRtc } from './chromium.ts'
import { delta, ModelDouble, says, sends } from './model-double.ts'
import { browser, complaints, forgive, hub, withHub } from './with-hub.ts'

withHub()

const live = (page: Page): Promise<void> => page.locator('.state[data-tone=live]').waitFor()

async function hostPage(origin = hub.url, knowsWebRtc = true): Promise<{ page: Page; link: string }> {
  const page = await openPage(browser, complaints)
  if (!knowsWebRtc) await withoutWebRtc(page)
  await page.goto(`${origin}/`)
  await page.getByRole('link', { name: 'Share from this page' }).click()
  await live(page)
  return { page, link: await page.locator('.session-link').inputValue() }
}

async function share(page: Page, text: string): Promise<void> {
  await page.locator('#compose').fill(text)
  await page.getByRole('button', { name: 'Share text' }).click()
}

async function viewerOf(link: string): Promise<Page> {
  const page = await openPage(browser, complaints, { viewport: { width: 390, height: 844 } })
  await page.goto(link)
  return page
}

describe.each([
  ['localhost', (url: string) => url],
  ['plain http name', (url: string) => url.replace('localhost', 'lan.test')],
])('hosting on a %s', (_, at) => {
  test('two screens: one writes, the other joins by the link and reads all of it', async () => {
    const { page, link } = await hostPage(at(hub.url))
    await share(page, '# From the start\n\nwith **weight**')
    const viewer = await viewerOf(link)
    await viewer.locator('h2', { hasText: 'From the start' }).waitFor()
    await share(page, 'and while reading')
    await viewer.getByText('and while reading').waitFor()
    expect(await viewer.locator('strong').textContent()).toBe('weight')
    await page.getByText('up to date').waitFor()
    expect(await page.locator('.total').textContent()).toBe('1')
  })

  test('a reload of the host goes on with the same link and log, and no number is sealed twice', async () => {
    const { page, link } = await hostPage(at(hub.url), false) // so that the hub sees every entry
    const viewer = await viewerOf(link)
    for (let round = 0; round < 4; round++) {
      await share(page, `round ${round}`)
      await viewer.getByText(`round ${round}`).waitFor()
      await page.reload()
      await live(page)
      expect(await page.locator('.session-link').inputValue()).toBe(link)
      await page.getByText(`round ${round}`).waitFor()
    }
    expect(await viewer.getByText('started again').count()).toBe(0)
    const sealed = new Map<number, string>()
    for (const frame of liveFrames()) {
      const known = sealed.get(frame.n)
      expect(known === undefined || known === frame.sealed).toBe(true)
      sealed.set(frame.n, frame.sealed)
    }
    expect(sealed.size).toBeGreaterThanOrEqual(4)
  })
})

function liveFrames(): { n: number; sealed: string }[] {
  const frames: { n: number; sealed: string }[] = []
  for (const bytes of hub.heard) {
    if (bytes[0] !== 0x0a) continue
    const frame = readFeedFrame(bytes.slice(17) as Uint8Array<ArrayBuffer>)
    if (frame && frame.type === 'live') frames.push({ n: frame.n, sealed: Buffer.from(frame.sealed).toString('hex') })
  }
  return frames
}

test('a second tab of the same session never shares a number with the first', async () => {
  const { page } = await hostPage()
  await share(page, 'first tab')
  const second = await page.context().newPage()
  await second.goto(page.url())
  await page.getByText('Opened elsewhere').first().waitFor()
  await live(second)
  await share(second, 'second tab')
  await second.locator('.md').getByText('second tab').waitFor()
  const numbers = new Map<number, string>()
  for (const { n, sealed } of liveFrames()) {
    expect(numbers.get(n) ?? sealed).toBe(sealed)
    numbers.set(n, sealed)
  }
})

test('paused text waits, and an ended session says so', async () => {
  const { page, link } = await hostPage()
  const viewer = await viewerOf(link)
  await live(viewer)
  await page.getByRole('button', { name: 'Pause' }).click()
  await viewer.getByText('Paused by the host').first().waitFor()
  await share(page, 'held back')
  await page.locator('.md').getByText('held back').waitFor()
  expect(await viewer.getByText('held back').count()).toBe(0)
  await page.getByRole('button', { name: 'Go on' }).click()
  await viewer.getByText('held back').waitFor()
  await page.getByRole('button', { name: 'End', exact: true }).click()
  await page.getByRole('button', { name: 'End it' }).click()
  await viewer.locator('.state', { hasText: 'Ended' }).waitFor()
  await page.reload()
  await page.getByText('You have ended this session').first().waitFor()
})

test('the code fills the screen at a tap and goes at Escape', async () => {
  const { page } = await hostPage()
  await page.getByRole('button', { name: 'Show the code full screen' }).click()
  await page.locator('dialog.large svg').waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(() => page.locator('dialog').count()).toBe(0)
})

test('the sessions of this browser are listed and can be forgotten', async () => {
  const { page, link } = await hostPage()
  await page.locator('input.title').fill('Tuesday talk')
  await page.locator('#compose').focus()
  const reader = await page.context().newPage()
  await reader.goto(link)
  await live(reader)
  await reader.goto(`${hub.url}/`)
  await expect.poll(() => reader.locator('.recent li').count()).toBe(2)
  await reader.getByRole('button', { name: 'Forget Tuesday talk' }).first().click()
  await reader.getByRole('button', { name: 'Forget Tuesday talk' }).first().click()
  await expect.poll(() => reader.locator('.recent li').count()).toBe(0)
})

test('a hub that serves another session only says so, and what to do', async () => {
  const { page } = await hostPage()
  for (const connection of hub.connections) connection.refuse(7)
  await page.getByRole('alert').getByText('This hub serves one session only: that of the terminal that started it.').waitFor()
  await page.getByRole('alert').getByText('(ROOST-1007)').waitFor()
})

describe('a model', () => {
  let model: ModelDouble
  let url: string
  beforeEach(async () => {
    model = new ModelDouble(says('An answer'))
    url = await model.start()
  })
  afterEach(() => model.stop())

  async function askingPage(): Promise<{ page: Page; viewer: Page }> {
    const { page, link } = await hostPage()
    await page.locator('.model summary').click()
    await page.locator('#model-url').fill(url)
    await page.locator('#model-name').fill('small')
    await page.locator('#model-key').fill('secret-key-4711')
    return { page, viewer: await viewerOf(link) }
  }

  async function ask(page: Page, text: string): Promise<void> {
    await page.locator('#compose').fill(text)
    await page.getByRole('button', { name: 'Ask the model' }).first().click()
  }

  test('writes while others read, remembers the turns, and its key goes nowhere else', async () => {
    model.answer = (response, { messages }) => says(`You said **${messages[messages.length - 1].content}** `, `(${messages.length})`)(response, { messages })
    const { page, viewer } = await askingPage()
    await ask(page, 'hello')
    await viewer.getByText('You said hello (1)').waitFor()
    await ask(page, 'again')
    await viewer.getByText('You said again (3)').waitFor()
    expect(model.asked[0]).toMatchObject({ authorization: 'Bearer secret-key-4711', body: { model: 'small', stream: true } })
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain('4711')
    expect(hub.heard.some((bytes) => Buffer.from(bytes).includes('4711'))).toBe(false)
  })

  const half = new TextEncoder().encode(delta('Grüße €'))
  test.each([
    ['cuts the connection', sends([delta('half an ans')], 'hang'), 'half an ans', 'broke off'],
    ['sends garbage', sends(['data: {]\n\n', '\u0000\u0001<html>', 'nonsense\n\n'], 'end'), '', 'not an event stream'],
    ['errs in the middle', sends([delta('a begin'), 'data: {"error":{"message":"out of memory"}}\n\n'], 'end'), 'a begin', 'out of memory'],
    ['refuses', ((response) => response.writeHead(401, { 'access-control-allow-origin': '*' }).end('{"error":{"message":"no such key"}}')) as ReturnType<typeof says>, '', '401: no such key'],
    ['ends within a code block', sends([delta('```js\nlet a'), delta(' = 1')], 'hang'), 'let a = 1', 'broke off'],
    ['sends half characters', sends([half.slice(0, 49), half.slice(49, 52), half.slice(52), 'data: [DONE]\r\n\r\n'], 'end'), 'Grüße €', ''],
  ])('that %s is told, and what came stays', async (_, answer, text, problem) => {
    model.answer = answer
    const { page, viewer } = await askingPage()
    await ask(page, 'a question')
    if (text) await viewer.getByText(text).first().waitFor()
    // A browser drops what it has not handed on yet when a connection breaks, so the text comes first.
    if (problem === 'broke off') model.cut()
    if (problem) await viewer.locator('em', { hasText: problem }).waitFor()
    await share(page, 'life goes on')
    await viewer.locator('p', { hasText: 'life goes on' }).waitFor()
    // The browser itself logs a refused or broken request.
    forgive(/Failed to load resource/)
  })

  test('that is not there is told as such', async () => {
    await model.stop()
    const { page } = await askingPage()
    await ask(page, 'anybody?')
    await page.getByRole('alert').getByText('cannot be reached').waitFor()
    forgive(/Failed to load resource|ERR_CONNECTION_REFUSED/)
  })

  test('answers a viewer where the host allows it, and a hub never sees the question', async () => {
    model.answer = (response, { messages }) => says(`Re: ${messages[messages.length - 1].content}`)(response, { messages })
    const { page, viewer } = await askingPage()
    await live(viewer)
    expect(await viewer.getByLabel('Ask the host').count()).toBe(0)
    await page.getByLabel('Viewers may ask').check()
    await viewer.getByLabel('Ask the host').fill('canary question')
    await viewer.getByRole('button', { name: 'Ask', exact: true }).click()
    await viewer.getByText('Sent to the host.').waitFor()
    await page.locator('.questions').getByText('canary question').waitFor()
    await page.locator('.questions').getByRole('button', { name: 'Ask the model' }).click()
    await viewer.getByText('Re: canary question').waitFor()
    expect(hub.heard.some((bytes) => Buffer.from(bytes).includes('canary'))).toBe(false)
  })
})
