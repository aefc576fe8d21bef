import { fromHex, type Bytes } from '../codec/bytes.ts'
import { writeCast, writeSend } from '../door/peer-frames.ts'

export interface Roads {
  hub(frame: Bytes): void
  direct(peer20: Bytes, payload: Bytes): void
  /** Whether a link has so much unsent that it should be given no more. */
  isFull(peer20: Bytes): boolean
}

/** Members without a link are told one by one while they are few; beyond, one cast over the hub costs less for everybody. */
const MAX_TOLD = 8

/**
 * Who takes part in a document, and which way frames go to each: over a direct link, else over the hub. docs/protocol/signaling.md,
 * "Documents"; DocumentCore.Links.cs is the other half. Peers are named in hex.
 */
export class MemberWays {
  private readonly atHub = new Set<string>()
  private readonly links = new Map<string, { peer20: Bytes; hasMissed: boolean }>()

  constructor(
    private readonly room16: Bytes,
    private readonly roads: Roads,
  ) {}

  get members(): string[] {
    return [...new Set([...this.atHub, ...this.links.keys()])]
  }

  get linked(): number {
    return this.links.size
  }

  has(peer: string): boolean {
    return this.atHub.has(peer) || this.links.has(peer)
  }

  isLinked(peer: string): boolean {
    return this.links.has(peer)
  }

  /** Whether what is for this member goes over its link at this moment. */
  isDirect(peer: string): boolean {
    const link = this.links.get(peer)
    return !!link && !this.roads.isFull(link.peer20)
  }

  came(peer: string): void {
    this.atHub.add(peer)
  }

  /** The hub says that it went; `isForGood` unless only its connection to the hub was lost. True when it is out of reach by that. */
  went(peer: string, isForGood: boolean): boolean {
    const wasHere = this.has(peer)
    this.atHub.delete(peer)
    if (isForGood) this.links.delete(peer)
    return wasHere && !this.has(peer)
  }

  /** There is no hub: who is linked with stays. Gives who is out of reach. */
  hubLost(): string[] {
    const lost = [...this.atHub].filter((peer) => !this.links.has(peer))
    this.atHub.clear()
    return lost
  }

  up(peer: string): void {
    this.links.set(peer, { peer20: fromHex(peer)!, hasMissed: false })
  }

  /** False where there was no link. */
  down(peer: string): boolean {
    return this.links.delete(peer)
  }

  /** The link takes more again; true if something was not sent meanwhile, which a ROLL makes good. */
  drained(peer: string): boolean {
    const link = this.links.get(peer)
    if (!link || !link.hasMissed) return false
    link.hasMissed = false
    return true
  }

  send(to: string, payload: Bytes): void {
    const link = this.links.get(to)
    if (link && this.isDirect(to)) this.roads.direct(link.peer20, payload)
    else if (!link || this.atHub.has(to)) this.roads.hub(writeSend(this.room16, fromHex(to)!, payload))
    else link.hasMissed = true
  }

  /** Frames that mean something only together and in order: all go one way. */
  answer(to: string, payloads: Bytes[]): void {
    const link = this.links.get(to)
    if (link && this.isDirect(to)) for (const payload of payloads) this.roads.direct(link.peer20, payload)
    else for (const payload of payloads) this.send(to, payload)
  }

  /** Over the links and, one by one, to the few others; over the hub to all at once where they are many. */
  cast(payload: Bytes): void {
    const told = [...this.atHub].filter((peer) => !this.isDirect(peer))
    const casts = this.links.size === 0 || told.length > MAX_TOLD
    for (const peer of this.members) if (!casts || !this.atHub.has(peer)) this.send(peer, payload)
    if (casts) this.roads.hub(writeCast(this.room16, payload))
  }
}
