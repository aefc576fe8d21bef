// Builds both halves into a folder: the crypto chunk first, since its name goes into the others.
import { build } from 'esbuild'
import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { squeeze, SQUEEZED } from './squeeze.mjs'

export const web = join(dirname(fileURLToPath(import.meta.url)), '..')
const FLOOR = ['chrome79', 'firefox72', 'safari14']
// esbuild counts Safari 14.0 as without destructuring for an odd corner of it (default values that are named functions), which nothing here uses.
const supported = { destructuring: true }
// The footer is in the hashes of names, so that another second pass gives other names.
const common = { footer: { js: SQUEEZED }, bundle: true, minify: true, format: 'esm', target: FLOOR, supported, charset: 'utf8', legalComments: 'none', write: false, absWorkingDir: web, logLevel: 'warning', define: { 'process.env.NODE_ENV': '"production"' } }

export async function bundle(out) {
  await rm(out, { recursive: true, force: true })
  await mkdir(join(out, 'assets'), { recursive: true })
  const crypto = await put(out, 'assets/crypto-*.js', await compile('client/src/crypto/javascript.ts'))
  await compileClient(out, './' + crypto.slice('assets/'.length))
  const { script, shared } = await compileApp(out, './' + crypto.slice('assets/'.length))
  const style = await put(out, 'assets/app-*.css', await compile('app/src/style.css'))
  const pages = await put(out, 'assets/pages-*.css', await compile('app/src/pages.css'))
  const preloads = shared.map((name) => `<link rel="modulepreload" href="/${name}">`).join('\n')
  const page = (await readFile(join(web, 'app/src/index.html'), 'utf8')).replace('{{style}}', style).replace('{{script}}', script).replace('{{preloads}}', preloads).replace('{{pages}}', pages)
  await put(out, 'index.html', Buffer.from(page))
  await put(out, 'icon.svg', await readFile(join(web, 'app/src/icon.svg')))
  await put(out, 'app.webmanifest', await readFile(join(web, 'app/src/app.webmanifest')))
  const first = ['index.html', script, ...shared, style, 'icon.svg']
  await put(out, 'sw.js', await compileWorker(out))
  await writeFile(join(out, 'manifest.json'), JSON.stringify(await manifest(out, first), null, 2) + '\n')
}

/**
 * `roost.js`, its second part that it fetches at once (meeting.ts), the entries beside it that need both, and parts that are fetched when
 * they are wanted. esbuild puts what several of them share into a chunk and leaves a door to it; here that chunk takes the door's place,
 * so that a page waits for one file each.
 */
async function compileClient(out, cryptoPath) {
  const entryPoints = { roost: 'client/src/index.ts', 'roost-stream': 'client/src/stream.ts', 'roost-qr': 'client/src/qr.ts' }
  const plugins = [lazyCrypto(cryptoPath), oneSharedPart('client/src/index.ts', ['client/src/p2p', 'client/src/qr', 'client/src/stream.ts', 'client/src/qr.ts'], { 'client/src/p2p/meeting.ts': ['client/src/stream.ts', 'client/src/p2p/requests.ts', 'client/src/files/open-files.ts'] })]
  const { outputFiles } = await build({ ...common, entryPoints, splitting: true, ignoreAnnotations: true, outdir: join(web, 'dist'), entryNames: '[name]', chunkNames: 'assets/client-[name]-[hash]', plugins })
  const files = new Map(outputFiles.map(({ path, text }) => [relative(join(web, 'dist'), path), text.replace(SQUEEZED, '')]))
  meltDoor(files, 'roost.js')
  meltDoor(files, [...files.keys()].find((name) => name.startsWith('assets/client-meeting-')))
  for (const [name, text] of files) await writeFile(join(out, name), await squeeze(text))
}

/** The one chunk that a door imports its exports from takes its name, and lets them out itself: import{a as x} and export{x as Name} become export{… as Name}. */
function meltDoor(files, door) {
  const text = files.get(door)
  const doors = [...text.matchAll(/import\{([^}]*)\}from"([^"]*)"/g)]
  const local = new Map([...text.matchAll(/(\w+) as (\w+)/g)].map(([, from, to]) => [from, to]))
  if (doors.length !== 1 || text.replace(/import[^;]*;|export\{[^}]*\};?|\s/g, '')) throw new Error(`${door} is not a door to one chunk`)
  const [[, imports, specifier]] = doors
  const part = join(dirname(door), specifier)
  const inside = imports.split(',').map((one) => one.split(' as '))
  const whole = files.get(part).replace(/export\{([^}]*)\};?\s*$/, (_, list) => {
    const locals = new Map(list.split(',').map((one) => one.split(' as ')).map(([name, exported = name]) => [exported, name]))
    return `export{${[list, ...inside.map(([exported, to = exported]) => `${locals.get(exported)} as ${local.get(to)}`)].join(',')}};`
  })
  files.delete(part)
  // What the part names, it names from another folder now; and who named the part names the door.
  files.set(door, renamed(whole, dirname(part), dirname(door), (path) => path))
  for (const [name, text] of files) files.set(name, renamed(text, dirname(name), dirname(name), (path) => (path === part ? door : path)))
}

