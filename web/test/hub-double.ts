import { createServer, type Server } from 'node:http'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WebSocketServer, type WebSocket } from 'ws'
import { HubConnection } from './hub-connection.ts'
import { HubRooms } from './hub-rooms.ts'
import { chooseCrypto } from '../client/src/crypto/choose.ts'

const DIST = fileURLToPath(new URL('../dist/', import.meta.url))
const STAGE = fileURLToPath(new URL('./stage/', import.meta.url))
const SAMPLES = fileURLToPath(new URL('../../samples/web/', import.meta.url))
const TYPES: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.json': 'application/json' }
/** The policy that every hub serves the page with. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; " +
  "connect-src 'self' http: https: ws: wss:; base-uri 'none'; frame-ancestors 'none'"

/** A hub for tests: docs/protocol/door.md and web/dist on a free port of loopback. */
export class HubDouble {
  readonly rooms = new HubRooms()
  readonly peers = new Map<string, HubConnection>()
  readonly connections = new Set<HubConnection>()
  /** Everything that peers sent, as it came: for looking whether a secret got out. */
  readonly heard: Uint8Array[] = []
  private server: Server | undefined
  private port = 0

  async start(port = 0): Promise<this> {
    const crypto = await chooseCrypto()
    const identity = await crypto.ed25519.generate()
    const server = createServer((request, response) => {
      const path = new URL(request.url!, 'http://x').pathname
      readFile(fileOf(path)).then(
        (bytes) =>
          response
            .writeHead(200, { 'content-type': TYPES[extname(path)] || TYPES['.html'], ...(path.startsWith('/samples/') ? {} : { 'content-security-policy': POLICY }), 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' })
            .end(bytes),
        () => response.writeHead(404).end(),
      )
    })
    const sockets = new WebSocketServer({ server, path: '/roost', handleProtocols: () => 'roost.1', perMessageDeflate: false })
    sockets.on('connection', (socket: WebSocket) => {
      const connection = new HubConnection(socket, { crypto, identity, rooms: this.rooms, peers: this.peers, heard: this.heard })
      this.connections.add(connection)
      socket.on('close', () => this.connections.delete(connection))
    })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    this.server = server
    this.port = (server.address() as AddressInfo).port
    return this
  }

  get url(): string {
    return `http://localhost:${this.port}`
  }

  get usedPort(): number {
    return this.port
  }

  async stop(): Promise<void> {
    for (const connection of [...this.connections]) connection.socket.terminate()
    const { server } = this
    this.server = undefined
    if (server) await new Promise((resolve) => (server.close(resolve), server.closeAllConnections()))
  }
}

/** web/dist, and what tests serve beside it. */
function fileOf(path: string): string {
  if (path.startsWith('/stage.')) return join(STAGE, path)
  if (path.startsWith('/samples/')) return join(SAMPLES, path.slice('/samples/'.length))
  return join(DIST, path === '/' ? 'index.html' : path)
}
