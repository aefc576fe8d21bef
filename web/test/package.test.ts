import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build as esbuild } from 'esbuild'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { build as vite } from 'vite'
import webpack from 'webpack'
import { launchChromium, openPage } from './chromium.ts'
import { HubDouble } from './hub-double.ts'

const WEB = fileURLToPath(new URL('..', import.meta.url))
const MAIN = `
import { P2PApp } from '@roost/client'
import { TextStream } from '@roost/client/stream'
import { toSvg } from '@roost/client/qr'
const app = new P2PApp({ signalingServer: location.hash.slice(1), identity: 'ephemeral' })
const id: string = await app.joinRoom('package')
await app.sendFileToUser(id, new File(['x'], 'x'), { waitMs: 1 }) // loads a lazy part
document.title = id + ' ' + typeof TextStream.host + ' ' + toSvg(id).slice(0, 4)
`

/** The same without its types. */
const SCRIPT = MAIN.replace(': string', '')

let folder: string
let browser: Browser
let hub: HubDouble

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'roost-package-'))
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: join(WEB, 'client'), stdio: ['ignore', 'ignore', 'ignore'] })
  const installed = join(folder, 'node_modules/@roost/client')
  mkdirSync(installed, { recursive: true })
  execFileSync('tar', ['xzf', join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz'))!), '-C', installed, '--strip-components=1'])
  writeFileSync(join(folder, 'main.ts'), MAIN)
  writeFileSync(join(folder, 'index.html'), '<!doctype html><link rel="icon" href="data:,"><script type="module" src="./main.ts"></script>')
  ;[browser, hub] = await Promise.all([launchChromium(), new HubDouble().start()])
}, 120_000)

afterAll(async () => {
  await browser.close()
  await hub.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('the types fit a strict project', () => {
  const config = { compilerOptions: { strict: true, noEmit: true, module: 'esnext', moduleResolution: 'bundler', target: 'es2022', lib: ['es2022', 'dom', 'esnext.disposable'], skipLibCheck: true, types: [] }, files: ['main.ts'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  execFileSync(process.execPath, [join(WEB, 'node_modules/typescript/lib/tsc.js'), '-p', folder])
})

test('esbuild bundles it, and it runs', async () => {
  await esbuild({ entryPoints: [join(folder, 'main.ts')], bundle: true, splitting: true, format: 'esm', target: 'es2022', outdir: join(folder, 'esbuild'), logLevel: 'silent' })
  writeFileSync(join(folder, 'esbuild/index.html'), '<!doctype html><link rel="icon" href="data:,"><script type="module" src="./main.js"></script>')
  await runs(join(folder, 'esbuild'))
})

test('Vite bundles it, and it runs', async () => {
  await vite({ root: folder, base: './', logLevel: 'silent', configFile: false, build: { outDir: 'vite', target: 'es2022' } })
  await runs(join(folder, 'vite'))
})

test('webpack bundles it, and it runs', async () => {
  writeFileSync(join(folder, 'main.mjs'), SCRIPT)
  const stats = await new Promise<webpack.Stats | undefined>((built, failed) => {
    webpack({ mode: 'production', context: folder, entry: './main.mjs', output: { path: join(folder, 'webpack'), filename: 'main.js' }, performance: false }, (error, stats) => (error ? failed(error) : built(stats)))
  })
  expect(stats!.toJson({ all: false, errors: true, warnings: true })).toMatchObject({ errors: [], warnings: [] })
  writeFileSync(join(folder, 'webpack/index.html'), '<!doctype html><link rel="icon" href="data:,"><script src="./main.js"></script>')
  await runs(join(folder, 'webpack'))
})

test('without a bundler it runs from an import map', async () => {
  const plain = join(folder, 'plain')
  mkdirSync(plain)
  execFileSync('cp', ['-r', join(folder, 'node_modules/@roost/client/dist'), join(plain, 'client')])
  const map = JSON.stringify({ imports: { '@roost/client': './client/roost.js', '@roost/client/stream': './client/roost-stream.js', '@roost/client/qr': './client/roost-qr.js' } })
  writeFileSync(join(plain, 'index.html'), `<!doctype html><link rel="icon" href="data:,"><script type="importmap">${map}</script><script type="module">${SCRIPT}</script>`)
  await runs(plain)
})

/** Serves a folder on plain http too, so that the crypto chunk has to be found where the bundler put it. */
async function runs(root: string): Promise<void> {
  const server = await serve(root)
  const port = (server.address() as AddressInfo).port
  for (const host of ['localhost', 'lan.test']) {
    const complaints: string[] = []
    const page = await openPage(browser, complaints)
    await page.goto(`http://${host}:${port}/index.html#${hub.url.replace('localhost', host)}`)
    await expect.poll(() => page.title()).toMatch(/^[0-9a-f]{40} function <svg$/)
    expect(complaints).toEqual([])
    await page.context().close()
  }
  await new Promise((closed) => (server.close(closed), server.closeAllConnections()))
}

function serve(root: string): Promise<Server> {
  const server = createServer((request, response) => {
    const path = request.url!.split('?')[0]
    response.setHeader('content-type', extname(path) === '.html' ? 'text/html' : 'text/javascript')
    response.end(readFileSync(join(root, path)))
  })
  return new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(server)))
}
