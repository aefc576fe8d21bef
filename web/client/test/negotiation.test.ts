import { expect, test } from 'vitest'
import type { Connection } from '../src/p2p/connection.ts'
import { Negotiation } from '../src/p2p/negotiation.ts'
import type { Signal } from '../src/p2p/signals.ts'

/** A browser's connection as W3C WebRTC §4.4 has it: one operation after the other, and none that a close() interrupts ever ends. */
class Pc {
  signalingState = 'stable'
  remoteDescription: object | null = null
  candidates: unknown[] = []
  onnegotiationneeded: (() => void) | undefined
  onicecandidate: ((event: { candidate: unknown }) => void) | undefined
  /** The operation that does not end before go(). */
  slow = ''
  private waiting: (() => void)[] = []

  constructor(private readonly name: string) {}

  getTransceivers(): unknown[] {
    return []
  }
  createOffer(): Promise<object> {
    return this.run('createOffer', () => ({ type: 'offer', sdp: this.name }))
  }
  createAnswer(): Promise<object> {
    return this.run('createAnswer', () => (this.only('have-remote-offer'), { type: 'answer', sdp: this.name }))
  }
  setLocalDescription({ type }: { type: string }): Promise<void> {
    return this.run('setLocalDescription', () => {
      this.only(type === 'offer' ? 'stable' : type === 'answer' ? 'have-remote-offer' : 'have-local-offer')
      this.signalingState = type === 'offer' ? 'have-local-offer' : 'stable'
    })
  }
  setRemoteDescription(description: { type: string }): Promise<void> {
    return this.run('setRemoteDescription', () => {
      this.only(description.type === 'offer' ? 'stable' : 'have-local-offer')
      this.signalingState = description.type === 'offer' ? 'have-remote-offer' : 'stable'
      this.remoteDescription = description
    })
  }
  addIceCandidate(candidate: unknown): Promise<void> {
    return this.run('addIceCandidate', () => void (this.remoteDescription ? this.candidates.push(candidate) : this.only('never')))
  }
  close(): void {
    this.signalingState = 'closed'
  }
  go(): void {
    this.slow = ''
    for (const work of this.waiting.splice(0)) work()
  }

  private only(state: string): void {
    if (this.signalingState !== state) throw new DOMException(`${this.signalingState}, not ${state}`, 'InvalidStateError')
  }
  private run<T>(name: string, operation: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const work = (): void => {
        if (this.signalingState === 'closed') return
        try {
          resolve(operation())
        } catch (error) {
          reject(error)
        }
      }
      if (this.slow === name || this.waiting.length > 0) this.waiting.push(work)
      else queueMicrotask(work)
    })
  }
}

class Side {
  readonly made: Pc[] = []
  readonly said: Signal[] = []
  /** What the next connection is like. */
  prepare: (pc: Pc) => void = () => undefined
  readonly negotiation: Negotiation

  constructor(polite: boolean) {
    this.negotiation = new Negotiation({
      polite,
      connect: () => {
        const pc = new Pc(`${polite ? 'p' : 'i'}${this.made.length}`)
        this.made.push(pc)
        this.prepare(pc)
        return { pc } as unknown as Connection
      },
      say: (signal) => this.said.push(signal),
      made: () => undefined,
    })
  }

  get pc(): Pc {
    return this.negotiation.pc as unknown as Pc
  }

  /** Hears what the other one has said since it was last asked. */
  hear(other: Side): void {
    for (const signal of other.said.splice(0)) this.negotiation.hear(signal)
  }
}

const soon = (): Promise<void> => new Promise((later) => setTimeout(later, 0))
const types = (side: Side): string[] => side.said.map(({ type }) => type)
const candidate = (port: number): object => ({ candidate: `candidate:1 1 udp 1 192.0.2.1 ${port} typ host`, toJSON: () => ({ candidate: `${port}` }) })

