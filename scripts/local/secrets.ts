import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type LoginPasswords, loginRoles } from './roles.ts'

export type LocalSecrets = {
  ownerPassword: string
  logins: LoginPasswords
  redisRestToken: string
  keyEncryptionKeys: string
  refreshMacKeys: string
  demo: { email: string; password: string /** The database that has the demo data. */; madeIn: string | null }
  /** Kept from start to start where it is free, so that saved connections go on working. */
  postgresPort: number | null
}

/**
 * The secrets belong to the database, since its rows are encrypted under them: for the own cluster they lie beside it, for
 * a given DATABASE_URL under a name made from its address, also when everything else is thrown away.
 */
export function secretsFile(dataDirectory: string, keptDirectory: string, databaseUrl: string | undefined): string {
  if (!databaseUrl) return join(dataDirectory, 'secrets.json')
  const { host, pathname } = new URL(databaseUrl)
  return join(
    keptDirectory,
    `secrets-${createHash('sha256')
      .update(host + pathname)
      .digest('hex')
      .slice(0, 12)}.json`,
  )
}

/** Reads the secrets, making those that are missing; the file is for its owner alone. */
export function loadSecrets(file: string): LocalSecrets {
  const stored: Partial<LocalSecrets> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  const made = makeSecrets()
  const secrets = { ...made, ...stored, logins: { ...made.logins, ...stored.logins } }
  saveSecrets(file, secrets)
  return secrets
}

export function saveSecrets(file: string, secrets: LocalSecrets): void {
  writePrivate(file, `${JSON.stringify(secrets, null, 2)}\n`)
}

/** Replaces a file in one step; nobody else may read it. */
export function writePrivate(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const unfinished = `${file}.${process.pid}`
  writeFileSync(unfinished, text, { mode: 0o600 })
  renameSync(unfinished, file)
}

/** Secrets of this machine say so, and a Worker in production refuses them (src/production.ts). */
function makeSecrets(): LocalSecrets {
  const password = () => `dev-${randomBytes(18).toString('base64url')}`
  const versionedKey = () => `1:${Buffer.concat([Buffer.from('dev:'), randomBytes(28)]).toString('base64')}`
  return {
    ownerPassword: password(),
    logins: Object.fromEntries(loginRoles.map((role) => [role, password()])) as LoginPasswords,
    redisRestToken: password(),
    keyEncryptionKeys: versionedKey(),
    refreshMacKeys: versionedKey(),
    demo: { email: 'demo@example.com', password: password(), madeIn: null },
    postgresPort: null,
  }
}
