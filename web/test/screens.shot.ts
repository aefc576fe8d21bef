import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { launchChromium } from './chromium.ts'
import { HubDouble } from './hub-double.ts'
import { documentScreen, eachScreen } from './screens.ts'

const folder = fileURLToPath(new URL('../../docs/screens/', import.meta.url))

/** npm run screens: pictures of every screen, for the docs. */
const DEVICES: [string, 'light' | 'dark', { width: number; height: number }][] = [
  ['phone', 'light', { width: 390, height: 844 }],
  ['phone', 'dark', { width: 390, height: 844 }],
  ['desktop', 'light', { width: 1280, height: 800 }],
  ['desktop', 'dark', { width: 1280, height: 800 }],
]

test.each(DEVICES)('%s, %s', { timeout: 120_000 }, (...device) => shoot(eachScreen, device))
test.each(DEVICES)('the document alone: %s, %s', { timeout: 120_000 }, (...device) => shoot(documentScreen, device))

async function shoot(screens: typeof eachScreen, [device, colorScheme, viewport]: (typeof DEVICES)[number]): Promise<void> {
  await mkdir(folder, { recursive: true })
  const browser = await launchChromium()
  const hub = await new HubDouble().start()
  const complaints: string[] = []
  await screens(browser, hub, complaints, { viewport, colorScheme, reducedMotion: 'reduce' }, async (name, page) => {
    if (name === 'document') await page.getByText('on this network').waitFor({ timeout: 60_000 })
    await page.screenshot({ path: join(folder, `${name}-${device}-${colorScheme}.png`), animations: 'disabled' })
  })
  await browser.close()
  await hub.stop()
  expect(complaints).toEqual([])
}
