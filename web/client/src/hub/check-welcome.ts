import type { Bytes } from '../codec/bytes.ts'
import type { Ed25519 } from '../crypto/provider.ts'
import { MAX_FRAME_BYTES } from '../door/door-frames.ts'
import { welcomeMessage } from '../door/peer-frames.ts'
import { verify } from '../identity/strict.ts'
import { doorOf } from './door-of.ts'
import { DEFAULT_PING_MS, type SignedWelcome, type Welcome } from './hub-link-messages.ts'

const MAX_HUBS = 8

/** What the hub says in WELCOME; undefined where it did not prove its key. */
export async function checkWelcome(ed25519: Ed25519, { proof, json, sig64 }: SignedWelcome): Promise<Welcome | undefined> {
  return (await verify(ed25519, proof.hubPub32, welcomeMessage(proof, json), sig64)) ? readWelcome(json) : undefined
}

/** WELCOME's JSON is signed, yet a hub may be of another version: missing or odd parts get their defaults. */
export function readWelcome(json: Bytes): Welcome | undefined {
  let said: any
  try {
    said = JSON.parse(new TextDecoder().decode(json))
  } catch {
    return undefined
  }
  if (!said || said.v !== 1) return undefined
  const limits = said.limits || {}
  return {
    iceServers: Array.isArray(said.iceServers) ? said.iceServers : [],
    hubs: Array.isArray(said.hubs) ? said.hubs.slice(0, MAX_HUBS).flatMap(doorsOf) : [],
    limits: {
      frameBytes: positive(limits.frameBytes) || MAX_FRAME_BYTES,
      rooms: positive(limits.rooms) || 64,
      pingMs: Math.max(1_000, positive(limits.pingMs) || DEFAULT_PING_MS),
    },
  }
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : undefined
}

function doorsOf(url: unknown): string[] {
  if (typeof url !== 'string') return []
  try {
    return [doorOf(url)]
  } catch {
    return []
  }
}
