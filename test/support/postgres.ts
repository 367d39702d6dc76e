import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, migrate } from '../../scripts/local/migrate.ts'
import { type LocalPostgres, startPostgres } from '../../scripts/local/postgres.ts'
import { signalProcess, waitFor } from '../../scripts/local/process.ts'
import { asRole, createRoles, grantDatabase, type LoginPasswords, loginRoles } from '../../scripts/local/roles.ts'
import type { TestDatabase } from './database.ts'

export type OwnPostgres = {
  database: TestDatabase
  /** A fast shutdown: connections are ended. */
  stop: () => Promise<void>
  /** SIGKILL, as the kernel's out-of-memory killer would. */
  kill: () => Promise<void>
  /** Hangs: connections are taken and nothing is answered, by new and old ones alike. */
  pause: () => Promise<void>
  resume: () => void
  /** Runs again, at the same address, with what was committed. */
  start: () => Promise<void>
  /** For afterAll. */
  end: () => Promise<void>
}

/** A migrated PostgreSQL for this test alone, to be stopped, killed and hung for real. */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const parent = mkdtempSync(join(tmpdir(), 'defeah-postgres-'))
  const ownerPassword = randomBytes(12).toString('base64url')
  const options = {
    directory: join(parent, 'data'),
    logFile: join(parent, 'postgres.log'),
    password: ownerPassword,
    durable: false,
    throwawayDirectory: parent,
  }
  let running = await startPostgres(options)
  const { port } = running
  let paused: number[] = []
  const database = await migratedDatabase(running)
  const resume = () => {
    for (const pid of paused) signalProcess(pid, 'SIGCONT')
    paused = []
  }
  return {
    database,
    stop: () => running.stop(),
    kill: async () => {
      const pids = await processes(running)
      for (const pid of pids) signalProcess(pid, 'SIGKILL')
      await running.service.exited
      // The dead postmaster's shared memory is free once the last of its processes is gone.
      const areGone = () => (pids.some((pid) => signalProcess(pid, 0)) ? undefined : true)
      await waitFor(areGone, { timeoutMs: 10_000 })
    },
    pause: async () => {
      paused = await processes(running)
      for (const pid of paused) signalProcess(pid, 'SIGSTOP')
    },
    resume,
    start: async () => {
      running = await startPostgres({ ...options, preferredPort: port })
      if (running.port !== port) throw new Error(`port ${port} was taken meanwhile`)
    },
    end: async () => {
      resume()
      await running.stop()
      rmSync(parent, { recursive: true, force: true })
    },
  }
}

async function migratedDatabase(running: LocalPostgres): Promise<TestDatabase> {
  const ownerUrl = running.url('defeah')
  await migrate(ownerUrl)
  const passwords = Object.fromEntries(
    loginRoles.map((role) => [role, randomBytes(12).toString('base64url')]),
  ) as LoginPasswords
  await createRoles(ownerUrl, passwords)
  await grantDatabase(ownerUrl)
  const urls = loginRoles.map((role) => [`${role}Url`, asRole(ownerUrl, role, passwords[role])])
  return { name: 'defeah', ownerUrl, drop: async () => undefined, ...Object.fromEntries(urls) } as TestDatabase
}

/** The postmaster first, so that it starts no other, then all that it has started. */
async function processes(running: LocalPostgres): Promise<number[]> {
  const owner = connect(running.url('postgres'))
  try {
    const rows = await owner<{ pid: number }[]>`select pid from pg_stat_activity where pid <> pg_backend_pid()`
    return [running.service.pid, ...rows.map(({ pid }) => pid)]
  } finally {
    await owner.end()
  }
}
