import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { signalProcess } from '../../scripts/local/process.ts'
import { startRedisServer } from '../../scripts/local/redis.ts'
import { startUpstash } from '../../scripts/local/upstash.ts'

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

/** The run's Redis: share it, with keys that no other test has. */
export function sharedRedis(): RedisAddress {
  const { url, restUrl, token } = inject('redis')
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
  const refuse = async () => {
    isListening = false
    await rest.stop()
  }
  const start = async () => {
    signalProcess(redis.service.pid, 'SIGCONT')
    if (!redis.service.isRunning()) {
      redis = await startRedisServer(binary, { ...options, port: Number(port), password })
    }
    if (!isListening) rest = await startUpstash({ redisUrl: redis.url, token: rest.token, port: rest.port })
    isListening = true
  }
  const end = async () => {
    if (isListening) await refuse()
    await redis.service.stop()
    rmSync(directory, { recursive: true, force: true })
  }
  return {
    ...address,
    stop: () => redis.service.stop(),
    refuse,
    pause: () => void signalProcess(redis.service.pid, 'SIGSTOP'),
    resume: () => void signalProcess(redis.service.pid, 'SIGCONT'),
    start,
    end,
  }
}
