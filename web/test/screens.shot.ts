import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { launchChromium } from './chromium.ts'
import { HubDouble } from './hub-double.ts'
import { eachScreen } from './screens.ts'

const folder = fileURLToPath(new URL('../../docs/screens/', import.meta.url))

/** npm run screens: pictures of every screen, for the docs. */
test.each([
  ['phone', 'light', { width: 390, height: 844 }],
  ['phone', 'dark', { width: 390, height: 844 }],
  ['desktop', 'light', { width: 1280, height: 800 }],
  ['desktop', 'dark', { width: 1280, height: 800 }],
] as const)('%s, %s', { timeout: 120_000 }, async (device, colorScheme, viewport) => {
  await mkdir(folder, { recursive: true })
  const browser = await launchChromium()
  const hub = await new HubDouble().start()
  const complaints: string[] = []
  await eachScreen(browser, hub, complaints, { viewport, colorScheme, reducedMotion: 'reduce' }, async (name, page) => {
    await page.screenshot({ path: join(folder, `${name}-${device}-${colorScheme}.png`), animations: 'disabled' })
  })
  await browser.close()
  await hub.stop()
  expect(complaints).toEqual([])
})
