import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openPage } from './chromium.ts'
import { HostDouble } from './host-double.ts'
import { browser, complaints, hub, withHub } from './with-hub.ts'

let host: HostDouble

withHub()
beforeEach(async () => {
  host = await HostDouble.create({ format: 'md' })
  await host.connect(hub.url)
})
afterEach(() => host.disconnect())

/** A page that tells of every request that goes anywhere but to the hub. */
async function read(): Promise<{ page: Page; strangers: string[] }> {
  const page = await openPage(browser, complaints)
  const strangers: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(hub.url) && !request.url().startsWith(hub.url.replace('http', 'ws'))) strangers.push(request.url())
  })
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.goto(host.linkAt(hub.url))
  await page.locator('.state[data-tone=live]').waitFor()
  return { page, strangers }
}

const ATTACKS = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)><style>@import "https://evil.example/x.css"</style></svg>',
  '<iframe src="https://evil.example"></iframe><base href="https://evil.example"><meta http-equiv="refresh" content="0;url=https://evil.example">',
  '[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](data:text/html,<script>alert(1)</script>) [d]( java\nscript:alert(1))',
  '![x](https://evil.example/pixel.png) ![y](javascript:alert(1)) ![z](data:image/svg+xml,<svg onload=alert(1)>)',
  '<https://evil.example/"onmouseover="alert(1)>',
  '[x](https://evil.example/"onclick="alert(1)) [y](<https://evil.example/ onclick=alert(1)>)',
  '`<script>alert(1)</script>` **<b onclick=alert(1)>** _<i style="background:url(https://evil.example)">_',
  '&lt;script&gt;alert(1)&lt;/script&gt; &#60;img src=x onerror=alert(1)&#62;',
  '```"><script>alert(1)</script>\n</code></pre><script>alert(1)</script>\n```',
  '| <script>alert(1)</script> | b |\n|---|---|\n| <img src=x onerror=alert(1)> | ![](https://evil.example/t.png) |',
  '[x]: javascript:alert(1)\n[x]',
  '# <script>alert(1)</script>\n> <script>alert(1)</script>\n- <script>alert(1)</script>',
  '\u202e[gpj.exe](https://evil.example/\u202e) [zero](https://evil\u200b.example)',
]

test('Markdown that attacks executes nothing, loads nothing, and violates no policy', async () => {
  const { page, strangers } = await read()
  for (const attack of ATTACKS) await host.text(`${attack}\n\n`)
  await host.text('the last line\n')
  await page.getByText('the last line').waitFor()
  expect(await page.locator('.md :is(script, img, svg, iframe, style, link, meta, base, object, embed, form, input)').count()).toBe(0)
  const odd = await page.locator('.md').evaluate((root) =>
    [...root.querySelectorAll('*')].flatMap((node) => [...node.attributes].filter(({ name, value }) => /^on|^style$|^src/.test(name) || (name === 'href' && !/^(https?|mailto):/.test(value))).map(({ name, value }) => `${name}=${value}`)),
  )
  expect(odd).toEqual([])
  expect(strangers).toEqual([])
})

test('control characters are not shown, and nothing turns a line around', async () => {
  const { page } = await read()
  await host.text('# A \x1b[31mred\x1b[0m title\x07\n\npay &#8238;\u202e001\u202c to `\u2066x\u0000y`\n\n```\n\x1b[1mbold\x1b[0m \u202ecode\n```\nthe open line \x1b[')
  await page.getByText('the open line').waitFor()
  const shown = (await page.locator('.md').innerText()).replace(/\s+/g, ' ')
  expect(shown).toContain('A red title pay 001 to xy text')
  expect(shown).toContain('bold code')
  expect(shown).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2400-\u243f]|\[\d*m/)
})

test.each([
  ['deep quotes', `${'>'.repeat(20_000)} x\n`],
  ['deep lists', `${'- '.repeat(20_000)}x\n`],
  ['brackets', `${'['.repeat(20_000)}\n`],
  ['a line of a megabyte', `${'words and words '.repeat(65_536)}\n`],
  ['a megabyte of stars', `${'*'.repeat(1_000_000)}\n`],
  ['a fence that never closes', `\`\`\`js\n${'let a = 1\n'.repeat(20_000)}`],
  ['a table of many columns', `|${'a|'.repeat(5_000)}\n|${'-|'.repeat(5_000)}\n`],
])('%s: the page goes on', async (_, text) => {
  const { page } = await read()
  for (let at = 0; at < text.length; at += 50_000) await host.text(text.slice(at, at + 50_000))
  await host.text('\n```\n\nafter all that\n')
  await page.getByText('after all that').first().waitFor()
  await page.getByRole('button', { name: 'Wrap' }).click()
})

test('what is closed is never touched again', async () => {
  const { page } = await read()
  await host.text('# Title\n\nA paragraph.\n\n- one\n- two\n\n```js\nlet a = 1\n```\n\n')
  await page.locator('.hl-keyword').waitFor()
  await page.evaluate(() => {
    const closed = [...document.querySelectorAll('.md .block > *')].slice(0, 4)
    ;(window as any).touched = 0
    for (const node of closed) new MutationObserver((changes) => ((window as any).touched += changes.length)).observe(node, { childList: true, subtree: true, characterData: true, attributes: true })
  })
  for (let i = 0; i < 60; i++) await host.text(`token${i} `)
  await host.text('\n\n- more\n\n```py\nx = 1\n')
  await page.getByText('x = 1').waitFor()
  expect(await page.evaluate(() => (window as any).touched)).toBe(0)
})

test('code says its language, is coloured, and can be copied', async () => {
  const { page } = await read()
  await host.text('```python\ndef greet():\n    return "hi"\n```\n')
  await page.locator('.code-top', { hasText: 'python' }).waitFor()
  await page.locator('.hl-keyword', { hasText: 'def' }).waitFor()
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.getByRole('button', { name: 'Copy' }).click()
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('def greet():\n    return "hi"\n')
})

test('search counts, steps and goes; saving gives what was sent, and a page that loads nothing', async () => {
  const { page } = await read()
  await host.text('# Needle\n\nneedle and **NEEDLE**\n\n<script>alert(1)</script>\n')
  await page.getByText('needle and').waitFor()
  await page.keyboard.press('/')
  await page.getByLabel('Search in the text').fill('needle')
  await page.getByText('1 of 3').waitFor()
  await page.keyboard.press('Enter')
  await page.getByText('2 of 3').waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(() => page.locator('.search').count()).toBe(0)
  await page.locator('.menu summary').click()
  await page.keyboard.press('Escape')
  expect(await page.locator('.menu[open]').count()).toBe(0)
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('SUMMARY')
  await page.locator('.menu summary').click()
  await page.locator('h1').click()
  await expect.poll(() => page.locator('.menu[open]').count()).toBe(0)
  const save = async (name: string): Promise<string> => {
    await page.locator('.menu summary').click()
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()])
    const parts: Buffer[] = []
    for await (const part of await download.createReadStream()) parts.push(part as Buffer)
    return Buffer.concat(parts).toString('utf8')
  }
  expect(await save('As Markdown')).toBe('# Needle\n\nneedle and **NEEDLE**\n\n<script>alert(1)</script>\n')
  const html = await save('As a page')
  expect(html).toContain('&lt;script&gt;')
  expect(html).not.toContain('<script')
  expect(html).toContain("default-src 'none'")
})
