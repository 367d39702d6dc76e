import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { LocalError } from '../../scripts/local/process.ts'
import { judge } from './gates.ts'
import { measureAll } from './measure-all.ts'
import { type Platform, startPlatform } from './platform/platform.ts'
import { render } from './report.ts'
import { scaleOf } from './scale.ts'

/* npm run bench [-- --json FILE] [--gate] [--quick] */

let platform: Platform | undefined
let isStopping = false

async function main(): Promise<void> {
  const { json, gate, quick } = readArguments()
  const say = (text: string) => void process.stderr.write(`${text}\n`)
  platform = await startPlatform(scaleOf(quick).users, say)
  const figures = await measureAll(platform, quick, say)
  const gates = judge(figures)
  process.stdout.write(`\n${render(figures, gates)}`)
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ ...figures, gates }, null, 2)}\n`)
  const broken = gates.filter(({ verdict }) => verdict === 'fails' || verdict === 'not measured')
  if (gate && broken.length > 0) process.stderr.write(`npm run bench: ${broken.length} gates do not hold\n`)
  await stop(gate && broken.length > 0 ? 1 : 0)
}

function readArguments(): { json: string | undefined; gate: boolean; quick: boolean } {
  const options = { json: { type: 'string' }, gate: { type: 'boolean' }, quick: { type: 'boolean' } } as const
  try {
    const { values } = parseArgs({ options })
    return { json: values.json, gate: values.gate ?? false, quick: values.quick ?? false }
  } catch (error) {
    throw new LocalError(`${(error as Error).message} (npm run bench [-- --json FILE] [--gate] [--quick])`)
  }
}

async function stop(exitCode: number): Promise<void> {
  if (isStopping) return
  isStopping = true
  await platform?.stop()
  process.exit(exitCode)
}

async function fail(error: unknown): Promise<void> {
  if (isStopping) return
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  process.stderr.write(`npm run bench: ${error instanceof LocalError ? message : stack}\n`)
  await stop(1)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(130))
process.on('uncaughtException', (error) => void fail(error))
process.on('unhandledRejection', (error) => void fail(error))
await main().catch(fail)
