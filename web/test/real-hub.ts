import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const ROOST = fileURLToPath(new URL('../../roost', import.meta.url))

/** The hub itself: `./roost hub` on a free port of loopback, ended by its own process id. */
export class RealHub {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  static start(args: string[] = [], port = 0): Promise<RealHub> {
    const child = spawn(ROOST, ['hub', '--port', String(port), '--host', '127.0.0.1', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    return new Promise((resolve, reject) => {
      const hear = (bytes: Buffer): void => {
        said += bytes
        const found = /https?:\/\/[^\s"]+:\d+/.exec(said)
        if (found) resolve(new RealHub(found[0].replace('127.0.0.1', 'localhost'), child))
      }
      child.stdout!.on('data', hear)
      child.stderr!.on('data', hear)
      child.on('exit', (code) => reject(new Error(`./roost hub ended with ${code}:\n${said}`)))
    })
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  /** Other hubs that this one believes alive. */
  async knows(): Promise<number> {
    const answer = await fetch(`${this.url}/hubs`).catch(() => undefined)
    return answer ? (await answer.json()).hubs.length : 0
  }

  /** As the system ends a process that it has no memory for: nobody is told. */
  kill(): Promise<void> {
    return this.stop('SIGKILL')
  }

  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    return new Promise((done) => {
      if (this.child.exitCode !== null || this.child.signalCode !== null) return done()
      this.child.removeAllListeners('exit')
      this.child.on('exit', () => done())
      this.child.kill(signal)
    })
  }
}
