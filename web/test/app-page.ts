import type { Browser, Page } from 'playwright-core'
import { openPage } from './chromium.ts'

/** What test/stage/stage.js remembers. */
interface Stage {
  app: any
  joined: string[]
  ready: string[]
  left: { peerId: string; reason: string }[]
  unreachable: string[]
  messages: { from: string; content: any }[]
  fast: any[]
  paths: string[]
  delivered: string[]
  errors: string[]
  states: string[]
  offers: { filename: string; size: number; bytes: number }[]
  files: { name: string; type: string; size: number; digest: string; sum: string }[]
  progress: { bytes: number; direction: 'in' | 'out' }[]
}

/** A browser page with a P2PApp in it. */
export class AppPage {
  private constructor(readonly page: Page) {}

  static async open(browser: Browser, url: string, complaints: string[], prepare?: (page: Page) => Promise<unknown>): Promise<AppPage> {
    const page = await openPage(browser, complaints)
    await prepare?.(page)
    await page.goto(`${url}/stage.html`)
    return new AppPage(page)
  }

  /** Starts an app on this page; resolves to its peer id. */
  join(room: string, config: Record<string, unknown> = {}): Promise<string> {
    return this.page.evaluate(({ room, config }) => (window as any).join(room, config), { room, config })
  }

  /** Sends to everyone; resolves to how it went. */
  send(content: unknown): Promise<any[]> {
    return this.page.evaluate((content) => (window as any).stage.app.sendMessage(content), content)
  }

  read<K extends keyof Omit<Stage, 'app'>>(name: K): Promise<Stage[K]> {
    return this.page.evaluate((name) => (window as any).stage[name], name)
  }

  contents(): Promise<any[]> {
    return this.page.evaluate(() => (window as any).stage.messages.map((message: any) => message.content))
  }
}
