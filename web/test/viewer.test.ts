import { describe, expect, test } from 'vitest'
import { openPage } from './chromium.ts'
import { HostDouble } from './host-double.ts'
import { browser, complaints, hub, withHub } from './with-hub.ts'

withHub()

describe.each([
  ['localhost', (url: string) => url],
  ['plain http name', (url: string) => url.replace('localhost', 'lan.test')],
])('on a %s', (_, at) => {
  test('a viewer reads what was and what comes, and sees the end', async () => {
    const host = await HostDouble.create()
    await host.text('from the start\n')
    await host.connect(hub.url)
    const page = await openPage(browser, complaints)
    await page.goto(host.linkAt(at(hub.url)))
    await page.getByText('from the start').waitFor()
    await page.locator('.state[data-tone=live]').waitFor()
    await host.text('\x1b[32mgreen\x1b[0m and Grüße ')
    const euro = new TextEncoder().encode('€')
    await host.text(euro.slice(0, 2))
    await host.text(euro.slice(2))
    await page.getByText('Grüße €').waitFor()
    expect(await page.locator('span.fg2').textContent()).toBe('green')
    await host.end(0)
    await page.getByText('Ended, exit code 0').first().waitFor()
    await expect.poll(() => host.acked).toBe(host.feed.log.head)
    host.disconnect()
  })
})

describe('bad links', () => {
  test.each([
    ['damaged', '#AQAAAQIDBAUGBwgJ', 'This link is damaged'],
    ['newer', '#AgAAAQIDBAUGBwgJCgsMDQ4PVkdap1RjR0wChd9dvyvKtw', 'needs a newer version'],
  ])('a %s link is told as such, and a good one can be pasted', async (_, fragment, words) => {
    const host = await HostDouble.create()
    await host.text('hello')
    await host.connect(hub.url)
    const page = await openPage(browser, complaints)
    await page.goto(hub.url + '/' + fragment)
    await page.getByRole('alert').getByText(words).waitFor()
    await page.getByLabel('Join a session').fill('nonsense')
    await page.getByRole('button', { name: 'Join' }).click()
    await page.getByText('This link is damaged. Copy it again').waitFor()
    await page.getByLabel('Join a session').fill('7-guitarist-revenge')
    await page.getByRole('button', { name: 'Join' }).click()
    await page.getByText('come with a later version').waitFor()
    await page.getByLabel('Join a session').fill(` ${host.linkAt(hub.url)} `)
    await page.keyboard.press('Enter')
    await page.getByText('hello').waitFor()
    host.disconnect()
  })
})

describe('comings and goings', () => {
  test('before the host is there the page waits, and goes on by itself', async () => {
    const host = await HostDouble.create()
    const page = await openPage(browser, complaints)
    await page.goto(host.linkAt(hub.url))
    await page.getByText('Waiting for the host').first().waitFor()
    await host.text('here now')
    await host.connect(hub.url)
    await page.getByText('here now').waitFor()
    host.disconnect()
    await page.getByText('The host is gone').first().waitFor()
    await host.text(', and back')
    await host.connect(hub.url)
    await page.getByText('here now, and back').waitFor()
    host.disconnect()
  })

  test('a reload loses nothing, and shows what was read even when the host is gone', async () => {
    const host = await HostDouble.create()
    await host.connect(hub.url)
    const page = await openPage(browser, complaints)
    await page.goto(host.linkAt(hub.url))
    let said = ''
    for (let i = 0; i < 40; i++) {
      await host.text(`word${i} `)
      said += `word${i} `
      if (i % 10 === 9) await page.reload()
    }
    await expect.poll(() => page.locator('.log').textContent()).toBe(said)
    host.disconnect()
    await page.getByText('The host is gone').first().waitFor()
    await page.reload()
    await expect.poll(() => page.locator('.log').textContent()).toBe(said)
    await page.getByText('The host is gone').first().waitFor()
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('build log')
  })

  test('a hub that is killed and comes back is found again, and nothing is missing', async () => {
    const host = await HostDouble.create()
    await host.connect(hub.url)
    const page = await openPage(browser, complaints)
    await page.goto(host.linkAt(hub.url))
    await host.text('before ')
    await page.getByText('before').waitFor()
    const port = hub.usedPort
    await hub.stop()
    await page.getByText('Connection lost').first().waitFor()
    await host.text('between ')
    await hub.start(port)
    await page.getByText('before between').waitFor()
    host.disconnect()
  })

  test('a host that lost its log starts anew and the page says so', async () => {
    const host = await HostDouble.create()
    await host.text('old text')
    await host.connect(hub.url)
    const page = await openPage(browser, complaints)
    await page.goto(host.linkAt(hub.url))
    await page.getByText('old text').waitFor()
    host.disconnect()
    await host.startAnew()
    await host.text('new text')
    await host.connect(hub.url)
    await page.getByText('new text').waitFor()
    await page.getByText('The host started again.').waitFor()
    expect(await page.locator('.log').textContent()).toContain('old text')
    host.disconnect()
  })
})

