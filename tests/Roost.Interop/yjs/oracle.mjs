// Answers "seed operations mode" lines on stdin with the log of that session: u32 size, u32 entries, then u32 length and bytes of each.
import { createInterface } from 'node:readline'
import { Session } from './script.mjs'

console.error = console.log = () => {}
for await (const line of createInterface({ input: process.stdin })) {
  const [seed, operations, mode] = line.split(' ').map(Number)
  let parts
  try {
    parts = new Session(seed, operations, mode).log.parts
  } catch (error) {
    parts = [Buffer.from('Yjs threw: ' + error.stack)]
  }
  const size = parts.reduce((sum, part) => sum + 4 + part.length, 4)
  const frame = Buffer.alloc(4 + size)
  frame.writeUInt32LE(size, 0)
  frame.writeUInt32LE(parts.length, 4)
  let at = 8
  for (const part of parts) {
    frame.writeUInt32LE(part.length, at)
    frame.set(part, at + 4)
    at += 4 + part.length
  }
  process.stdout.write(frame)
}
