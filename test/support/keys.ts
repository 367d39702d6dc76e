import { scryptSync } from 'node:crypto'
import { createDatabase } from '../../src/db/database.ts'
import { uuidMaker } from '../../src/ids.ts'
import { createKeyring, type GlobalKeys } from '../../src/keys/service.ts'
import type { AppSecrets, TestApp } from './app.ts'
import { createPool } from './sql.ts'

/** The keys of the whole system, opened as an isolate with these secrets would. */
export async function openGlobalKeys(app: Pick<TestApp, 'database' | 'now'>, secrets: AppSecrets): Promise<GlobalKeys> {
  const pool = createPool(app.database.ownerUrl, 1)
  const ports = {
    connect: () => pool,
    monotonic: () => performance.now(),
    onStatement: () => undefined,
  }
  const db = createDatabase(ports, { actor: JSON.stringify({ kind: 'migration', id: 'test' }) })
  const { now } = app
  try {
    return await createKeyring({ ...secrets, now }).globalKeys({ db, now, makeId: uuidMaker(now) })
  } finally {
    pool.end()
  }
}

/** A PHC string as an earlier release with weaker parameters would have made it. */
export async function weakPasswordHash({ peppers }: GlobalKeys, password: string, ln = 10): Promise<string> {
  const pepper = peppers.keys.get(peppers.current) as CryptoKey
  const peppered = await crypto.subtle.sign('HMAC', pepper, new TextEncoder().encode(password.normalize('NFKC')))
  const salt = Buffer.from('an old salt 0001')
  const hash = scryptSync(Buffer.from(peppered), salt, 32, { N: 2 ** ln, r: 8, p: 1 })
  const parameters = `ln=${ln},r=8,p=1,keyid=${peppers.current}`
  return `$scrypt$${parameters}$${salt.toString('base64url')}$${hash.toString('base64url')}`
}
