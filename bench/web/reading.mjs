// npm run reading [viewers] [seconds]: `roost stream` at 200 tokens/s into real pages that already show 950 kB.
// Token to screen: from the write into the host's stdin to the word in the DOM. Main thread: its own CPU time, as Chromium counts it.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { launch, quantile } from './stage.mjs'

const [viewers = 10, seconds = 30] = process.argv.slice(2).map(Number)
const host = spawn(fileURLToPath(new URL('../../roost', import.meta.url)), ['stream', '--host', '127.0.0.1', '--qr', 'off'], { stdio: ['pipe', 'ignore', 'pipe'] })
const link = await new Promise((resolve) => {
  let said = ''
  host.stderr.on('data', (bytes) => {
    said += bytes
    const found = /(http\S+#\S+)/.exec(said)
    if (found) resolve(found[1])
  })
})
const line = `${'an old word '.repeat(8)}\n`
host.stdin.write(line.repeat(Math.ceil(950_000 / line.length)) + 'all-is-loaded\n')

const browser = await launch()
const pages = []
for (let i = 0; i < viewers; i++) {
  const page = await (await browser.newContext()).newPage()
  await page.addInitScript(() => {
    window.late = []
    let shown = 0
    new MutationObserver(() => {
      const now = Date.now()
      const log = document.querySelector('.log')
      const tail = log ? log.lastElementChild?.textContent || '' : ''
      for (const [, number, at] of tail.matchAll(/(\d+)@(\d{13})/g)) {
        if (Number(number) <= shown) continue
        shown = Number(number)
        window.late.push(now - Number(at))
      }
    }).observe(document, { childList: true, subtree: true, characterData: true })
  })
  await page.goto(link)
  await page.locator('.log').getByText('all-is-loaded').waitFor()
  pages.push(page)
}
const [first] = pages
const session = await first.context().newCDPSession(first)
await session.send('Performance.enable', { timeDomain: 'threadTicks' })
const used = async () => Object.fromEntries((await session.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]))
const before = await used()
const startedMs = Date.now()
let sent = 0
await new Promise((done) => {
  const tick = setInterval(() => {
    const due = Math.floor((Date.now() - startedMs) / 5)
    for (; sent < due; sent++) host.stdin.write(`${sent + 1}@${Date.now()}${sent % 12 === 11 ? '\n' : ' '}`)
    if (sent >= seconds * 200) clearInterval(tick), done()
  }, 5)
})
await first.locator('.log').getByText(`${sent}@`).waitFor()
const after = await used()
const elapsed = (Date.now() - startedMs) / 1000
const late = (await Promise.all(pages.map((page) => page.evaluate(() => window.late)))).flat()
console.log(`token to screen, ${viewers} viewers, ${sent} tokens at 200/s: p50 ${quantile(late, 0.5)} ms, p99 ${quantile(late, 0.99)} ms (${late.length} seen)`)
console.log(`main thread of one viewer: ${((100 * (after.TaskDuration - before.TaskDuration)) / elapsed).toFixed(1)} % (script ${((100 * (after.ScriptDuration - before.ScriptDuration)) / elapsed).toFixed(1)} %, layout ${((100 * (after.LayoutDuration - before.LayoutDuration)) / elapsed).toFixed(1)} %)`)
await browser.close()
host.kill('SIGKILL')
process.exit(0)
