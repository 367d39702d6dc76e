import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Account, encodeRequest, endpointNamed } from '../endpoints.ts'
import { seededRandom } from '../statistics.ts'
import { type Connection, createConnection } from './connection.ts'
import type { ClosedLoop, LoadJob, LoadMessage, LoadResult, OpenLoop } from './job.ts'
import { type Sample, summaryOf } from './samples.ts'

/* The load generator: a process of its own, so that its work delays nothing else that is measured. */

/** Sends one request that was due at this time. */
type Send = (connection: Connection, account: Account, dueAt: number) => Promise<void>
type Run = { job: LoadJob; accounts: Account[]; random: () => number; startedAt: number; endsAt: number; send: Send }

/** How long answers that were due are waited for after the end. */
const patienceMs = 5_000
const maxErrorSamples = 5

process.once('disconnect', () => process.exit(1))
process.once('message', (job: LoadJob) => {
  run(job).then(
    (result) => process.send?.({ result } satisfies LoadMessage, () => process.exit(0)),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`)
      process.exit(1)
    },
  )
})

async function run(job: LoadJob): Promise<LoadResult> {
  const accounts: Account[] = JSON.parse(readFileSync(job.accountsFile, 'utf8'))
  const random = seededRandom(job.seed)
  const choose = chooser(job.shares, random)
  const samples: Sample[] = []
  const errorSamples: string[] = []
  const startedAt = performance.now()
  const measuredFrom = startedAt + job.warmUpSeconds * 1000
  const endsAt = measuredFrom + job.seconds * 1000
  const announced = [announce('measuring', measuredFrom - startedAt), announce('measured', endsAt - startedAt)]

  const send: Send = async (connection, account, dueAt) => {
    const name = choose()
    const endpoint = endpointNamed(name)
    const wantsBody = endpoint.take !== undefined || errorSamples.length < maxErrorSamples
    const answer = await connection.send(encodeRequest(endpoint.make(account, random), account), wantsBody)
    const answeredAt = performance.now()
    const isGood = answer.status === endpoint.status
    if (isGood) endpoint.take?.(account, answer.body)
    else if (errorSamples.length < maxErrorSamples) errorSamples.push(`${name}: ${answer.status} ${answer.body}`)
    if (dueAt < measuredFrom || dueAt > endsAt) return
    samples.push({ endpoint: name, latencyMs: answeredAt - dueAt, isGood })
  }

  const work = { job, accounts, random, startedAt, endsAt, send }
  await (job.mode.kind === 'closed' ? runClosed(work, job.mode) : runOpen(work, job.mode, samples))
  await Promise.all(announced)
  const changesTokens = Object.keys(job.shares).some((name) => endpointNamed(name).take !== undefined)
  if (changesTokens) writeFileSync(job.accountsFile, JSON.stringify(accounts), { mode: 0o600 })
  const names = Object.keys(job.shares)
  const each = names.map((name) => [
    name,
    summaryOf(
      samples.filter((one) => one.endpoint === name),
      job.seconds,
    ),
  ])
  return {
    seconds: job.seconds,
    all: summaryOf(samples, job.seconds),
    endpoints: Object.fromEntries(each),
    errorSamples,
  }
}

/** Each connection has accounts of its own, so that what one takes from an answer is not overtaken by another. */
async function runClosed({ job, accounts, random, endsAt, send }: Run, { connections }: ClosedLoop): Promise<void> {
  const count = Math.min(connections, accounts.length)
  const loop = async (index: number): Promise<void> => {
    const own = accounts.filter((_account, position) => position % count === index)
    const connection = createConnection(job.port)
    while (performance.now() < endsAt) await send(connection, pick(own, random), performance.now())
    connection.close()
  }
  await Promise.all(Array.from({ length: count }, (_, index) => loop(index)))
}

async function runOpen(work: Run, { requestsPerSecond, maxConnections }: OpenLoop, samples: Sample[]): Promise<void> {
  const { job, accounts, random, startedAt, endsAt, send } = work
  const idle: Connection[] = []
  const backlog: number[] = []
  const underWay = new Set<number>()
  let opened = 0
  const connect = () => {
    opened += 1
    return createConnection(job.port)
  }
  const dispatch = () => {
    while (backlog.length > 0 && (idle.length > 0 || opened < maxConnections)) {
      const connection = idle.pop() ?? connect()
      const dueAt = backlog.shift() ?? 0
      underWay.add(dueAt)
      void send(connection, pick(accounts, random), dueAt).then(() => {
        underWay.delete(dueAt)
        idle.push(connection)
        dispatch()
      })
    }
  }
  for (let dueAt = startedAt; dueAt < endsAt; ) {
    for (const now = performance.now(); dueAt <= now; ) {
      backlog.push(dueAt)
      dueAt -= (Math.log(1 - random()) * 1000) / requestsPerSecond
    }
    dispatch()
    await sleep(Math.max(0, Math.min(dueAt, endsAt) - performance.now()))
  }
  const givenUpAt = performance.now() + patienceMs
  while (underWay.size + backlog.length > 0 && performance.now() < givenUpAt) await sleep(20)
  // What never came counts as failed; it would vanish from the figures otherwise.
  for (const dueAt of [...underWay, ...backlog]) {
    samples.push({ endpoint: 'unanswered', latencyMs: performance.now() - dueAt, isGood: false })
  }
}

async function announce(message: 'measuring' | 'measured', afterMs: number): Promise<void> {
  await sleep(afterMs)
  process.send?.(message satisfies LoadMessage)
}

function pick<T>(items: readonly T[], random: () => number): T {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('there is nothing to pick from')
  return item
}

function chooser(shares: LoadJob['shares'], random: () => number): () => string {
  const total = Object.values(shares).reduce((sum, share) => sum + share, 0)
  return () => {
    let left = random() * total
    for (const [name, share] of Object.entries(shares)) {
      left -= share
      if (left < 0) return name
    }
    return pick(Object.keys(shares), random)
  }
}
