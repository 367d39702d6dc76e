import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { inject } from 'vitest'
import { connect } from '../../scripts/local/migrate.ts'
import { asRole, grantDatabase, type LoginRole } from '../../scripts/local/roles.ts'

export type TestDatabase = Record<`${LoginRole}Url`, string> & {
  name: string
  ownerUrl: string
  /** Ends the connections that are left and removes the database. */
  drop: () => Promise<void>
}

/** A migrated database for one test file, copied from the run's template. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return await copyOf(inject('cluster').template)
}

/** A copy of a database as it is now, as a restored backup would be; whoever is connected to it loses the connection. */
export async function copyTestDatabase(source: TestDatabase): Promise<TestDatabase> {
  await asOwner((owner) => owner`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${source.name}`)
  return await copyOf(source.name)
}

async function copyOf(template: string): Promise<TestDatabase> {
  const { passwords } = inject('cluster')
  const name = `test_${randomBytes(8).toString('hex')}`
  await asOwner((owner) => copyDatabase(owner, template, name))
  const url = ownerUrl(name)
  await grantDatabase(url)
  return {
    name,
    ownerUrl: url,
    apiUrl: asRole(url, 'api', passwords.api),
    jobsUrl: asRole(url, 'jobs', passwords.jobs),
    readonlyUrl: asRole(url, 'readonly', passwords.readonly),
    auditorUrl: asRole(url, 'auditor', passwords.auditor),
    monitorUrl: asRole(url, 'monitor', passwords.monitor),
    backupUrl: asRole(url, 'backup', passwords.backup),
    migratorUrl: asRole(url, 'migrator', passwords.migrator),
    drop: () => asOwner((owner) => owner.unsafe(`drop database if exists ${name} with (force)`)),
  }
}

/** An empty database of the run's cluster, without migrations: for tests of the migrations themselves. */
export async function createEmptyDatabase(): Promise<{ name: string; ownerUrl: string; drop: () => Promise<void> }> {
  const name = `test_${randomBytes(8).toString('hex')}`
  await asOwner((owner) => owner.unsafe(`create database ${name}`))
  const drop = () => asOwner((owner) => owner.unsafe(`drop database if exists ${name} with (force)`))
  return { name, ownerUrl: ownerUrl(name), drop }
}

async function copyDatabase(owner: ReturnType<typeof connect>, template: string, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await owner.unsafe(`create database ${name} template ${template}`)
      return
    } catch (error) {
      // object_in_use: autovacuum may be looking at the template at this moment.
      if ((error as { code?: string }).code !== '55006' || attempt === 50) throw error
      await sleep(100)
    }
  }
}

async function asOwner(work: (owner: ReturnType<typeof connect>) => Promise<unknown>): Promise<void> {
  const owner = connect(ownerUrl('postgres'))
  try {
    await work(owner)
  } finally {
    await owner.end()
  }
}

function ownerUrl(database: string): string {
  const { port, ownerPassword } = inject('cluster')
  return `postgres://postgres:${ownerPassword}@127.0.0.1:${port}/${database}`
}