/** The two are connected, and either may offer again. */
async function connected(): Promise<[Side, Side]> {
  const [polite, impolite] = [new Side(true), new Side(false)]
  polite.negotiation.offer()
  await soon()
  impolite.hear(polite)
  await soon()
  polite.hear(impolite)
  await soon()
  expect([polite.pc.signalingState, impolite.pc.signalingState]).toEqual(['stable', 'stable'])
  return [polite, impolite]
}

test('an offer is told at once, and an answer that comes before the browser has taken it waits for that', async () => {
  const [polite, impolite] = [new Side(true), new Side(false)]
  polite.prepare = (pc) => (pc.slow = 'setLocalDescription')
  polite.negotiation.offer()
  await soon()
  const { pc } = polite
  expect(types(polite)).toEqual(['offer'])
  impolite.hear(polite)
  await soon()
  expect(types(impolite)).toEqual(['answer'])
  polite.hear(impolite)
  await soon()
  expect(pc.signalingState).toBe('stable')
  expect(pc.remoteDescription).toBe(null)
  pc.go()
  await soon()
  expect(pc.signalingState).toBe('stable')
  expect(pc.remoteDescription).toMatchObject({ type: 'answer' })
})

test('who insisted on its own offer takes the candidates of the answer', async () => {
  const [polite, impolite] = [new Side(true), new Side(false)]
  polite.negotiation.offer()
  impolite.negotiation.offer()
  await soon()
  const [fromPolite] = polite.said.splice(0)
  polite.hear(impolite)
  impolite.negotiation.hear(fromPolite)
  await soon()
  expect(types(polite)).toEqual(['answer'])
  polite.pc.onicecandidate!({ candidate: candidate(7) })
  impolite.hear(polite)
  await soon()
  expect(impolite.pc.signalingState).toBe('stable')
  expect(impolite.pc.candidates).toEqual([{ candidate: '7' }])
})

test('an offer of the other side that comes while an own one is being made is answered', async () => {
  const [polite, impolite] = await connected()
  polite.pc.slow = 'createOffer'
  polite.pc.onnegotiationneeded!()
  impolite.pc.onnegotiationneeded!()
  await soon()
  polite.hear(impolite)
  await soon()
  polite.pc.go()
  for (let i = 0; i < 6; i++) {
    await soon()
    impolite.hear(polite)
    await soon()
    polite.hear(impolite)
  }
  expect([polite.pc.signalingState, impolite.pc.signalingState]).toEqual(['stable', 'stable'])
  expect(impolite.pc.remoteDescription).toMatchObject({ type: 'answer' })
})

test('what a closed connection never ends does not stop what comes after', async () => {
  const [polite, impolite] = await connected()
  polite.pc.slow = 'setRemoteDescription'
  impolite.pc.onnegotiationneeded!()
  await soon()
  polite.hear(impolite)
  await soon()
  polite.negotiation.offer() // builds anew: the one that was taking the offer is closed
  await soon()
  expect(types(polite)).toEqual(['offer'])
  impolite.said.length = 0
  impolite.pc.signalingState = 'stable'
  impolite.hear(polite)
  await soon()
  polite.hear(impolite)
  await soon()
  expect(polite.made).toHaveLength(2)
  expect(polite.pc.signalingState).toBe('stable')
  expect(polite.pc.remoteDescription).toMatchObject({ type: 'answer' })
})

test('once closed it makes no connection and says nothing, whatever was still to be heard', async () => {
  const [polite, impolite] = [new Side(true), new Side(false)]
  impolite.negotiation.offer()
  await soon()
  polite.hear(impolite)
  polite.negotiation.close()
  await soon()
  expect([polite.made, polite.said]).toEqual([[], []])
})

test('active TCP candidates, which nobody dials, are not told; that there are no more is', async () => {
  const [polite] = await connected()
  polite.pc.onicecandidate!({ candidate: { candidate: 'candidate:1 1 tcp 1 192.0.2.1 9 typ host tcptype active', toJSON: () => ({}) } })
  polite.pc.onicecandidate!({ candidate: candidate(8) })
  polite.pc.onicecandidate!({ candidate: null })
  expect(polite.said.map((signal) => signal.type === 'ice-candidate' && signal.candidate)).toEqual([{ candidate: '8' }, null])
})
