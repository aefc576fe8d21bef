import type { Bytes } from '../codec/bytes.ts'

/** Makes signatures with one Ed25519 key. The key itself stays inside. */
export interface Signer {
  readonly publicKey: Bytes
  sign(message: Bytes): Promise<Bytes>
  /** What IndexedDB may keep to have this key again; a browser's own key never shows its bytes. */
  readonly stored: StoredKey
}

export type StoredKey = { pair: CryptoKeyPair; publicKey: Bytes } | { seed: Bytes }

/** Ed25519 as a browser or a library offers it, before the strict verifier rule of docs/protocol/identity.md. */
export interface Ed25519 {
  generate(): Promise<Signer>
  fromSeed(seed: Bytes): Promise<Signer>
  /** The key that was stored; undefined where this implementation can't use it. */
  restore(stored: StoredKey): Promise<Signer | undefined>
  /** The check without cofactor. Callers go through `verify` of identity/strict.ts. */
  verify(publicKey: Bytes, message: Bytes, signature: Bytes): Promise<boolean>
}

/** AES-256-GCM with one key; a 16-byte tag stands behind the ciphertext. */
export interface Sealer {
  seal(nonce: Bytes, body: Bytes, aad: Bytes): Promise<Bytes>
  /** Undefined when the tag does not fit. */
  open(nonce: Bytes, sealed: Bytes, aad: Bytes): Promise<Bytes | undefined>
}

/** What this page can compute with, chosen once per algorithm. */
export interface Crypto {
  readonly ed25519: Ed25519
  sealer(key: Bytes): Promise<Sealer>
  /** Which implementation does what, for the diagnostics of the page. */
  readonly made: { ed25519: CryptoSource; aesGcm: CryptoSource }
}

export type CryptoSource = 'browser' | 'javascript'
