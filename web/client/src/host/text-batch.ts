import { concat, type Bytes } from '../codec/bytes.ts'
import { KIND, MAX_BODY_BYTES } from '../feeds/feed-frames.ts'
import type { Draft } from './stored-feed.ts'

/** What waits to be written: neighbouring text becomes one entry, so that a token is never an entry of its own. */
export class TextBatch {
  private drafts: Draft[] = []
  bytes = 0

  get isEmpty(): boolean {
    return this.drafts.length === 0
  }

  add(kind: number, body: Bytes): void {
    this.bytes += body.length
    for (let at = 0; at === 0 || at < body.length; at += MAX_BODY_BYTES) this.push({ kind, body: body.slice(at, at + MAX_BODY_BYTES) })
  }

  /** Takes at most `limit` entries, in order. */
  take(limit: number): Draft[] {
    const taken = this.drafts.splice(0, limit)
    for (const { body } of taken) this.bytes -= body.length
    return taken
  }

  private push(draft: Draft): void {
    const last = this.drafts[this.drafts.length - 1]
    if (last && last.kind === KIND.text && draft.kind === KIND.text && last.body.length + draft.body.length <= MAX_BODY_BYTES) {
      last.body = concat(last.body, draft.body)
    } else this.drafts.push(draft)
  }
}
