import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Redis } from '@upstash/redis'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { isDue } from '../scripts/local/cron.ts'
import { startPostgres } from '../scripts/local/postgres.ts'
import { startRedisEmulator } from '../scripts/local/redis-emulator.ts'
import { startUpstash } from '../scripts/local/upstash.ts'
import { sharedRedis, startRedis } from './support/redis.ts'

const scratch = mkdtempSync(join(tmpdir(), 'defeah-local-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const prefix = `local-test:${process.pid}:`

function client({ restUrl, token }: { restUrl: string; token: string }): Redis {
  return new Redis({ url: restUrl, token, retry: false, enableTelemetry: false })
}

describe('the Redis endpoint speaks Upstash REST', () => {
  test('values of any kind come back as they went in', async () => {
    const redis = client(sharedRedis())
    const key = `${prefix}value`
    for (const value of ['é 🌱 \u0001 "quoted"', 'OK', '', { nested: [1, null, 'x'] }]) {
      await redis.set(key, value)
      expect(await redis.get(key)).toEqual(value)
    }
    await redis.del(key)
    await redis.hset(key, { a: 'one', b: 'two' })
    expect(await redis.hgetall(key)).toEqual({ a: 'one', b: 'two' })
    expect(await redis.mget(`${prefix}none`, `${prefix}nothing`)).toEqual([null, null])
  })

  test('answers are plain for a caller that does not ask for base64', async () => {
    const { restUrl, token } = sharedRedis()
    const call = (path: string, body: unknown) =>
      fetch(restUrl + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      })
    expect(await (await call('/', ['echo', 'grün'])).json()).toEqual({ result: 'grün' })
    const answers = await (await call('/pipeline', [['echo', 'a'], ['nonsense'], ['echo', 5]])).json()
    expect(answers).toEqual([{ result: 'a' }, { error: expect.stringContaining('unknown command') }, { result: '5' }])
    expect((await call('/', { not: 'a command' })).status).toBe(400)
    expect((await call('/pipeline', [])).status).toBe(400)
    expect((await call('/elsewhere', ['ping'])).status).toBe(404)
  })

  test('a transaction is one, and fails as one', async () => {
    const redis = client(sharedRedis())
    const key = `${prefix}counter`
    const increments = Array.from({ length: 20 }, () => redis.multi().incr(key).incr(key).exec<[number, number]>())
    for (const [first, second] of await Promise.all(increments)) expect(second).toBe(first + 1)
    const { restUrl, token } = sharedRedis()
    const aborted = await fetch(`${restUrl}/multi-exec`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify([['set', key, 'x'], ['nonsense']]),
    })
    expect(aborted.status).toBe(400)
    expect(await redis.get(key)).toBe(40)
  })

  test('a command that Redis refuses is an error of the client', async () => {
    const redis = client(sharedRedis())
    await redis.set(`${prefix}text`, 'text')
    await expect(redis.lpush(`${prefix}text`, 'x')).rejects.toThrow(/WRONGTYPE/)
  })

  test('without the token nothing is done', async () => {
    const { restUrl } = sharedRedis()
    const response = await fetch(restUrl, {
      method: 'POST',
      headers: { authorization: 'Bearer wrong' },
      body: '["ping"]',
    })
    expect(response.status).toBe(401)
  })

  test("Upstash's scripts run although their first line is foreign to Redis, by their own digest too", async () => {
    const redis = client(sharedRedis())
    const script = `#!lua flags=allow-key-locking\nreturn {KEYS[1], ARGV[1], 7} -- ${prefix}`
    const digest = createHash('sha1').update(script).digest('hex')
    await expect(redis.evalsha(digest, ['k'], ['v'])).rejects.toThrow(/NOSCRIPT/)
    expect(await redis.eval(script, ['k'], ['v'])).toEqual(['k', 'v', 7])
    expect(await redis.evalsha(digest, ['k'], ['v'])).toEqual(['k', 'v', 7])
  })

  test('it fails as a network does, and recovers', async () => {
    const own = await startRedis()
    onTestFinished(own.end)
    const answer = async () => {
      const request = { method: 'POST', headers: { authorization: `Bearer ${own.token}` }, body: '["ping"]' }
      const response = await fetch(own.restUrl, { ...request, signal: AbortSignal.timeout(200) })
      return response.status
    }
    expect(await answer()).toBe(200)
    await own.stop()
    expect(await answer()).toBe(503)
    await own.start()
    expect(await answer()).toBe(200)
    own.pause()
    await expect(answer()).rejects.toThrow(/timeout/)
    own.resume()
    expect(await answer()).toBe(200)
    await own.refuse()
    await expect(answer()).rejects.toThrow()
    await own.start()
    expect(await answer()).toBe(200)
  })
})

test('the emulator keeps values, lifetimes and counters, and says what it cannot do', async () => {
  const emulator = await startRedisEmulator()
  const rest = await startUpstash({ redisUrl: emulator.url })
  onTestFinished(async () => {
    await rest.stop()
    await emulator.stop()
  })
  const redis = client({ restUrl: rest.url, token: rest.token })
  expect(await redis.set('a', { deep: 1 }, { px: 60 })).toBe('OK')
  expect(await redis.set('a', 'other', { nx: true })).toBeNull()
  expect(await redis.get('a')).toEqual({ deep: 1 })
  expect(await redis.pttl('a')).toBeLessThanOrEqual(60)
  await sleep(70)
  expect(await redis.get('a')).toBeNull()
  expect([await redis.incr('n'), await redis.incrby('n', 4), await redis.ttl('n')]).toEqual([1, 5, -1])
  expect([await redis.expire('n', 10), await redis.ttl('n'), await redis.del('n', 'm')]).toEqual([1, 10, 1])
  await expect(redis.eval('return 1', [], [])).rejects.toThrow(/emulator/)
})

