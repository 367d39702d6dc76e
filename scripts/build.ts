import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { buildAssets } from './build-assets.ts'
import { bundleWorker, ROOT } from './local/bundle.ts'

/** npm run build: the static files and the Worker's production bundle, as `wrangler deploy` would upload them, in dist/. */
const directory = join(ROOT, 'dist', 'worker')
buildAssets()
await bundleWorker(directory)
const bundle = readFileSync(join(directory, 'worker.js'))
const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`
process.stdout.write(`dist/worker/worker.js  ${kilobytes(bundle.length)}, gzip ${kilobytes(gzipSync(bundle).length)}\n`)
