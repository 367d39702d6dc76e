import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { freePort, isPortFree, run, waitFor } from '../../scripts/local/process.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

type State = {
  url: string
  databaseUrl: string
  redisUrl: string
  redisRestUrl: string
  demo: { email: string; password: string }
}

type Dev = { child: ChildProcess; directory: string; port: number; ended: Promise<number | null>; state: () => State }

/** `npm run dev -- --ephemeral` whose throwaway folder lies in one of ours, so that what is left of it can be seen. */
async function startDev(): Promise<Dev> {
  const directory = mkdtempSync(join(tmpdir(), 'defeah-long-'))
  const port = await freePort()
  const file = join(directory, 'state.json')
  const child = spawn(process.execPath, ['scripts/dev.ts', '--ephemeral', '--state', file], {
    cwd: ROOT,
    env: { ...process.env, PORT: String(port), TMPDIR: directory, DATABASE_URL: '', REDIS_URL: '' },
    stdio: 'ignore',
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return { child, directory, port, ended, state: () => JSON.parse(readFileSync(file, 'utf8')) }
}

async function untilReady({ directory, child }: Dev): Promise<void> {
  const isThere = () => existsSync(join(directory, 'state.json')) || undefined
  const found = await waitFor(isThere, { timeoutMs: 90_000, isAlive: () => child.exitCode === null })
  expect(found, 'npm run dev became ready').toBe(true)
}

/** The processes that mention the folder; what they started in turn is in their process groups. */
async function processesOf(directory: string): Promise<string[]> {
  const { output } = await run('ps', ['-A', '-ww', '-o', 'args='])
  return output.split('\n').filter((line) => line.includes(directory))
}

async function expectNothingLeft({ directory, port }: Dev): Promise<void> {
  expect(await processesOf(directory)).toEqual([])
  expect(readdirSync(directory).filter((name) => name.startsWith('defeah-'))).toEqual([])
  expect(await isPortFree(port)).toBe(true)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`dev serves, and ${signal} leaves no process, port or file behind`, async () => {
    const dev = await startDev()
    await untilReady(dev)
    const { url, databaseUrl, redisUrl, demo } = dev.state()
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    const login = await fetch(`${url}/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(demo),
    })
    expect(login.status).toBe(200)
    const { accessToken } = (await login.json()) as { accessToken: string }
    const headers = { Authorization: `Bearer ${accessToken}` }
    // Browsers make passkeys for localhost, not for an address, which serves all the same.
    const options = await fetch(`http://127.0.0.1:${dev.port}/v1/auth/passkeys/options`, { method: 'POST', headers })
    expect([options.status, await options.json()]).toMatchObject([200, { rp: { id: 'localhost' } }])
    expect(new URL(url).hostname).toBe('localhost')
    dev.child.kill(signal)
    expect(await dev.ended).toBe(0)
    await expectNothingLeft(dev)
    for (const address of [databaseUrl, redisUrl]) expect(await isPortFree(Number(new URL(address).port))).toBe(true)
  })
}

for (const delayMs of [200, 600, 1_000, 1_500, 2_200, 3_000, 4_000]) {
  test(`interrupted ${delayMs} ms into the start, dev leaves nothing behind`, async () => {
    const dev = await startDev()
    await sleep(delayMs)
    dev.child.kill('SIGINT')
    await dev.ended
    await expectNothingLeft(dev)
  })
}

test('killed outright, dev is cleaned up after all the same', async () => {
  const dev = await startDev()
  await untilReady(dev)
  dev.child.kill('SIGKILL')
  await dev.ended
  const isClean = async () => ((await processesOf(dev.directory)).length === 0 ? true : undefined)
  expect(await waitFor(isClean, { timeoutMs: 20_000, everyMs: 200 })).toBe(true)
  await expectNothingLeft(dev)
})
