import { once } from 'node:events'
import { createServer, connect as openTcp, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { endpoints } from './bench/endpoints.ts'
import { parseAnswer } from './bench/load/connection.ts'
import { summaryOf } from './bench/load/samples.ts'
import { startDelayProxy } from './bench/measure/delay-proxy.ts'
import { readMix } from './bench/mix.ts'
import { firstDifference } from './bench/peers/compare.ts'
import { fitLine, percentile, seededRandom } from './bench/statistics.ts'

test('a percentile is one of the values, by nearest rank', () => {
  const sorted = Array.from({ length: 100 }, (_, index) => index + 1)
  expect([0.5, 0.95, 0.99, 1].map((share) => percentile(sorted, share))).toEqual([50, 95, 99, 100])
  expect(percentile([7], 0.01)).toBe(7)
  expect(percentile([], 0.5)).toBeNaN()
})

test('the fitted line finds the slope under noise that cancels out', () => {
  const points = [
    { x: 10, y: 26 },
    { x: 20, y: 44 },
    { x: 30, y: 64 },
    { x: 40, y: 86 },
  ]
  expect(fitLine(points).slope).toBeCloseTo(2)
  expect(fitLine(points).intercept).toBeCloseTo(5)
})

test('one seed gives one sequence, spread between 0 and 1', () => {
  const [left, right] = [seededRandom(7), seededRandom(7)]
  const values = Array.from({ length: 1_000 }, () => left())
  expect(values).toEqual(Array.from({ length: 1_000 }, () => right()))
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...values)).toBeLessThan(1)
  expect(values.reduce((sum, value) => sum + value, 0) / 1_000).toBeCloseTo(0.5, 1)
})

test('a summary counts what failed and does not drop it from the latencies', () => {
  const sample = (latencyMs: number, isGood: boolean) => ({ endpoint: 'x', latencyMs, isGood })
  const summary = summaryOf([sample(30, false), sample(10, true), sample(20, true)], 2)
  expect(summary).toMatchObject({ count: 3, errors: 1, perSecond: 1.5, mean: 20, p50: 20, p99: 30 })
})

test('the mix has known endpoints alone, adds up to 100, and gives what is missing to the reads', () => {
  const { shares, missing } = readMix()
  expect(Object.values(shares).reduce((sum, share) => sum + share, 0)).toBeCloseTo(100)
  for (const name of Object.keys(shares)) expect(endpoints).toHaveProperty([name])
  const reads = Object.entries(shares).filter(([name]) => endpoints[name]?.kind === 'read')
  const percent = reads.reduce((sum, [, share]) => sum + share, 0)
  expect(percent).toBeCloseTo(missing.includes('event batches') ? 65 : 60)
})

test('an answer is taken once all of it is there, whichever way its length is said', () => {
  const whole = Buffer.from('HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\n{"a"')
  const chunked = Buffer.from(
    'HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n',
  )
  const empty = Buffer.from('HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n')
  for (const answer of [whole, chunked]) {
    for (let length = 0; length < answer.length; length++) {
      expect(parseAnswer(answer.subarray(0, length), true)).toBeUndefined()
    }
  }
  expect(parseAnswer(whole, true)).toEqual({ status: 201, body: '{"a"' })
  expect(parseAnswer(chunked, true)).toEqual({ status: 404, body: 'abcde' })
  expect(parseAnswer(empty, true)).toEqual({ status: 304, body: '' })
})

test('the proxy delays each direction, but not before the server is ready for queries', async () => {
  const server = createServer((socket) => {
    // Authentication passes, a setting, ready: cut where no message ends.
    const greeting = Buffer.from([
      0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x53, 0, 0, 0, 8, 0x61, 0, 0x62, 0, 0x5a, 0, 0, 0, 5, 0x49,
    ])
    socket.once('data', () => {
      socket.write(greeting.subarray(0, 11))
      setTimeout(() => socket.write(greeting.subarray(11)), 5)
      socket.on('data', (query) => socket.write(query))
    })
  })
  const proxy = await startDelayProxy(await listen(server))
  const client = openTcp({ host: '127.0.0.1', port: proxy.port, noDelay: true })
  proxy.setDelay(200)
  expect(await timeToReceive(client, 'start', 24)).toBeLessThan(200)
  expect(await timeToReceive(client, 'query', 5)).toBeGreaterThanOrEqual(398)
  proxy.setDelay(0)
  expect(await timeToReceive(client, 'query', 5)).toBeLessThan(200)
  client.destroy()
  await proxy.stop()
  server.close()
})

test('the first difference between two answers is named by its path', () => {
  expect(firstDifference({ data: [{ id: 1 }] }, { data: [{ id: 1 }] }, '')).toBeUndefined()
  expect(firstDifference({ data: [{ id: 1, a: null }] }, { data: [{ id: 1 }] }, '')).toContain('/data/0/a: null')
})

async function listen(server: ReturnType<typeof createServer>): Promise<number> {
  server.listen({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

/** Milliseconds from writing a text until this many bytes have come back. */
async function timeToReceive(socket: Socket, text: string, bytes: number): Promise<number> {
  const startedAt = performance.now()
  let received = 0
  const count = (chunk: Buffer) => {
    received += chunk.length
  }
  socket.on('data', count)
  socket.write(text)
  while (received < bytes) await sleep(1)
  socket.removeListener('data', count)
  return performance.now() - startedAt
}
