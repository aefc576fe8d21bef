import { hex } from '../codec/bytes.ts'
import type { Crypto, Signer } from '../crypto/provider.ts'
import type { OutboxStore } from './outbox-store.ts'

/**
 * How long this page is the same peer.
 * `tab`: across reloads of one tab, so that two tabs are two peers. `persistent`: one peer per browser and origin. `ephemeral`: until the page closes.
 */
export type IdentityKind = 'tab' | 'persistent' | 'ephemeral'

/** `isFresh`: made a moment ago, so that nothing can be stored under it. */
export interface KeptIdentity {
  signer: Signer
  isFresh: boolean
  /** Another application of this page may be this peer now. */
  release(): void
}

/** What this page's applications keep their names under: each is a peer of its own. */
const taken = new Set<string>()

export async function keepIdentity(kind: IdentityKind, provider: Crypto, store: OutboxStore | undefined): Promise<KeptIdentity> {
  const name = kind === 'ephemeral' || !store ? undefined : kind === 'persistent' ? { key: kind, isNew: false, at: kind } : nameOfTab()
  let at = name && name.at
  const release = (): void => {
    taken.delete(at!)
    at = undefined // once: another application may have the name by then
  }
  const stored = name && !name.isNew && (await store!.loadKey(name.key).catch(() => undefined))
  const kept = stored && (await provider.ed25519.restore(stored))
  if (kept) return { signer: kept, isFresh: false, release }
  const signer = await provider.ed25519.generate()
  // Nobody waits for the disk: storage is written in order, this before any message. A full disk costs the identity at the next reload only.
  if (name) store!.saveKey(name.key, signer.stored).catch(() => undefined)
  return { signer, isFresh: true, release }
}

function nameOfTab(): { key: string; isNew: boolean; at: string } {
  let at = 'roost-tab'
  while (taken.has(at)) at += 1
  taken.add(at)
  const made = hex(crypto.getRandomValues(new Uint8Array(8)))
  try {
    const key = sessionStorage.getItem(at)
    sessionStorage.setItem(at, key || made)
    return { key: key || made, isNew: !key, at }
  } catch {
    return { key: made, isNew: true, at }
  }
}
