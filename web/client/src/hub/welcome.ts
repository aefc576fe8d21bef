import type { Bytes } from '../codec/bytes.ts'
import { MAX_FRAME_BYTES } from '../door/door-frames.ts'
import { doorOf } from './door-of.ts'
import { DEFAULT_PING_MS, type Welcome } from './hub-link-messages.ts'

const MAX_HUBS = 8

/** Reads WELCOME's JSON. It is signed, yet a hub may be of another version: missing or odd parts get their defaults. */
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
  if (typeof url !== 'string' || !/^(ws|http)s?:\/\/[^/]/.test(url)) return []
  try {
    return [doorOf(url)]
  } catch {
    return []
  }
}
