import { hex } from '../codec/bytes.ts'
import type { Crypto, Signer } from '../crypto/provider.ts'
import type { OutboxStore } from './outbox-store.ts'

/**
 * How long this page is the same peer.
 * `tab`: across reloads of one tab, so that two tabs are two peers. `persistent`: one peer per browser and origin. `ephemeral`: until the page closes.
 */
export type IdentityKind = 'tab' | 'persistent' | 'ephemeral'

export async function keepIdentity(kind: IdentityKind, provider: Crypto, store: OutboxStore | undefined): Promise<Signer> {
  if (kind === 'ephemeral' || !store) return provider.ed25519.generate()
  const name = kind === 'persistent' ? 'persistent' : nameOfTab()
  const stored = await store.loadKey(name).catch(() => undefined)
  const kept = stored && (await provider.ed25519.restore(stored))
  if (kept) return kept
  const fresh = await provider.ed25519.generate()
  await store.saveKey(name, fresh.stored).catch(() => undefined) // a full disk costs the identity at the next reload only
  return fresh
}

function nameOfTab(): string {
  const made = hex(crypto.getRandomValues(new Uint8Array(8)))
  try {
    const name = sessionStorage.getItem('roost-tab') || made
    sessionStorage.setItem('roost-tab', name)
    return name
  } catch {
    return made
  }
}
