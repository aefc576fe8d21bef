import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { vi } from 'vitest'
import { RealHub, ROOST } from './real-hub.ts'

/** Hubs that are told of the first one only, each with a data directory of its own. */
export class MeshOfHubs {
  private constructor(
    private readonly directory: string,
    readonly hubs: RealHub[],
  ) {}

  static async start(count: number): Promise<MeshOfHubs> {
    const mesh = new MeshOfHubs(await mkdtemp(join(tmpdir(), 'roost-mesh-')), [])
    for (let i = 0; i < count; i++) mesh.hubs.push(await RealHub.start(mesh.argsOf(i)))
    await mesh.whole()
    return mesh
  }

  /** Until every hub knows all others. */
  async whole(): Promise<void> {
    for (const hub of this.hubs) await vi.waitUntil(async () => (await hub.knows()) === this.hubs.length - 1, { timeout: 60_000 })
  }

  kill(at: number): Promise<void> {
    return this.hubs[at].kill()
  }

  /** `roost mesh drain`: done when the hub's own clients are at others. */
  async drain(at: number): Promise<void> {
    await promisify(execFile)(ROOST, ['mesh', 'drain', '--data', join(this.directory, String(at))])
  }

  /** The same hub again: its port, its key. */
  async revive(at: number): Promise<void> {
    this.hubs[at] = await RealHub.start(this.argsOf(at), this.hubs[at].port)
    await this.whole()
  }

  async stop(): Promise<void> {
    await Promise.all(this.hubs.map((hub) => hub.stop()))
    await rm(this.directory, { recursive: true })
  }

  private argsOf(at: number): string[] {
    const known = this.hubs.find((_, i) => i !== at)
    return ['--data', join(this.directory, String(at)), ...(known ? ['--mesh', known.url.replace('http', 'ws')] : [])]
  }
}
