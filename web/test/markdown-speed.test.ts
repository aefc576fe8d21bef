import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium, openPage } from './chromium.ts'
import { HostDouble } from './host-double.ts'
import { HubDouble } from './hub-double.ts'

/** 60 s by hand (ROOST_SPEED_MS=60000); the suite is content with less. */
const RUN_MS = Number(process.env.ROOST_SPEED_MS || 12_000)
const TOKENS_PER_SECOND = 200
const LOADED_CHARS = 950_000

let browser: Browser
let hub: HubDouble
beforeAll(async () => {
  browser = await launchChromium()
  hub = await new HubDouble().start()
})
afterAll(async () => {
  await browser.close()
  await hub.stop()
})

const SECTION = `## How hubs find each other

Each hub **keeps a list** of the others and *tells them* what it knows; see [the page](https://example.org/hubs) and \`Membership.cs\` for the rest of it.

- one thing with \`code\`
- another thing that is a little longer than the first one
  1. nested
  2. twice

\`\`\`ts
export function weight(salt: Uint8Array, hub: string): number {
  return hash(salt, hub) // the owner with the largest one wins
}
\`\`\`

| hub | peers | state |
|-----|------:|-------|
| a | 12 | **up** |
| b | 7 | down |

> Nothing is lost while a reader is away: he asks from where he was.

`

test(`with 950 kB of Markdown shown, ${RUN_MS / 1000} s more at 200 tokens a second leave the page at rest`, { timeout: RUN_MS + 120_000 }, async () => {
  const host = await HostDouble.create({ format: 'md' })
  for (let chars = 0; chars < LOADED_CHARS; ) {
    const text = SECTION.repeat(50)
    await host.text(text)
    chars += text.length
  }
  await host.connect(hub.url)
  const page = await openPage(browser, [], { viewport: { width: 390, height: 844 } })
  await page.goto(host.linkAt(hub.url))
  await page.locator('.state[data-tone=live]').waitFor()
  await expect.poll(() => page.locator('.md .h2').count(), { timeout: 60_000 }).toBeGreaterThanOrEqual(Math.floor(LOADED_CHARS / SECTION.length))
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] })
  const tokens = SECTION.match(/\s*\S{1,5}/g)!
  const startedMs = Date.now()
  let sent = 0
  while (Date.now() - startedMs < RUN_MS) {
    const due = Math.floor(((Date.now() - startedMs) * TOKENS_PER_SECOND) / 1_000)
    let text = ''
    for (; sent < due; sent++) text += tokens[sent % tokens.length]
    if (text) await host.text(text)
    await new Promise((next) => setTimeout(next, 30))
  }
  const tookMs = Date.now() - startedMs
  const tasksMs = mainThreadTasks(await browser.stopTracing())
  const share = tasksMs.reduce((sum, ms) => sum + ms, 0) / tookMs
  console.log(`${sent} tokens in ${tookMs} ms; main thread ${(share * 100).toFixed(1)} %; longest of ${tasksMs.length} tasks ${Math.max(...tasksMs).toFixed(1)} ms`)
  host.disconnect()
  expect(share).toBeLessThan(0.3)
  expect(tasksMs.filter((ms) => ms > 50)).toEqual([])
})

/** What each task of the page's main thread took of the processor: other programs of a busy machine don't count. */
function mainThreadTasks(trace: Buffer): number[] {
  const { traceEvents } = JSON.parse(trace.toString('utf8')) as { traceEvents: { name: string; pid: number; tid: number; tdur?: number; args: { name?: string } }[] }
  const mains = new Set(traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(({ pid, tid }) => `${pid}/${tid}`))
  const tasks = traceEvents.filter(({ name, pid, tid }) => /RunTask$/.test(name) && mains.has(`${pid}/${tid}`))
  return tasks.map(({ tdur }) => (tdur || 0) / 1_000)
}
