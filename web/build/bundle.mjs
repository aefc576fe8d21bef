// Builds both halves into a folder: the crypto chunk first, since its name goes into the others.
import { build } from 'esbuild'
import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

export const web = join(dirname(fileURLToPath(import.meta.url)), '..')
const FLOOR = ['chrome79', 'firefox72', 'safari14']
// esbuild counts Safari 14.0 as without destructuring for an odd corner of it (default values that are named functions), which nothing here uses.
const supported = { destructuring: true }
const common = { bundle: true, minify: true, format: 'esm', target: FLOOR, supported, charset: 'utf8', legalComments: 'none', write: false, absWorkingDir: web, logLevel: 'warning', define: { 'process.env.NODE_ENV': '"production"' } }

export async function bundle(out) {
  await rm(out, { recursive: true, force: true })
  await mkdir(join(out, 'assets'), { recursive: true })
  const crypto = await put(out, 'assets/crypto-*.js', await compile('client/src/crypto/javascript.ts'))
  await put(out, 'roost.js', await compile('client/src/index.ts', './' + crypto))
  await put(out, 'roost-stream.js', await compile('client/src/stream.ts', './' + crypto))
  const script = await put(out, 'assets/app-*.js', await compile('app/src/main.ts', './' + crypto.slice('assets/'.length)))
  const style = await put(out, 'assets/app-*.css', await compile('app/src/style.css'))
  const page = await readFile(join(web, 'app/src/index.html'), 'utf8')
  await put(out, 'index.html', Buffer.from(page.replace('{{style}}', style).replace('{{script}}', script)))
  await put(out, 'icon.svg', await readFile(join(web, 'app/src/icon.svg')))
  await writeFile(join(out, 'manifest.json'), JSON.stringify(await manifest(out), null, 2) + '\n')
}

async function compile(entry, cryptoPath) {
  const lazyCrypto = {
    name: 'lazy-crypto',
    setup(plugin) {
      plugin.onResolve({ filter: /\/javascript\.ts$/ }, ({ kind }) => (kind === 'dynamic-import' ? { path: cryptoPath, external: true } : undefined))
    },
  }
  const { outputFiles } = await build({ ...common, entryPoints: [entry], plugins: cryptoPath ? [lazyCrypto] : [] })
  return Buffer.from(outputFiles[0].contents)
}

/** Writes a file; a * in its name becomes the hash of its bytes. */
async function put(out, name, bytes) {
  const named = name.replace('*', createHash('sha256').update(bytes).digest('hex').slice(0, 10))
  await writeFile(join(out, named), bytes)
  return named
}

async function manifest(out) {
  const files = {}
  for (const path of (await listFiles(out)).sort()) {
    if (path === 'manifest.json') continue
    const bytes = await readFile(join(out, path))
    files[path] = { bytes: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, sha256: createHash('sha256').update(bytes).digest('hex') }
  }
  return { v: 1, files }
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
