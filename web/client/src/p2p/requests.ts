import { utf8, type Bytes } from '../codec/bytes.ts'
import { abortError, onAbort } from './emitter.ts'
import { RoostError } from './roost-error.ts'
import { writeCall, type TalkFrame } from './talk-frames.ts'

export type RequestHandler = (params: any, context: { peerId: string }) => unknown

export interface RequestOptions {
  timeoutMs?: number
  signal?: AbortSignal
}

interface Waiting {
  peerId: string
  method: string
  resolve(value: any): void
  reject(error: unknown): void
}

const TIMEOUT_MS = 10_000

/** Calls between two peers: a method, parameters, one answer. */
export class Requests {
  private readonly waiting = new Map<number, Waiting>()
  private lastId = 0

  constructor(
    private readonly write: (peerId: string, message: Bytes) => Promise<boolean>,
    private readonly handlers: Map<string, RequestHandler>,
  ) {}

  hear(peerId: string, { type, id, text }: TalkFrame & { type: 'request' | 'response' }): void {
    if (type === 'request') void this.hearRequest(peerId, id, text)
    else this.hearResponse(peerId, id, text)
  }

  request(peerId: string, method: string, params: unknown, { timeoutMs = TIMEOUT_MS, signal }: RequestOptions): Promise<any> {
    const id = ++this.lastId
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer)
        this.waiting.delete(id)
      }
      const fail = (error: unknown): void => (settle(), reject(error))
      const timer = setTimeout(() => fail(new RoostError('request-timeout', `No answer to ${method} within ${timeoutMs} ms.`, 'Ask again, or raise timeoutMs.')), timeoutMs)
      this.waiting.set(id, { peerId, method, resolve: (value) => (settle(), resolve(value)), reject: fail })
      onAbort(signal, () => fail(abortError('The request')))
      if (!this.waiting.has(id)) return
      void this.write(peerId, writeCall(5, id, json({ method, params }))).then(
        (ok) => ok || fail(new RoostError('peer-unreachable', 'There is no open path to this peer.', 'Wait for peer-ready.')),
      )
    })
  }

  private async hearRequest(peerId: string, id: number, text: string): Promise<void> {
    let answer: object
    try {
      const { method, params } = JSON.parse(text)
      const handler = this.handlers.get(method)
      answer = handler ? { result: await handler(params, { peerId }) } : { error: { code: 'no-such-method', message: String(method) } }
    } catch (error) {
      answer = { error: { code: 'request-failed', message: error instanceof Error ? error.message : String(error) } }
    }
    void this.write(peerId, writeCall(6, id, json(answer)))
  }

  private hearResponse(peerId: string, id: number, text: string): void {
    const waiting = this.waiting.get(id)
    if (!waiting || waiting.peerId !== peerId) return
    try {
      const { result, error } = JSON.parse(text)
      if (!error) return waiting.resolve(result)
      waiting.reject(
        error.code === 'no-such-method'
          ? new RoostError(error.code, `The other side does not handle ${waiting.method}.`, 'It has to call handle() with this name.')
          : new RoostError('request-failed', `${waiting.method} failed: ${error.message}`, 'Its handler on the other side threw this.'),
      )
    } catch (error) {
      waiting.reject(error)
    }
  }
}

const json = (value: unknown): Bytes => utf8(JSON.stringify(value))
