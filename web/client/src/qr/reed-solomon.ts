import { EXP, invert, LOG, multiply } from './galois.ts'

/** Corrects a block of data and error correction words in place. False when it is damaged beyond that. */
export function correct(words: number[], fix: number): boolean {
  const syndromes = Array.from({ length: fix }, (_, i) => words.reduce((value, word) => multiply(value, EXP[i]) ^ word, 0))
  if (syndromes.every((value) => value === 0)) return true
  const locator = berlekampMassey(syndromes)
  const errors = locator.length - 1
  if (errors > fix / 2) return false
  const places: number[] = []
  for (let i = 0; i < words.length; i++) {
    if (evaluate(locator, EXP[(255 - i) % 255]) === 0) places.push(i)
  }
  if (places.length !== errors) return false
  // Forney: what each wrong word is off by.
  const evaluator = syndromes.map((_, k) => {
    let value = 0
    for (let j = 0; j <= Math.min(k, errors); j++) value ^= multiply(locator[j], syndromes[k - j])
    return value
  })
  for (const place of places) {
    const inverse = EXP[(255 - place) % 255]
    let derivative = 0
    for (let j = 1; j <= errors; j += 2) derivative ^= multiply(locator[j], EXP[(LOG[inverse] * (j - 1)) % 255])
    if (derivative === 0) return false
    const magnitude = multiply(EXP[place % 255], multiply(evaluate(evaluator, inverse), invert(derivative)))
    words[words.length - 1 - place] ^= magnitude
  }
  return syndromes.every((_, i) => words.reduce((value, word) => multiply(value, EXP[i]) ^ word, 0) === 0)
}

/** The shortest polynomial (lowest power first) whose roots tell where the errors are. */
function berlekampMassey(syndromes: number[]): number[] {
  let current = [1]
  let previous = [1]
  let length = 0
  let gap = 1
  let lastDiscrepancy = 1
  syndromes.forEach((syndrome, n) => {
    let discrepancy = syndrome
    for (let i = 1; i <= length; i++) discrepancy ^= multiply(current[i] || 0, syndromes[n - i])
    if (discrepancy === 0) {
      gap++
      return
    }
    const before = current.slice()
    const factor = multiply(discrepancy, invert(lastDiscrepancy))
    for (let i = 0; i < previous.length; i++) current[i + gap] = (current[i + gap] || 0) ^ multiply(factor, previous[i])
    for (let i = 0; i < current.length; i++) current[i] = current[i] || 0
    if (2 * length <= n) {
      length = n + 1 - length
      previous = before
      lastDiscrepancy = discrepancy
      gap = 1
    } else gap++
  })
  return current.slice(0, length + 1)
}

function evaluate(lowestFirst: number[], x: number): number {
  let value = 0
  for (let i = lowestFirst.length - 1; i >= 0; i--) value = multiply(value, x) ^ lowestFirst[i]
  return value
}
