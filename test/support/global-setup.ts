import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { buildAssets } from '../../scripts/build-assets.ts'
import { loadCommonPasswords } from '../../scripts/local/common-passwords.ts'
import { connect, migrate } from '../../scripts/local/migrate.ts'
import { startPostgres } from '../../scripts/local/postgres.ts'
import { LocalError } from '../../scripts/local/process.ts'
import { findRedisServer, startRedisServer } from '../../scripts/local/redis.ts'
import { createRoles, grantDatabase, type LoginPasswords, loginRoles } from '../../scripts/local/roles.ts'
import { startUpstash } from '../../scripts/local/upstash.ts'

export type TestCluster = { port: number; ownerPassword: string; passwords: LoginPasswords; template: string }
export type TestRedis = { binary: string; url: string; restUrl: string; token: string }

declare module 'vitest' {
  interface ProvidedContext {
    cluster: TestCluster
    redis: TestRedis
  }
}

const TEMPLATE = 'template_migrated'

/**
 * One PostgreSQL and one Redis for the whole run, in a folder of its own, so that runs side by side do not meet. Each test
 * file copies the migrated template. Should the run be killed, the services' guards stop them and remove the folder.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // The Worker's bundle needs them, and test files that build one run side by side.
  buildAssets()
  const directory = mkdtempSync(join(tmpdir(), 'defeah-test-'))
  const endings: (() => Promise<void>)[] = [async () => rmSync(directory, { recursive: true, force: true })]
  const end = async () => {
    for (const ending of endings.reverse()) await ending()
  }
  try {
    await Promise.all([startCluster(project, directory, endings), startSharedRedis(project, directory, endings)])
  } catch (error) {
    await end()
    throw error
  }
  return end
}

async function startCluster(project: TestProject, directory: string, endings: (() => Promise<void>)[]): Promise<void> {
  const ownerPassword = randomBytes(12).toString('base64url')
  const postgres = await startPostgres({
    directory: join(directory, 'postgres'),
    logFile: join(directory, 'postgres.log'),
    password: ownerPassword,
    durable: false,
    throwawayDirectory: directory,
  })
  endings.push(postgres.stop)
  const owner = connect(postgres.url('postgres'))
  await owner.unsafe(`create database ${TEMPLATE}`)
  await owner.end()
  const url = postgres.url(TEMPLATE)
  await migrate(url)
  await loadCommonPasswords(url)
  const passwords = Object.fromEntries(
    loginRoles.map((role) => [role, randomBytes(12).toString('base64url')]),
  ) as LoginPasswords
  await createRoles(url, passwords)
  await grantDatabase(url)
  project.provide('cluster', { port: postgres.port, ownerPassword, passwords, template: TEMPLATE })
}

async function startSharedRedis(
  project: TestProject,
  directory: string,
  endings: (() => Promise<void>)[],
): Promise<void> {
  const binary = findRedisServer()
  if (!binary)
    throw new LocalError('the tests need a real Redis: install redis-server (Debian, Ubuntu) or redis (Homebrew)')
  const { url, service } = await startRedisServer(binary, { directory, throwawayDirectory: directory })
  endings.push(service.stop)
  const rest = await startUpstash({ redisUrl: url })
  endings.push(rest.stop)
  project.provide('redis', { binary, url, restUrl: rest.url, token: rest.token })
}
