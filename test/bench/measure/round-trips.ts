import { type Account, encodeRequest, endpointNamed } from '../endpoints.ts'
import { type Connection, createConnection } from '../load/connection.ts'
import { fitLine, seededRandom } from '../statistics.ts'
import type { DelayProxy } from './delay-proxy.ts'

/** Milliseconds added to a round trip. Zero is left out: without a timer the proxy itself is quicker by its tick. */
const addedMs = [10, 20, 30, 40]
/** Where hashing makes the latency restless, longer delays make up for fewer requests. */
const hashing = { delays: 4, requests: 0.4 }

/**
 * How many times in sequence a request waits for the database: the slope of its latency over what the proxy adds to each
 * round trip. The quickest request stands for each delay, since all that disturbs a measurement makes it longer.
 */
export async function measureRoundTrips(
  port: number,
  proxy: DelayProxy,
  name: string,
  account: Account,
  requests: number,
): Promise<number> {
  const { hashes } = endpointNamed(name)
  const random = seededRandom(1)
  const connection = createConnection(port)
  const points: { x: number; y: number }[] = []
  for (const added of addedMs.map((milliseconds) => milliseconds * (hashes ? hashing.delays : 1))) {
    proxy.setDelay(added / 2)
    // Not measured: the first fills caches, or makes what the following ones replay.
    await latencyOf(connection, name, account, random)
    const latencies: number[] = []
    for (let count = 0; count < requests * (hashes ? hashing.requests : 1); count++)
      latencies.push(await latencyOf(connection, name, account, random))
    points.push({ x: added, y: Math.min(...latencies) })
  }
  proxy.setDelay(0)
  connection.close()
  return fitLine(points).slope
}

async function latencyOf(
  connection: Connection,
  name: string,
  account: Account,
  random: () => number,
): Promise<number> {
  const endpoint = endpointNamed(name)
  const request = encodeRequest(endpoint.make(account, random), account)
  const sentAt = performance.now()
  const answer = await connection.send(request, true)
  const latency = performance.now() - sentAt
  if (answer.status !== endpoint.status) throw new Error(`${name} answered ${answer.status}: ${answer.body}`)
  endpoint.take?.(account, answer.body)
  return latency
}