describe('hostile input', () => {
  test('entries forged, reordered and doubled at the hub change nothing', async () => {
    const host = await HostDouble.create()
    await host.connect(hub.url)
    const page = await openPage(browser, complaints)
    await page.goto(host.linkAt(hub.url))
    await page.locator('.state[data-tone=live]').waitFor()
    const held: Uint8Array<ArrayBuffer>[] = []
    for (const connection of hub.connections) {
      connection.road = (frame) => {
        if (frame[0] !== 0x0a) return [frame]
        const forged = frame.slice()
        forged[forged.length - 1] ^= 1
        if (held.push(frame) < 3) return [forged]
        return [forged, ...held.splice(0).reverse(), frame]
      }
    }
    let said = ''
    for (let i = 0; i < 30; i++) {
      await host.text(`w${i} `)
      said += `w${i} `
    }
    await expect.poll(() => page.locator('.log').textContent()).toBe(said)
    host.disconnect()
  })

  test('a forked history stops the page with its reason', async () => {
    const host = await HostDouble.create()
    await host.text('first history')
    await host.connect(hub.url)
    const page = await openPage(browser, complaints)
    await page.goto(host.linkAt(hub.url))
    await page.getByText('first history').waitFor()
    host.disconnect()
    await host.fork()
    await host.text('second history')
    await host.connect(hub.url)
    await page.getByText('Stopped: two different histories').first().waitFor()
    expect(await page.locator('.log').textContent()).toBe('first history')
    host.disconnect()
  })

  test('text is text: markup, scripts, links, escapes and binary do nothing', async () => {
    const host = await HostDouble.create({ title: '<img src=x onerror=alert(1)>' })
    await host.connect(hub.url)
    const page = await openPage(browser, complaints)
    await page.goto(host.linkAt(hub.url))
    const attack = '<script>window.pwned=1</script><img src=x onerror="window.pwned=1">\n'
    await host.text(attack)
    await host.text('\x1b]8;;javascript:alert(1)\x07link\x1b]8;;\x07 \x1b[999;999H\x1b[2J\x00\x07\x9b1mbin\xff')
    await host.text(Uint8Array.from({ length: 256 }, (_, i) => 255 - i))
    await host.text('\nthe end')
    await page.getByText('the end').waitFor()
    expect(await page.locator('.log').textContent()).toContain(attack)
    expect(await page.evaluate('window.pwned')).toBeUndefined()
    expect(await page.locator('.log img, .log script, .log a').count()).toBe(0)
    expect(await page.title()).toContain('<img src=x')
    host.disconnect()
  })

  test('the hub’s refusal is shown with what to do', async () => {
    const host = await HostDouble.create()
    const page = await openPage(browser, complaints)
    await page.goto(host.linkAt(hub.url))
    await page.getByText('Waiting for the host').first().waitFor()
    for (const connection of hub.connections) connection.refuse(12, 'room is full')
    await page.getByText('The hub refused', { exact: true }).first().waitFor()
    await page.getByText('Nobody more fits into this session. Reload when somebody has left. (ROOST-1012)').first().waitFor()
    for (const connection of hub.connections) connection.refuse(7, 'the signature does not fit')
    await page.getByText('The session is over, or a letter of the link is missing or wrong. Ask for the link again. (ROOST-1007)').first().waitFor()
    expect(await page.locator('body').textContent()).not.toMatch(/join-refused|room-full/)
    await host.connect(hub.url) // the room goes on
    await page.locator('.state[data-tone=live]').waitFor()
    host.disconnect()
  })

  test('nothing that was said or that opens it ever passes the hub in clear', async () => {
    const host = await HostDouble.create({ title: 'canary-title-4711' })
    await host.connect(hub.url)
    const page = await openPage(browser, complaints)
    await page.goto(host.linkAt(hub.url))
    await host.text('canary-text-4711')
    await page.getByText('canary-text-4711').waitFor()
    const all = Buffer.concat(hub.heard)
    expect(all.includes('canary')).toBe(false)
    expect(all.includes(Buffer.from(host.invite.secret16))).toBe(false)
    expect(all.length).toBeGreaterThan(300)
    host.disconnect()
  })
})

describe('reading', () => {
  test('follows the tail until the reader scrolls up, and again on request', async () => {
    const host = await HostDouble.create()
    await host.connect(hub.url)
    const page = await openPage(browser, complaints, { viewport: { width: 390, height: 844 } })
    await page.goto(host.linkAt(hub.url))
    for (let i = 0; i < 200; i++) await host.text(`line ${i}\n`)
    await page.getByText('line 199').waitFor()
    const fromEnd = () => page.evaluate('document.documentElement.scrollHeight - innerHeight - scrollY')
    await expect.poll(fromEnd).toBeLessThan(3)
    await page.mouse.move(200, 400)
    await page.mouse.wheel(0, -900)
    await page.getByRole('button', { name: 'Follow', exact: true }).and(page.locator('[aria-pressed=false]')).waitFor()
    const before = await page.evaluate('scrollY')
    await host.text('fresh\n')
    await page.getByText('↓ 1 new line').waitFor()
    expect(await page.evaluate('scrollY')).toBe(before)
    await page.getByText('↓ 1 new line').click()
    await expect.poll(fromEnd).toBeLessThan(3)
    host.disconnect()
  })

  test('fits 320 pixels, and only states are announced, never tokens', async () => {
    const host = await HostDouble.create({ title: 'a rather long title of a build that goes on and on' })
    await host.connect(hub.url)
    const page = await openPage(browser, complaints, { viewport: { width: 320, height: 568 } })
    await page.goto(host.linkAt(hub.url))
    await host.text(`${'x'.repeat(500)}\n${'words '.repeat(100)}`)
    await page.getByText('words words').waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320)
    const spoken = page.getByRole('status')
    await expect.poll(() => spoken.textContent()).toBe('Live. ')
    await host.end(1)
    await expect.poll(() => spoken.textContent()).toBe('Ended with exit code 1. 101 words.')
    host.disconnect()
  })

  test('progress bars are drawn over, not one below the other', async () => {
    const host = await HostDouble.create()
    await host.connect(hub.url)
    const page = await openPage(browser, complaints)
    await page.goto(host.linkAt(hub.url))
    for (let i = 0; i <= 100; i += 5) await host.text(`\rbuilding ${i} %`)
    await host.text('\r\x1b[Kdone\r\n')
    await expect.poll(() => page.locator('.log').textContent()).toBe('done\n')
    host.disconnect()
  })
})
