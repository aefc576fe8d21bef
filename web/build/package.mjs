// npm pack in web/client: the same files that the hub serves, with their types.
import { execFileSync } from 'node:child_process'
import { cp, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

const { listFiles, web } = await import('./bundle.mjs').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
  console.error('The compiler of the types is not here yet; in the root of the clone: npm ci --prefix web')
  process.exit(1)
})

const out = join(web, 'client/dist')
await rm(out, { recursive: true, force: true })
await mkdir(join(out, 'assets'), { recursive: true })
for (const name of await listFiles(join(web, 'dist'))) {
  if (/^roost.*\.js$|^assets\/(crypto|client)-.*\.js$/.test(name)) await cp(join(web, 'dist', name), join(out, name))
}
execFileSync(process.execPath, [join(web, 'node_modules/typescript/lib/tsc.js'), '-p', join(web, 'client/tsconfig.json')], { stdio: 'inherit' })
