import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'

/** Debian's Firefox over WebDriver BiDi: as much of it as a page with a P2PApp needs. */
export class Firefox {
  private lastId = 0
  private readonly waiting = new Map<number, { resolve(value: any): void; reject(error: Error): void }>()

  private constructor(
    private readonly child: ChildProcess,
    private readonly socket: WebSocket,
    private readonly profile: string,
  ) {
    socket.on('message', (data) => {
      const { id, type, result, message } = JSON.parse(String(data))
      const waiting = this.waiting.get(id)
      this.waiting.delete(id)
      if (type === 'error') waiting?.reject(new Error(message))
      else waiting?.resolve(result)
    })
  }

  static async launch(): Promise<Firefox> {
    const profile = mkdtempSync(join(tmpdir(), 'roost-firefox-'))
    const child = spawn(process.env.ROOST_FIREFOX || '/usr/bin/firefox-esr', ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] })
    const url = await new Promise<string>((resolve, reject) => {
      let said = ''
      child.stderr!.on('data', (bytes) => {
        said += bytes
        const found = /WebDriver BiDi listening on (ws:\S+)/.exec(said)
        if (found) resolve(found[1])
      })
      child.on('exit', () => reject(new Error(`Firefox did not start:\n${said}`)))
    })
    const socket = new WebSocket(`${url}/session`)
    await new Promise((open) => socket.once('open', open))
    const firefox = new Firefox(child, socket, profile)
    await firefox.say('session.new', { capabilities: {} })
    return firefox
  }

  async open(url: string): Promise<FirefoxPage> {
    const { context } = await this.say('browsingContext.create', { type: 'tab' })
    await this.say('browsingContext.navigate', { context, url, wait: 'complete' })
    return new FirefoxPage(this, context)
  }

  say(method: string, params: object): Promise<any> {
    const id = ++this.lastId
    this.socket.send(JSON.stringify({ id, method, params }))
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }))
  }

  async close(): Promise<void> {
    const ended = new Promise((done) => this.child.once('exit', done))
    this.child.kill('SIGTERM')
    await ended
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

export class FirefoxPage {
  constructor(
    private readonly firefox: Firefox,
    private readonly context: string,
  ) {}

  /** What an expression gives, by way of JSON. */
  async read(expression: string): Promise<any> {
    const params = { expression: `(async () => JSON.stringify((await (${expression})) ?? null))()`, target: { context: this.context }, awaitPromise: true }
    const { result, exceptionDetails } = await this.firefox.say('script.evaluate', params)
    if (exceptionDetails) throw new Error(exceptionDetails.text)
    return JSON.parse(result.value)
  }

  close(): Promise<void> {
    return this.firefox.say('browsingContext.close', { context: this.context })
  }
}
