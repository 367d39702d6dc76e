import { setTimeout as sleep } from 'node:timers/promises'
import { type Account, encodeRequest, endpointNamed } from '../endpoints.ts'
import { createConnection } from '../load/connection.ts'
import { median } from '../statistics.ts'

/** Median latencies in milliseconds of a session check by where its access state comes from. */
export type Misses = {
  isolateMs: number
  redisMs: number
  databaseMs: number
  /** The database, and a token whose signature this isolate has not verified before. */
  firstSightMs: number
}

/** Longer than the isolate keeps an access state, and shorter than Redis does. */
const isolateForgottenMs = 2_200
/** Longer than Redis keeps it. */
const redisForgottenMs = 5_500

/** What a miss costs. The accounts must be many enough for a median, few enough to be asked within a second. */
export async function measureMisses(port: number, accounts: readonly Account[]): Promise<Misses> {
  const endpoint = endpointNamed('session check')
  const connection = createConnection(port)
  const pass = async (): Promise<number> => {
    const latencies: number[] = []
    for (const account of accounts) {
      const request = encodeRequest(endpoint.make(account, Math.random), account)
      const sentAt = performance.now()
      const { status } = await connection.send(request, false)
      latencies.push(performance.now() - sentAt)
      if (status !== endpoint.status) throw new Error(`session check answered ${status}`)
    }
    return median(latencies)
  }
  const firstSightMs = await pass()
  const isolateMs = await pass()
  await sleep(isolateForgottenMs)
  const redisMs = await pass()
  await sleep(redisForgottenMs)
  const databaseMs = await pass()
  connection.close()
  return { isolateMs, redisMs, databaseMs, firstSightMs }
}
