import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Answer = (response: ServerResponse, question: { messages: { role: string; content: string }[] }) => void

const HEAD = { 'content-type': 'text/event-stream', 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' }
export const delta = (content: string): string => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`

/** An OpenAI-compatible server that answers as a test tells it. */
export class ModelDouble {
  readonly asked: { authorization: string | undefined; body: any }[] = []
  private server: Server | undefined
  private last: ServerResponse | undefined

  constructor(public answer: Answer) {}

  async start(): Promise<string> {
    const server = createServer((request, response) => {
      if (request.method === 'OPTIONS') return response.writeHead(204, HEAD).end()
      let body = ''
      request.on('data', (piece) => (body += piece))
      request.on('end', () => {
        this.asked.push({ authorization: request.headers.authorization, body: JSON.parse(body) })
        this.last = response
        this.answer(response, JSON.parse(body))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    this.server = server
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  }

  /** Breaks an answer off in the middle: the connection ends without the last chunk. */
  cut(): void {
    this.last?.socket?.end()
  }

  async stop(): Promise<void> {
    const { server } = this
    if (server) await new Promise((resolve) => (server.close(resolve), server.closeAllConnections()))
  }
}

/** Says pieces and ends in order. */
export const says = (...pieces: string[]): Answer => (response) => {
  response.writeHead(200, HEAD)
  for (const piece of pieces) response.write(delta(piece))
  response.end('data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n')
}

/** Sends bytes as they are, then ends, or keeps the connection open until it is cut. */
export const sends = (bytes: (string | Uint8Array)[], then: 'end' | 'hang'): Answer => (response) => {
  response.writeHead(200, HEAD)
  for (const piece of bytes) response.write(piece)
  if (then === 'end') response.end()
}
