// npm run check:dist: the committed web/dist is what the sources give, byte for byte.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle, listFiles, web } from './bundle.mjs'

const fresh = await mkdtemp(join(tmpdir(), 'roost-dist-'))
try {
  await bundle(fresh)
  const dist = join(web, 'dist')
  const names = new Set([...(await listFiles(dist)), ...(await listFiles(fresh))])
  const differing = []
  for (const name of names) {
    const [committed, built] = await Promise.all([dist, fresh].map((folder) => readFile(join(folder, name)).catch(() => undefined)))
    if (!committed || !built || !committed.equals(built)) differing.push(name)
  }
  if (differing.length > 0) {
    console.error(`dist-stale: web/dist is not what the sources give: ${differing.join(', ')}\nFix: npm run build, then commit web/dist.`)
    process.exitCode = 1
  } else console.log(`web/dist is what the sources give (${names.size} files)`)
} finally {
  await rm(fresh, { recursive: true, force: true })
}
