import type { Bytes } from '../codec/bytes.ts'
import type { Crypto, Signer } from '../crypto/provider.ts'

/** A host's key as IndexedDB holds it: a pair that cannot be exported where the browser has Ed25519, else a seed. */
export type HostKey = { pair: CryptoKeyPair } | { seed: Bytes }

const ED = 'Ed25519'

export async function makeHostKey(crypto: Crypto): Promise<HostKey> {
  if (crypto.made.ed25519 === 'browser') return { pair: (await globalThis.crypto.subtle.generateKey(ED, false, ['sign', 'verify'])) as CryptoKeyPair }
  return { seed: globalThis.crypto.getRandomValues(new Uint8Array(32)) }
}

export async function signerOf(crypto: Crypto, key: HostKey): Promise<Signer> {
  if ('seed' in key) return crypto.ed25519.fromSeed(key.seed)
  const { subtle } = globalThis.crypto
  const { privateKey, publicKey } = key.pair
  return {
    publicKey: new Uint8Array(await subtle.exportKey('raw', publicKey)),
    sign: async (message) => new Uint8Array(await subtle.sign(ED, privateKey, message)),
  }
}
