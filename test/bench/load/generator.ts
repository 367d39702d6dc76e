import { readFileSync } from 'node:fs'
import { type Account, encodeRequest, endpoints } from '../endpoints.ts'
import { ascending, percentile, seededRandom } from '../statistics.ts'
import { type Connection, createConnection } from './connection.ts'

/** The load generator: a process of its own, so that its work delays nothing that is measured elsewhere. */

export type LoadJob = {
  port: number
  /** A JSON file with the accounts that send. */
  accountsFile: string
  /** Endpoint name to its share, in any unit. */
  shares: Record<string, number>
  warmUpSeconds: number
  seconds: number
  seed: number
  /**
   * closed: each connection sends its next request when the last is answered. open: requests arrive at random (Poisson) at
   * this rate whatever the answers do, and their time counts from when they should have been sent.
   */
  mode: { kind: 'closed'; connections: number } | { kind: 'open'; requestsPerSecond: number; maxConnections: number }
}

/** Latencies in milliseconds. */
export type Summary = { count: number; errors: number; perSecond: number; p50: number; p95: number; p99: number; mean: number }
export type LoadResult = { seconds: number; all: Summary; endpoints: Record<string, Summary>; errorSamples: string[] }

type Sample = { endpoint: string; latencyMs: number; isGood: boolean }

process.once('message', (job: LoadJob) => void run(job).then((result) => process.send?.({ result }, () => process.exit(0))))
process.once('disconnect', () => process.exit(1))

async function run(job: LoadJob): Promise<LoadResult> {
  const accounts = JSON.parse(readFileSync(job.accountsFile, 'utf8')) as Account[]
  const random = seededRandom(job.seed)
  const choose = chooser(job.shares, random)
  const samples: Sample[] = []
  const errorSamples: string[] = []
  const startedAt = performance.now()
  const measuredFrom = startedAt + job.warmUpSeconds * 1000
  const endsAt = measuredFrom + job.seconds * 1000
  setTimeout(() => process.send?.('measuring'), job.warmUpSeconds * 1000)
  setTimeout(() => process.send?.('measured'), (job.warmUpSeconds + job.seconds) * 1000)

  const request = async (connection: Connection, account: Account, intendedAt: number) => {
    const name = choose()
    const endpoint = endpoints[name]
    if (!endpoint) throw new Error(`no endpoint ${name}`)
    const bytes = encodeRequest(endpoint.make(account, random), account)
    const { status, body } = await connection.send(bytes, endpoint.take !== undefined || errorSamples.length < 5)
    const answeredAt = performance.now()
    const isGood = status === endpoint.status
    if (isGood) endpoint.take?.(account, body)
    else if (errorSamples.length < 5) errorSamples.push(`${name}: ${status} ${body.slice(0, 300)}`)
    if (answeredAt < measuredFrom || intendedAt > endsAt) return
    samples.push({ endpoint: name, latencyMs: answeredAt - intendedAt, isGood })
  }

  if (job.mode.kind === 'closed') await runClosed(job, job.mode.connections, accounts, random, endsAt, request)
  else await runOpen(job, job.mode, accounts, random, startedAt, endsAt, request)
  return summarise(samples, job.seconds, errorSamples)
}

type SendOne = (connection: Connection, account: Account, intendedAt: number) => Promise<void>

/** Each connection has accounts of its own, so that what one takes from an answer is not overtaken by another. */
async function runClosed(job: LoadJob, count: number, accounts: Account[], random: () => number, endsAt: number, send: SendOne) {
  await Promise.all(
    Array.from({ length: Math.min(count, accounts.length) }, async (_, index) => {
      const own = accounts.filter((_account, position) => position % count === index)
      const connection = createConnection(job.port)
      while (performance.now() < endsAt) {
        await send(connection, own[Math.floor(random() * own.length)] as Account, performance.now())
      }
      connection.close()
    }),
  )
}

async function runOpen(
  job: LoadJob,
  { requestsPerSecond, maxConnections }: { requestsPerSecond: number; maxConnections: number },
  accounts: Account[],
  random: () => number,
  startedAt: number,
  endsAt: number,
  send: SendOne,
) {
  const idle: Connection[] = []
  const all: Connection[] = []
  const backlog: number[] = []
  let underWay = 0
  const dispatch = () => {
    while (backlog.length > 0 && (idle.length > 0 || all.length < maxConnections)) {
      const connection = idle.pop() ?? createConnection(job.port)
      if (!all.includes(connection)) all.push(connection)
      underWay++
      const account = accounts[Math.floor(random() * accounts.length)] as Account
      void send(connection, account, backlog.shift() as number).then(() => {
        underWay--
        idle.push(connection)
        dispatch()
      })
    }
  }
  for (let due = startedAt; due < endsAt; ) {
    const now = performance.now()
    while (due <= now && due < endsAt) {
      backlog.push(due)
      due += (-Math.log(1 - random()) * 1000) / requestsPerSecond
    }
    dispatch()
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, Math.min(due, endsAt) - performance.now())))
  }
  // What was due but is not answered 5 s after the end counts as failed: it would otherwise vanish from the figures.
  const patience = performance.now() + 5_000
  while ((underWay > 0 || backlog.length > 0) && performance.now() < patience) await new Promise((resolve) => setTimeout(resolve, 20))
  for (const connection of all) connection.close()
  await new Promise((resolve) => setTimeout(resolve, 0))
}

function chooser(shares: Record<string, number>, random: () => number): () => string {
  const names = Object.keys(shares)
  const total = Object.values(shares).reduce((sum, share) => sum + share, 0)
  return () => {
    let left = random() * total
    for (const name of names) {
      left -= shares[name] ?? 0
      if (left < 0) return name
    }
    return names.at(-1) as string
  }
}

function summarise(samples: Sample[], seconds: number, errorSamples: string[]): LoadResult {
  const names = [...new Set(samples.map(({ endpoint }) => endpoint))].sort()
  const of = (name: string) => samples.filter(({ endpoint }) => endpoint === name)
  return {
    seconds,
    all: summaryOf(samples, seconds),
    endpoints: Object.fromEntries(names.map((name) => [name, summaryOf(of(name), seconds)])),
    errorSamples,
  }
}

function summaryOf(samples: Sample[], seconds: number): Summary {
  const sorted = samples.map(({ latencyMs }) => latencyMs).sort(ascending)
  return {
    count: samples.length,
    errors: samples.filter(({ isGood }) => !isGood).length,
    perSecond: samples.length / seconds,
    p50: percentile(sorted, 0.5),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
    mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
  }
}
