import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { decodeQr } from '../src/qr/decode.ts'
import { encodeQr } from '../src/qr/encode.ts'
import { readModules } from '../src/qr/read-modules.ts'
import { picture, tilted } from './qr-picture.ts'

const jsQR = createRequire(import.meta.url)('jsqr') as (data: Uint8ClampedArray, width: number, height: number) => { data: string } | null
const link = 'http://192.168.178.123:40123/#AQBx5uVn4mE7kq0Yb9cH2wJfT8sLzPdRa3Gi6Mo1Xv-Kt_Q'
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:#'
const textOf = (length: number): string => Array.from({ length }, (_, i) => letters[(i * 37 + length) % letters.length]).join('')

describe('a code that is made', () => {
  test.each([1, 14, 15, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 600, 900, 1500, 2331])('of %i bytes is read by another decoder', (length) => {
    const { data, width, height } = picture(encodeQr(textOf(length)), { scale: 3 })
    expect(jsQR(data, width, height)?.data).toBe(textOf(length))
  })

  test('survives damage up to what level M promises', () => {
    const modules = encodeQr(link)
    for (let i = 0; i < 40; i++) modules.dark[(20 + Math.floor(i / 8)) * modules.size + 12 + (i % 8)] ^= 1
    expect(readModules(modules)).toBe(link)
  })

  test('says when there is too much damage instead of inventing a text', () => {
    const modules = encodeQr(link)
    for (let i = 0; i < modules.dark.length; i += 3) modules.dark[i] ^= 1
    expect(readModules(modules)).toBeUndefined()
  })
})

describe('a picture is read', () => {
  test.each([2, 3, 5, 8, 11])('at %i points a module', (scale) => {
    const { data, width, height } = picture(encodeQr(link), { scale })
    expect(decodeQr(data, width, height)).toBe(link)
  })

  test.each([0.05, 0.3, 0.8, 1.57, 2.4, 3.14, 4.4])('turned by %f', (angle) => {
    const { data, width, height } = tilted(encodeQr(link), { angle, scale: 5 })
    expect(decodeQr(data, width, height)).toBe(link)
  })

  test.each([0.1, 0.2, 0.3])('seen from the side (%f)', (lean) => {
    const { data, width, height } = tilted(encodeQr(link), { angle: 0.2, scale: 7, lean })
    expect(decodeQr(data, width, height)).toBe(link)
  })

  test('with shade and noise', () => {
    const { data, width, height } = tilted(encodeQr(link), { angle: 0.4, scale: 6, shade: 0.6, noise: 40 })
    expect(decodeQr(data, width, height)).toBe(link)
  })

  test('light on dark', () => {
    const { data, width, height } = picture(encodeQr(link), { scale: 5, invert: true })
    expect(decodeQr(data, width, height)).toBe(link)
  })

  test('and noise alone is nothing', () => {
    let seed = 7
    const data = new Uint8ClampedArray(320 * 240 * 4).map(() => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 16)
    expect(decodeQr(data, 320, 240)).toBeUndefined()
  })
})
