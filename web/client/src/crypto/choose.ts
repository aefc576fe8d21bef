import type { Crypto } from './provider.ts'
import { webEd25519, webSealer } from './web-crypto.ts'

type JavaScriptCrypto = typeof import('./javascript.ts')
const loadJavaScript = (): Promise<JavaScriptCrypto> => import('./javascript.ts')

/** Chooses per algorithm: the browser's own where it works, else the lazy JavaScript chunk. */
export async function chooseCrypto(
  subtle: SubtleCrypto | null = (globalThis.crypto && crypto.subtle) || null,
  load: () => Promise<JavaScriptCrypto> = loadJavaScript,
): Promise<Crypto> {
  const ownEd25519 = subtle && (await works(subtle)) ? webEd25519(subtle) : null
  const chunk = ownEd25519 ? null : await load()
  return {
    ed25519: ownEd25519 || chunk!.jsEd25519,
    sealer: (key) => (subtle ? webSealer(subtle, key) : chunk!.jsSealer(key)),
    made: { ed25519: ownEd25519 ? 'browser' : 'javascript', aesGcm: subtle ? 'browser' : 'javascript' },
  }
}

/** A browser may know the name and still refuse the operation, so the test signs and checks. */
async function works(subtle: SubtleCrypto): Promise<boolean> {
  try {
    const ed25519 = webEd25519(subtle)
    const signer = await ed25519.fromSeed(new Uint8Array(32))
    const message = new Uint8Array(1)
    return await ed25519.verify(signer.publicKey, message, await signer.sign(message))
  } catch {
    return false
  }
}
