// npm run size: gzip sizes of web/dist against their budgets.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { web } from './bundle.mjs'

const { files, first } = JSON.parse(await readFile(join(web, 'dist/manifest.json'), 'utf8'))
const gzip = (pattern) => Object.entries(files).filter(([name]) => pattern.test(name)).reduce((sum, [, file]) => sum + file.gzip, 0)
/** The files that match, and the shared chunks of the client that they import. */
async function withChunks(pattern) {
  const names = new Set(Object.keys(files).filter((name) => pattern.test(name)))
  for (const name of names) for (const [chunk] of (await readFile(join(web, 'dist', name), 'utf8')).matchAll(/client-chunk-\w+\.js/g)) names.add(`assets/${chunk}`)
  return [...names].reduce((sum, name) => sum + files[name].gzip, 0)
}
const start = first.reduce((sum, name) => sum + files[name].gzip, 0)

const budgets = [
  ['viewer, first load over https', start, 30_000],
  ['viewer of Markdown, first load over https', start + gzip(/^assets\/(markdown-view|highlight)-/), 30_000],
  ['viewer, first load over http (with the crypto chunk)', start + gzip(/^assets\/(crypto|markdown-view|highlight)-/), 50_000],
  ['scanner: page and own decoder', gzip(/^assets\/(scan-page|decode)-/), 12_000],
  ['host page', gzip(/^assets\/host-page-/), 16_000],
  ['document page, with Yjs', gzip(/^assets\/doc-page-/), 42_000],
  ['one more language', Math.max(...Object.keys(files).filter((name) => /^assets\/(de|fr|es|pt|ja|zh|ar)-/.test(name)).map((name) => files[name].gzip)), 6_000],
  ['client, core: roost.js', gzip(/^roost\.js$/), 10_000],
  ['client, first message: with its second part', gzip(/^roost\.js$|^assets\/client-meeting-/), 19_000],
  ['client, all that a chat across reloads loads', await withChunks(/^roost\.js$|^assets\/client-(meeting|indexed-store|requests|open-files)-/), 25_300],
  ['text streams, roost-stream.js', gzip(/^roost-stream\.js$/), 6_200],
  ['QR codes, roost-qr.js with its shared part', await withChunks(/^roost-qr\.js$/), 4_000],
  ['QR codes, the decoder', gzip(/^assets\/client-decode-/), 4_000],
  ['crypto chunk', gzip(/^assets\/crypto-/), 20_000],
]

for (const [name, bytes, budget] of budgets) {
  const over = bytes > budget
  console.log(`${over ? 'OVER ' : 'ok   '} ${String(bytes).padStart(6)} of ${String(budget).padStart(6)} B gzip  ${name}`)
  if (over) process.exitCode = 1
}