describe('npm run dev refuses in one line what it cannot do', () => {
  test('a port in use', async () => {
    const server = createServer()
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
    })
    onTestFinished(() => void server.close())
    const { code, errors } = await startDev({ PORT: String(port) })
    expect(errors).toMatch(new RegExp(`^npm run dev: port ${port} is in use: .*PORT=${port + 1} npm run dev\n$`))
    expect(code).toBe(1)
  })

  test('a DATABASE_URL where nobody answers', async () => {
    const { code, errors } = await startDev({ DATABASE_URL: 'postgres://user:secret@127.0.0.1:1/nothing' })
    expect(errors).toMatch(/^npm run dev: DATABASE_URL \(127\.0\.0\.1:1\/nothing\) is not reachable: .*\n$/)
    expect(errors).not.toContain('secret')
    expect(code).toBe(1)
  })

  test('a DATABASE_URL whose server takes each connection and closes it', async () => {
    let connections = 0
    const server = createServer((socket) => {
      connections += 1
      socket.on('error', () => undefined)
      socket.once('data', () => socket.destroy())
    })
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
    })
    onTestFinished(() => void server.close())
    const { code, errors } = await startDev({ DATABASE_URL: `postgres://user:secret@127.0.0.1:${port}/nothing` })
    expect(errors).toMatch(/^npm run dev: DATABASE_URL .* is not reachable: it did not answer within 10 s: .*\n$/)
    expect(connections).toBeGreaterThan(0)
    expect(code).toBe(1)
  })

  test.each([
    ['redis://127.0.0.1:1', 'REDIS_URL is not reachable'],
    ['foo', 'REDIS_URL is not of the form'],
  ])('the REDIS_URL %s, before anything is started', async (url, words) => {
    const { code, errors } = await startDev({ REDIS_URL: url })
    expect(errors).toMatch(new RegExp(`^npm run dev: ${words}.*\n$`))
    expect(code).toBe(1)
  })

  test('a state file where there is no folder', async () => {
    const { code, errors } = await startDev({}, '/proc/nowhere/state.json')
    expect(errors).toMatch(/^npm run dev: --state .*: there is no folder \/proc\/nowhere .*\n$/)
    expect(code).toBe(1)
  })

  test('a data folder that holds something else', async () => {
    const directory = join(scratch, 'other')
    mkdirSync(directory)
    writeFileSync(join(directory, 'notes.txt'), 'mine')
    const starting = startPostgres({ directory, logFile: join(scratch, 'log'), password: 'x', durable: false })
    await expect(starting).rejects.toThrow(/holds something else than a database: move that folder away/)
    expect(readdirSync(directory)).toEqual(['notes.txt'])
  })

  test('a DATABASE_URL on the open internet, before any word is sent there', async () => {
    const { code, errors } = await startDev({ DATABASE_URL: 'postgres://user:secret@203.0.113.5:5432/production' })
    expect(errors).toMatch(/^npm run dev: DATABASE_URL .* DEV_REMOTE_DATABASE=1 .*\n$/)
    expect(code).toBe(1)
  })

  test('a data folder of another PostgreSQL', async () => {
    const directory = join(scratch, 'old')
    mkdirSync(directory)
    writeFileSync(join(directory, 'PG_VERSION'), '14\n')
    const starting = startPostgres({ directory, logFile: join(scratch, 'log'), password: 'x', durable: false })
    await expect(starting).rejects.toThrow(/was made by PostgreSQL 14, this project runs 15: move that folder away/)
    expect(existsSync(join(scratch, 'log'))).toBe(false)
    expect(readdirSync(directory)).toEqual(['PG_VERSION'])
  })
})

/** Runs dev, which is expected to end by itself. */
async function startDev(
  environment: Record<string, string>,
  stateFile = join(scratch, 'state.json'),
): Promise<{ code: number | null; errors: string }> {
  const script = fileURLToPath(new URL('../scripts/dev.ts', import.meta.url))
  const child = spawn(process.execPath, [script, '--ephemeral', '--state', stateFile], {
    env: {
      ...process.env,
      PORT: '0',
      TMPDIR: scratch,
      DATABASE_URL: '',
      REDIS_URL: '',
      DEV_REMOTE_DATABASE: '',
      ...environment,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, errors }
}

test('cron expressions are due when Cloudflare would fire them', () => {
  const monday = new Date('2026-11-23T03:17:40Z')
  const due = ['* * * * *', '17 * * * *', '*/17 3 * * *', '17 3 23 11 *', '15-20 0-5/3 * NOV MON', '17 3 1 * 2']
  const notDue = ['18 * * * *', '17 4 * * *', '17 3 24 * *', '17 3 * * SUN', '17 3 * * 1', '17 3 * 12 *']
  expect(due.filter((expression) => !isDue(expression, monday))).toEqual([])
  expect(notDue.filter((expression) => isDue(expression, monday))).toEqual([])
  expect(() => isDue('* * * *', monday)).toThrow(/five fields/)
  expect(() => isDue('L * * * *', monday)).toThrow(/cannot read/)
})
