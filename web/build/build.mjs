// npm run build: writes web/dist, which is committed so that running Roost needs no Node.
import { join } from 'node:path'
import { bundle, web } from './bundle.mjs'

await bundle(join(web, 'dist'))
