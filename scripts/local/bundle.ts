import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LocalError, run } from './process.ts'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Builds what a deployment would upload into `directory`; returns wrangler's own words. */
export async function bundleWorker(directory: string): Promise<string> {
  const wrangler = join(dirname(createRequire(import.meta.url).resolve('wrangler/package.json')), 'bin', 'wrangler.js')
  const args = [
    wrangler,
    'deploy',
    '--dry-run',
    '--minify',
    '--config',
    join(ROOT, 'wrangler.toml'),
    '--outdir',
    directory,
  ]
  const environment = {
    ...process.env,
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_HIDE_BANNER: 'true',
    NO_COLOR: '1',
    FORCE_COLOR: '0',
  }
  const { code, output } = await run(process.execPath, args, { cwd: ROOT, env: environment })
  if (code !== 0) throw new LocalError(`the Worker's bundle could not be built:\n${output}`)
  return output
}
