import { isDeepStrictEqual } from 'node:util'
import { type Account, type BenchRequest, encodeRequest, endpointNamed } from '../endpoints.ts'
import type { Measured } from '../figures.ts'
import { createConnection } from '../load/connection.ts'
import type { MeasuredLoad, Target } from '../load/run-load.ts'
import { measureClosed, type Shares, type Timing } from '../measure/throughput.ts'
import type { Platform } from '../platform/platform.ts'
import { findPeerPython, peerPackages, startPeer } from './peer.ts'

export type PeerFigures = {
  name: string
  versions: string
  /** Closed loop of the mix; the Worker's is measured again right beside it. */
  closed: MeasuredLoad
  worker: MeasuredLoad
  /** The Worker's requests a second over the peer's. */
  ratio: number
}

/** They take turns, so that a change of the machine's mood meets both. */
const turns = 2

/** The mix on both, over the same pooler and database, once it is sure that both give the same answers. */
export async function comparePeer(
  platform: Platform,
  target: Target,
  shares: Shares,
  account: Account,
  timing: Timing,
): Promise<Measured<PeerFigures>> {
  const found = await findPeerPython()
  if (!found) return { notMeasured: `needs apt-get install ${peerPackages}` }
  const jwks = await (await fetch(`http://127.0.0.1:${target.port}/.well-known/jwks.json`)).text()
  const { directory, apiUrl, redis, vars } = platform
  const issuer = vars['PUBLIC_URL'] ?? ''
  try {
    const rateLimitFactor = vars['RATE_LIMIT_FACTOR'] ?? ''
    const urls = { databaseUrl: apiUrl, redisUrl: redis.url }
    const options = { python: found.python, directory, ...urls, issuer, jwks, rateLimitFactor }
    const { port, service } = await startPeer(options)
    await assertSameAnswers({ worker: target.port, peer: port }, Object.keys(shares), account)
    const { worker: _worker, ...others } = target.watched
    const peerTarget = { ...target, port, watched: { ...others, peer: service.pid } }
    const both: { worker: MeasuredLoad; peer: MeasuredLoad }[] = []
    for (let turn = 0; turn < turns; turn++) {
      const worker = await measureClosed(target, shares, timing)
      both.push({ worker, peer: await measureClosed(peerTarget, shares, timing) })
    }
    await service.stop()
    const failed = both.flatMap(({ peer }) => peer.errorSamples)
    if (failed.length > 0) throw new Error(`the peer failed: ${failed[0]}`)
    const last = both.at(-1)
    if (!last) throw new Error('the peer was not measured')
    const total = (of: 'worker' | 'peer') => both.reduce((sum, one) => sum + one[of].all.perSecond, 0)
    const ratio = total('worker') / total('peer')
    return { name: 'FastAPI', versions: found.versions, closed: last.peer, worker: last.worker, ratio }
  } catch (error) {
    return { notMeasured: (error as Error).message }
  }
}

/**
 * Throws unless both answer every endpoint of the mix alike: the same status, and for reads the same JSON. What is written
 * has ids and times of its own, so there the members are compared.
 */
async function assertSameAnswers(
  ports: { worker: number; peer: number },
  names: readonly string[],
  account: Account,
): Promise<void> {
  for (const name of names) {
    const endpoint = endpointNamed(name)
    const [worker, peer] = await Promise.all(
      [ports.worker, ports.peer].map((port) =>
        ask(
          port,
          endpoint.make(account, () => 0.5),
          account,
        ),
      ),
    )
    const view = endpoint.kind === 'read' ? comparable : membersOf
    const difference =
      firstDifference(worker?.status, peer?.status, 'status') ??
      firstDifference(view(worker?.json), view(peer?.json), '')
    if (difference !== undefined) throw new Error(`${name} is answered differently: ${difference}`)
  }
}

async function ask(port: number, request: BenchRequest, account: Account): Promise<{ status: number; json: unknown }> {
  const connection = createConnection(port)
  const { status, body } = await connection.send(encodeRequest(request, account), true)
  connection.close()
  return { status, json: status === 0 ? body : JSON.parse(body) }
}

/** The same instant has trailing zeros or none; a cursor is opaque, and details are prose: both are there or are not. */
function comparable(json: unknown): unknown {
  const text = JSON.stringify(json).replace(/"(nextCursor|detail)":"[^"]*"/g, '"$1":""')
  return JSON.parse(text.replace(/(\d\d:\d\d:\d\d)(\.\d+?)?0*(?:Z|\+00:00)"/g, '$1$2Z"'))
}

/** Where two JSON values part, for people; undefined when they are equal. */
export function firstDifference(worker: unknown, peer: unknown, path: string): string | undefined {
  if (isDeepStrictEqual(worker, peer)) return undefined
  if (isObject(worker) && isObject(peer)) {
    for (const key of new Set([...Object.keys(worker), ...Object.keys(peer)])) {
      const difference = firstDifference(worker[key], peer[key], `${path}/${key}`)
      if (difference !== undefined) return difference
    }
  }
  const short = (value: unknown) => String(JSON.stringify(value)).slice(0, 100)
  return `${path}: ${short(worker)} here, ${short(peer)} by the peer`
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function membersOf(json: unknown): unknown {
  return typeof json === 'object' && json !== null ? Object.keys(json).sort() : json
}
