import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { buildAssets } from '../../scripts/build-assets.ts'
import { bundleWorker } from '../../scripts/local/bundle.ts'
import { endpoints } from './endpoints.ts'
import type { Figures, Measured } from './figures.ts'
import { latencyLimitMs, openLoopRate } from './gates.ts'
import type { MeasuredLoad, Target } from './load/run-load.ts'
import { describeMachine } from './machine.ts'
import { startDelayProxy } from './measure/delay-proxy.ts'
import { type Limit, type LimitOptions, measureReadLimit, measureWriteLimit } from './measure/limit.ts'
import { measureLists } from './measure/lists.ts'
import { measureMisses } from './measure/misses.ts'
import { measureRoundTrips } from './measure/round-trips.ts'
import { measureStartUp } from './measure/start-up.ts'
import { findHighestRate, measureClosed, measureEndpoint, measureOpen } from './measure/throughput.ts'
import { readMix } from './mix.ts'
import { comparePeer } from './peers/compare.ts'
import type { Platform } from './platform/platform.ts'
import { findProgram } from './platform/probe.ts'
import { startWorkerd, type WorkerdOptions } from './platform/workerd.ts'
import { type Scale, scaleOf } from './scale.ts'
import { makeWorld, readAccounts, renewTokens, type World } from './world.ts'

/** What the parts of a run share. */
type Bench = { platform: Platform; scale: Scale; say: (text: string) => void; workerd: WorkerdOptions; world: World }

/** Measures everything, one thing after the other. */
export async function measureAll(platform: Platform, isQuick: boolean, say: Bench['say']): Promise<Figures> {
  const scale = scaleOf(isQuick)
  const machine = describeMachine()
  say('building the Worker')
  const { script, bundle } = await buildBundle(platform.directory)
  const workerd = {
    directory: join(platform.directory, 'worker'),
    script,
    hyperdrives: { HYPERDRIVE: platform.apiUrl, HYPERDRIVE_JOBS: platform.jobsUrl },
    vars: platform.vars,
  }
  const worker = await startWorkerd(workerd)
  say(`signing ${scale.workspaces} users in`)
  const world = await makeWorld(worker.port, platform, scale.workspaces, join(platform.directory, 'accounts.json'))
  const bench = { platform, scale, say, workerd, world }
  const target = { port: worker.port, accountsFile: world.accountsFile, watched: watched(platform, worker.pid) }
  const mix = readMix()
  await measureClosed(target, mix.shares, scale.mix)
  const each = await measureEndpoints(bench, target)
  const loads = await measureMix(bench, target, mix.shares)
  const trips = await measureTrips(bench)
  say('misses, start-up, limits')
  const fresh = await startWorkerd({ ...workerd, directory: join(platform.directory, 'misses') })
  const misses = await measureMisses(fresh.port, readAccounts(world).slice(0, scale.missAccounts))
  await fresh.service.stop()
  const startUp = await measureStartUp({ ...workerd, directory: platform.directory }, scale.startUps)
  const limits = await measureLimits(bench)
  say('first and last pages of lists')
  const lists = await measureLists(worker.port, world.spare, scale.pageRequests)
  say('the peer')
  await renewTokens(worker.port, world)
  const peer = await comparePeer(platform, target, mix.shares, world.spare, scale.mix)
  const measuredAt = new Date().toISOString()
  return {
    measuredAt,
    isQuick,
    machine,
    data: world.counts,
    mix,
    bundle,
    startUp,
    misses,
    peer,
    lists,
    ...each,
    ...loads,
    ...trips,
    ...limits,
  }
}

async function buildBundle(directory: string) {
  const folder = join(directory, 'bundle')
  buildAssets()
  await bundleWorker(folder)
  const script = join(folder, 'worker.js')
  const bytes = readFileSync(script)
  return { script, bundle: { bytes: bytes.length, gzipBytes: gzipSync(bytes).length } }
}

function watched({ postgres, pooler, redis }: Platform, worker: number): Target['watched'] {
  const { server, endpoint } = redis
  return {
    worker,
    postgres: postgres.pid,
    pooler: pooler.service.pid,
    redis: server.pid,
    'redis endpoint': endpoint.pid,
  }
}

async function measureEndpoints({ scale, say }: Bench, target: Target): Promise<Pick<Figures, 'endpoints' | 'login'>> {
  const measured: Record<string, MeasuredLoad> = {}
  for (const name of Object.keys(endpoints)) {
    say(name)
    // Hashes run one after another, so a login's own time shows only alone.
    const connections = name === loginEndpoint ? 1 : undefined
    measured[name] = await measureEndpoint(target, name, scale.endpoint, connections)
  }
  const { p50, p95 } = measured[loginEndpoint]?.all ?? { p50: Number.NaN, p95: Number.NaN }
  return { endpoints: measured, login: { p50, p95 } }
}

const loginEndpoint = 'POST /v1/auth/login'

async function measureMix({ scale, say }: Bench, target: Target, shares: Figures['mix']['shares']) {
  say('the mix, closed loop')
  const closed = await measureClosed(target, shares, scale.mix)
  say(`the mix at ${openLoopRate} requests/s`)
  const open = await measureOpen(target, shares, openLoopRate, scale.open)
  say('the highest rate of the mix')
  const perSecond = await findHighestRate(target, shares, closed.all.perSecond, latencyLimitMs, scale.search)
  return { closed, open, highest: { perSecond, limitMs: latencyLimitMs } }
}

/** Through the delay proxy, on Workers of their own. */
async function measureTrips({ platform, scale, say, workerd, world }: Bench) {
  const slopes = async (names: readonly string[], delaysStartup: boolean) => {
    const proxy = await startDelayProxy(platform.pooler.port, { delaysStartup })
    const url = new URL(platform.apiUrl)
    url.port = String(proxy.port)
    const directory = join(platform.directory, `trips-${delaysStartup}`)
    const worker = await startWorkerd({
      ...workerd,
      directory,
      hyperdrives: { ...workerd.hyperdrives, HYPERDRIVE: url.href },
    })
    const found: Record<string, number> = {}
    for (const name of names) {
      say(`round trips of ${name}`)
      found[name] = await measureRoundTrips(worker.port, proxy, name, world.spare, scale.tripRequests)
    }
    await worker.service.stop()
    await proxy.stop()
    return found
  }
  const roundTrips = await slopes(Object.keys(endpoints), false)
  const [name = '', withoutConnecting = 0] = Object.entries(roundTrips)[0] ?? []
  const withConnecting = (await slopes([name], true))[name] ?? Number.NaN
  return { roundTrips, connectRoundTrips: withConnecting - withoutConnecting }
}

async function measureLimits({ platform, scale, world }: Bench): Promise<Pick<Figures, 'readLimit' | 'writeLimit'>> {
  const pgbench = findProgram('pgbench', ['/usr/lib/postgresql/15/bin'])
  if (!pgbench) {
    const missing = { notMeasured: 'needs pgbench: apt-get install postgresql-15' }
    return { readLimit: missing, writeLimit: missing }
  }
  const { directory, apiUrl } = platform
  const options = {
    pgbench,
    directory,
    databaseUrl: apiUrl,
    accounts: readAccounts(world),
    seconds: scale.limitSeconds,
  }
  const measure = async (how: (options: LimitOptions) => Promise<Limit>): Promise<Measured<Limit>> => {
    return await how(options).catch((error: Error) => ({ notMeasured: error.message }))
  }
  return { readLimit: await measure(measureReadLimit), writeLimit: await measure(measureWriteLimit) }
}
