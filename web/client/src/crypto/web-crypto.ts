import { concat, fromBase64Url, fromHex, type Bytes } from '../codec/bytes.ts'
import type { Ed25519, Sealer, Signer, StoredKey } from './provider.ts'

const ED = 'Ed25519'
// RFC 8410 §7: a PKCS #8 wrapping of a bare seed.
const PKCS8_HEAD = fromHex('302e020100300506032b657004220420')!

/** Ed25519 of the browser (Chrome 137, Firefox 129, Safari 17 and later), for secure contexts. */
export function webEd25519(subtle: SubtleCrypto): Ed25519 {
  return {
    async generate() {
      const pair = (await subtle.generateKey(ED, false, ['sign', 'verify'])) as CryptoKeyPair
      const publicKey = new Uint8Array(await subtle.exportKey('raw', pair.publicKey))
      return signer(subtle, pair.privateKey, { pair, publicKey })
    },
    async fromSeed(seed) {
      const pkcs8 = concat(PKCS8_HEAD, seed)
      const readable = await subtle.importKey('pkcs8', pkcs8, ED, true, ['sign'])
      const jwk = await subtle.exportKey('jwk', readable) // the only road from a seed to its public key
      return signer(subtle, readable, { seed }, fromBase64Url(jwk.x!)!)
    },
    async restore(stored) {
      return 'seed' in stored ? this.fromSeed(stored.seed) : signer(subtle, stored.pair.privateKey, stored)
    },
    async verify(publicKey, message, signature) {
      const key = await subtle.importKey('raw', publicKey, ED, false, ['verify'])
      return subtle.verify(ED, key, signature, message)
    },
  }
}

export async function webSealer(subtle: SubtleCrypto, key: Bytes): Promise<Sealer> {
  const aes = await subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt'])
  return {
    async seal(nonce, body, aad) {
      return new Uint8Array(await subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: aad }, aes, body))
    },
    async open(nonce, sealed, aad) {
      try {
        return new Uint8Array(await subtle.decrypt({ name: 'AES-GCM', iv: nonce, additionalData: aad }, aes, sealed))
      } catch {
        return undefined
      }
    },
  }
}

function signer(subtle: SubtleCrypto, key: CryptoKey, stored: StoredKey, publicKey = 'seed' in stored ? undefined : stored.publicKey): Signer {
  return { publicKey: publicKey!, stored, sign: async (message) => new Uint8Array(await subtle.sign(ED, key, message)) }
}
