import type { Page } from 'playwright-core'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openPage } from './chromium.ts'
import { browser, complaints, hub, withHub } from './with-hub.ts'

withHub()

async function open(sample: string, fragment = ''): Promise<Page> {
  const page = await openPage(browser, complaints)
  await page.goto(`${hub.url}/samples/${sample}/index.html?hub=${encodeURIComponent(hub.url)}${fragment}`)
  return page
}

test.each(['chat', 'game', 'stream'])('%s is under 80 lines', (name) => {
  const source = readFileSync(new URL(`../../samples/web/${name}/main.js`, import.meta.url), 'utf8')
  expect(source.split('\n').length).toBeLessThan(80)
})

test('chat', async () => {
  const [a, b] = [await open('chat'), await open('chat')]
  await a.getByText('(local)').waitFor()
  await a.getByLabel('Message').fill('hello <b>you</b>')
  await a.getByRole('button').click()
  await b.getByText(': hello <b>you</b>').waitFor()
  await a.getByText('me: hello <b>you</b> ✓').waitFor()
  await b.close()
  await a.getByText('Nobody else is here.').waitFor()
})

test('game', async () => {
  const [a, b] = [await open('game'), await open('game')]
  await expect
    .poll(async () => {
      await a.locator('#field').hover({ position: { x: 100 + Math.floor(Math.random() * 100), y: 100 } })
      return b.locator('#field').getAttribute('data-dots')
    })
    .toBe('1')
  await a.locator('#field').click()
  await b.getByText(/^[0-9a-f]{4}: 1$/).waitFor()
})

test('stream', async () => {
  const host = await open('stream')
  await host.getByRole('button').click()
  const link = host.getByRole('link')
  await link.waitFor()
  const [href, page] = [await link.getAttribute('href'), await link.getAttribute('data-page')]
  const reader = await open('stream', href!.slice(href!.indexOf('#')))
  await reader.getByText('(the end)').waitFor()
  expect(await reader.locator('#text').textContent()).toBe((await host.locator('#text').textContent()) + '\n(the end)')
  const viewer = await openPage(browser, complaints)
  await viewer.goto(page!)
  await viewer.getByText('Ended, exit code 0').first().waitFor()
  expect(await viewer.locator('.log').textContent()).toBe(await host.locator('#text').textContent())
})
