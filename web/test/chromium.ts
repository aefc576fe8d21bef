import { chromium, type Browser, type Page } from 'playwright-core'

/** Debian's Chromium. `lan.test` is a plain-http name that is not localhost: what a phone on the same network gets. */
export function launchChromium(more: string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.ROOST_CHROMIUM || '/usr/bin/chromium',
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
      '--host-resolver-rules=MAP lan.test 127.0.0.1', ...more,
    ],
  })
}

/** A page that fails the test by what it logs: errors and violations of the policy. */
export async function openPage(browser: Browser, complaints: string[], options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const context = await browser.newContext(options)
  context.setDefaultTimeout(25_000)
  const page = await context.newPage()
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    // A hub that is away on purpose makes the browser itself complain.
    if (message.type() === 'error' && !/WebSocket connection to|net::ERR_(CONNECTION_REFUSED|INTERNET_DISCONNECTED)/.test(message.text())) complaints.push(message.text())
  })
  return page
}

/** As in a browser, or behind a firewall, that knows no WebRTC: everything goes over the hub. */
export function withoutWebRtc(page: Page): Promise<unknown> {
  return page.addInitScript(() => Reflect.deleteProperty(globalThis, 'RTCPeerConnection'))
}
