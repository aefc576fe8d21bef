import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { openPage } from './chromium.ts'
import { eachScreen } from './screens.ts'
import { browser, complaints, hub, withHub } from './with-hub.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
withHub()

/** What axe finds wrong, in short. */
async function faults(page: Page): Promise<string[]> {
  // Through the debugger, since the page's own policy lets no foreign script in.
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const { violations } = await (window as any).axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    return violations.flatMap(({ id, nodes }: any) => nodes.map((node: any) => `${id}: ${node.html.slice(0, 140)} ${node.any[0]?.message || ''}`))
  })
}

/** How far the page is wider than its screen. */
const overflow = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)

describe.each([
  ['a phone in light', { viewport: { width: 390, height: 844 }, colorScheme: 'light' as const }],
  ['a desktop in dark', { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' as const }],
  ['320 px, from right to left', { viewport: { width: 320, height: 568 }, colorScheme: 'light' as const, locale: 'ar' }],
])('on %s', (_, options) => {
  test('axe finds nothing on any screen, and nothing is wider than the screen', { timeout: 120_000 }, async () => {
    const found: string[] = []
    await eachScreen(browser, hub, complaints, options, async (name, page) => {
      found.push(...(await faults(page)).map((fault) => `${name}: ${fault}`))
      const wider = await overflow(page)
      if (wider > 0) found.push(`${name}: ${wider} px wider than the screen`)
      const large = options.viewport.width < 360 ? 0 : await page.evaluate(() => {
        document.documentElement.style.fontSize = '200%'
        const by = document.documentElement.scrollWidth - innerWidth
        document.documentElement.style.fontSize = ''
        return by
      })
      if (large > 0) found.push(`${name}: ${large} px wider than the screen with letters of twice the size`)
    })
    expect(found).toEqual([])
  })
})

test.each(['de', 'fr', 'es', 'pt', 'ja', 'zh', 'ar'])('a browser that speaks %s gets its words, on 320 px too', async (locale) => {
  const page = await openPage(browser, complaints, { locale, viewport: { width: 320, height: 568 } })
  await page.goto(hub.url)
  await page.locator('.start').waitFor()
  expect(await page.evaluate(() => document.documentElement.lang)).toBe(locale)
  expect(await page.evaluate(() => document.documentElement.dir)).toBe(locale === 'ar' ? 'rtl' : 'ltr')
  expect(await page.getByText('Join a session').count()).toBe(0)
  expect(await overflow(page)).toBeLessThanOrEqual(0)
})

test('everything can be done with the keyboard: host, write, show the code, end', async () => {
  const page = await openPage(browser, complaints)
  await page.goto(hub.url)
  await page.locator('.start').waitFor()
  const tabTo = async (name: string | RegExp): Promise<void> => {
    for (let i = 0; i < 30; i++) {
      await page.keyboard.press('Tab')
      const label = await page.evaluate(() => {
        const at = document.activeElement as HTMLElement
        return at.getAttribute('aria-label') || at.textContent || ''
      })
      if (typeof name === 'string' ? label === name : name.test(label)) return
    }
    throw new Error(`no way to ${name}`)
  }
  await tabTo('Share from this page')
  await page.keyboard.press('Enter')
  await page.locator('.state[data-tone=live]').waitFor()
  await tabTo('Text')
  await page.keyboard.type('by hand')
  await page.keyboard.press('Control+Enter')
  await page.locator('.md').getByText('by hand').waitFor()
  await page.evaluate(() => (document.activeElement as HTMLElement).blur())
  await tabTo('Show the code full screen')
  await page.keyboard.press('Enter')
  await page.locator('dialog.large').waitFor()
  await page.keyboard.press('Escape')
  expect(await page.evaluate(() => document.activeElement?.className)).toBe('qr')
  await page.evaluate(() => (document.activeElement as HTMLElement).blur())
  await tabTo('End')
  await page.keyboard.press('Enter')
  await tabTo('End it')
  await page.keyboard.press('Enter')
  await page.getByText('You have ended this session').first().waitFor()
})

test('a document can be made, written, undone and named with the keyboard, and Tab leaves the text', async () => {
  const page = await openPage(browser, complaints)
  await page.goto(`${hub.url}/#/doc/new`)
  await page.locator('.doc .state[data-tone=live]').waitFor()
  const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent || '')
  const tabTo = async (name: string): Promise<void> => {
    for (let i = 0; i < 20; i++) {
      await page.keyboard.press('Tab')
      if ((await focused()) === name) return
    }
    throw new Error(`no way to ${name}`)
  }
  await tabTo('document')
  await page.keyboard.type('by hand')
  await page.keyboard.press('Control+z')
  await expect.poll(() => page.locator('#document').inputValue()).toBe('')
  await page.keyboard.press('Control+y')
  await expect.poll(() => page.locator('#document').inputValue()).toBe('by hand')
  await tabTo('your-name')
  await page.keyboard.type('Ada')
  await tabTo('Invite to read')
  await page.keyboard.press('Enter')
  await page.locator('.links details[open]').waitFor()
  await page.getByRole('button', { name: 'Share' }).focus()
  await page.keyboard.press('Enter')
  expect(await focused()).toBe('Invite to write')
  await page.getByRole('heading', { name: 'Scan to write along' }).waitFor()
})
