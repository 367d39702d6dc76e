import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { signalProcess } from '../../scripts/local/process.ts'
import { startRedisServer } from '../../scripts/local/redis.ts'
import { startUpstash } from '../../scripts/local/upstash.ts'
import { searchAtEnd } from './leaks.ts'
import { readRedis, textOfRedis } from './redis-contents.ts'

export type RedisAddress = { url: string; restUrl: string; token: string }

export type OwnRedis = RedisAddress & {
  /** Redis is gone; the endpoint answers 503. */
  stop: () => Promise<void>
  /** The endpoint's port is closed: connections are refused. */
  refuse: () => Promise<void>
  /** Redis hangs: connections are taken and nothing is answered. */
  pause: () => void
  resume: () => void
  /** Everything runs again, at the same addresses; Redis is empty if it was stopped. */
  start: () => Promise<void>
  /** For afterAll. */
  end: () => Promise<void>
}

let isSearched = false

/** The run's Redis: share it, with keys that no other test has. What this file's requests held may not be in it. */
export function sharedRedis(): RedisAddress {
  const { url, restUrl, token } = inject('redis')
  if (!isSearched) searchAtEnd("the run's Redis", async () => textOfRedis(await readRedis(url)))
  isSearched = true
  return { url, restUrl, token }
}

/** A real Redis behind a REST endpoint for this test alone, to be stopped, hung and refused for real. */
export async function startRedis(): Promise<OwnRedis> {
  const { binary } = inject('redis')
  const directory = mkdtempSync(join(tmpdir(), 'defeah-redis-'))
  const options = { directory, throwawayDirectory: directory }
  let redis = await startRedisServer(binary, options)
  let rest = await startUpstash({ redisUrl: redis.url })
  const address = { url: redis.url, restUrl: rest.url, token: rest.token }
  const { port, password } = new URL(redis.url)
  let isListening = true
  let isPaused = false
  // It keeps nothing when it stops, so what it held is read before.
  const held: string[] = []
  searchAtEnd('a Redis', () => held.join('\n'))
  const stop = async () => {
    if (redis.service.isRunning() && !isPaused) held.push(textOfRedis(await readRedis(redis.url)))
    await redis.service.stop()
  }
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => {
    isPaused = name === 'SIGSTOP'
    signalProcess(redis.service.pid, name)
  }
  const refuse = async () => {
    isListening = false
    await rest.stop()
  }
  const start = async () => {
    signal('SIGCONT')
    if (!redis.service.isRunning()) {
      redis = await startRedisServer(binary, { ...options, port: Number(port), password })
    }
    if (!isListening) rest = await startUpstash({ redisUrl: redis.url, token: rest.token, port: rest.port })
    isListening = true
  }
  const end = async () => {
    if (isListening) await refuse()
    await stop()
    rmSync(directory, { recursive: true, force: true })
  }
  return {
    ...address,
    stop,
    refuse,
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    start,
    end,
  }
}
