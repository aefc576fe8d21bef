import { hex, type Bytes } from '../codec/bytes.ts'
import type { Crypto } from '../crypto/provider.ts'
import { newEpoch } from '../feeds/feed-host.ts'
import type { HostedSession, HostStore } from './host-store.ts'

/** Makes a session of its own key, secret and epoch, and stores it before anything is said in it. */
export async function newSession(crypto: Crypto, store: HostStore, title: string, canAsk: boolean, nowMs: number): Promise<HostedSession> {
  const random = (length: number): Bytes => globalThis.crypto.getRandomValues(new Uint8Array(length))
  const session: HostedSession = {
    id: hex(random(8)),
    key: (await crypto.ed25519.generate()).stored,
    secret16: random(16),
    epoch16: newEpoch(nowMs, random(10)),
    title,
    canAsk,
    madeAtMs: nowMs,
  }
  await store.save(session)
  return session
}