/** A file's relative imports, as they read from a folder that it may have moved to. */
function renamed(text, from, to, place) {
  return text.replace(/((?:from|import|import\()")(\.[^"]*\.js)"/g, (_, before, specifier) => {
    const path = relative(to, place(join(from, specifier)))
    return `${before}${path.startsWith('.') ? path : './' + path}"`
  })
}

/** The app in parts (named as if for dist, since names hash their folder too): what its first screen needs, and a chunk for each thing that is loaded when it is wanted. */
async function compileApp(out, cryptoPath) {
  const options = { ...common, entryPoints: ['app/src/main.ts'], splitting: true, metafile: true, outdir: join(web, 'dist/assets'), entryNames: 'app-[hash]', chunkNames: '[name]-[hash]', plugins: [lazyCrypto(cryptoPath), oneSharedPart('app/src/main.ts', ['app/src'])] }
  const { outputFiles, metafile } = await build(options)
  for (const { path, text } of outputFiles) await writeFile(join(out, 'assets', basename(path)), await squeeze(text))
  const nameOf = (path) => 'assets/' + basename(path)
  const [path, entry] = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === 'app/src/main.ts')
  const shared = entry.imports.filter(({ kind, external }) => kind === 'import-statement' && !external).map((part) => nameOf(part.path))
  return { script: nameOf(path), shared: shared.sort() }
}

/**
 * Every lazy part imports the first one, which is loaded by then anyway. So all that they share with it stays in one file;
 * else esbuild would cut the first load into a file for each set of parts that share something, which gzips worse.
 */
const oneSharedPart = (first, places, seconds = {}) => ({
  name: 'one-shared-part',
  setup(plugin) {
    const main = join(web, first)
    const lazy = lazyParts(places.map((place) => join(web, place)))
    // A second part that is loaded by then too, for those parts that share something with it.
    const second = new Map(Object.entries(seconds).flatMap(([part, all]) => all.map((one) => [join(web, one), join(web, part)])))
    plugin.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const known = [(await lazy).has(path) && main, second.get(path)].filter(Boolean)
      return known.length ? { contents: [await readFile(path, 'utf8'), ...known.map((part) => `import ${JSON.stringify(part)}`), ''].join('\n'), loader: 'ts' } : undefined
    })
  },
})

/** All modules that modules of these folders import when they want them, and places that are files; known before the build, whose own order is not always the same. */
async function lazyParts(places) {
  const parts = new Set()
  for (const place of places) {
    if (place.endsWith('.ts')) parts.add(place)
    else for (const part of await lazyPartsOf(place)) parts.add(part)
  }
  return parts
}

async function lazyPartsOf(folder) {
  const parts = []
  for (const name of await listFiles(folder)) {
    if (!name.endsWith('.ts')) continue
    const path = join(folder, name)
    for (const [, to] of (await readFile(path, 'utf8')).matchAll(/\bimport\('(\.[^']+\.ts)'\)/g)) parts.push(join(dirname(path), to))
  }
  return parts
}

/** The service worker knows the names of all parts, so that an installed app opens without a network. */
async function compileWorker(out) {
  const names = (await listFiles(out)).filter((name) => !/^roost.*\.js$|^assets\/client-|LICEN/.test(name)).sort()
  const hash = createHash('sha256')
  for (const name of names) hash.update(await readFile(join(out, name)))
  const define = { ...common.define, PARTS: JSON.stringify(names.map((name) => (name === 'index.html' ? '/' : '/' + name))), VERSION: JSON.stringify(hash.digest('hex').slice(0, 10)) }
  const { outputFiles } = await build({ ...common, format: 'iife', entryPoints: ['app/src/worker/sw.ts'], define })
  return Buffer.from(await squeeze(outputFiles[0].text))
}

async function compile(entry, cryptoPath) {
  const { outputFiles } = await build({ ...common, entryPoints: [entry], plugins: cryptoPath ? [lazyCrypto(cryptoPath)] : [] })
  const [{ text }] = outputFiles
  return Buffer.from(entry.endsWith('.css') ? text : await squeeze(text))
}

const lazyCrypto = (path) => ({
  name: 'lazy-crypto',
  setup(plugin) {
    plugin.onResolve({ filter: /\/javascript\.ts$/ }, ({ kind }) => (kind === 'dynamic-import' ? { path, external: true } : undefined))
  },
})

/** Writes a file; a * in its name becomes the hash of its bytes. */
async function put(out, name, bytes) {
  const named = name.replace('*', createHash('sha256').update(bytes).digest('hex').slice(0, 10))
  await writeFile(join(out, named), bytes)
  return named
}

async function manifest(out, first) {
  const files = {}
  for (const path of (await listFiles(out)).sort()) {
    if (path === 'manifest.json') continue
    const bytes = await readFile(join(out, path))
    files[path] = { bytes: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, sha256: createHash('sha256').update(bytes).digest('hex') }
  }
  return { v: 1, first, files }
}

export async function listFiles(folder, root = folder) {
  const found = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) found.push(...(await listFiles(path, root)))
    else found.push(relative(root, path))
  }
  return found
}
