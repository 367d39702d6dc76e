import { lookup } from 'node:dns/promises'
import { BlockList, isIPv4 } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from './migrate.ts'
import { LocalError } from './process.ts'

const near = new BlockList()
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  near.addSubnet(network, bits, 'ipv4')
}
near.addAddress('::1', 'ipv6')
near.addSubnet('fc00::', 7, 'ipv6')
near.addSubnet('fe80::', 10, 'ipv6')

/**
 * Checks a DATABASE_URL before anything is done to it: development migrates it, sets passwords and adds demo data, so one
 * on the open internet is refused unless DEV_REMOTE_DATABASE=1 says that it is meant.
 */
export async function checkGivenDatabase(databaseUrl: string): Promise<void> {
  const url = parse(databaseUrl)
  const where = `DATABASE_URL (${url.host}${url.pathname})`
  if (process.env['DEV_REMOTE_DATABASE'] !== '1' && !(await isNear(url.hostname))) {
    throw new LocalError(
      `${where} is not on this machine or network, and development would change it: set DEV_REMOTE_DATABASE=1 if that is meant`,
    )
  }
  const sql = connect(databaseUrl)
  try {
    const answer = sql<{ version: number }[]>`select current_setting('server_version_num')::int as version`
    const row = await Promise.race([answer.then(([first]) => first), silence()])
    if (!row || row.version < 150_000) throw new LocalError(`${where} is older than PostgreSQL 15: give a newer server`)
  } catch (error) {
    if (error instanceof LocalError) throw error
    const { code, message } = error as { code?: string; message: string }
    // The database itself is made with the migrations.
    if (code === '3D000') return
    throw new LocalError(
      `${where} is not reachable: ${message || code}: start that server, or unset DATABASE_URL for the embedded one`,
    )
  } finally {
    await sql.end({ timeout: 1 })
  }
}

const answerTimeoutMs = 10_000

/** The driver's own timer does not cover a server that takes each connection and closes it. */
async function silence(): Promise<never> {
  await sleep(answerTimeoutMs, undefined, { ref: false })
  throw new Error(`it did not answer within ${answerTimeoutMs / 1000} s`)
}

function parse(databaseUrl: string): URL {
  try {
    const url = new URL(databaseUrl)
    decodeURIComponent(url.username + url.password + url.pathname)
    if (url.protocol.startsWith('postgres') && url.hostname && url.username && url.pathname.length > 1) return url
  } catch {}
  throw new LocalError('DATABASE_URL is not of the form postgres://user:password@host:port/database')
}

async function isNear(host: string): Promise<boolean> {
  const addresses = await lookup(host.replace(/^\[|\]$/g, ''), { all: true }).catch(() => [])
  // A name that does not resolve fails in the connection, with the better message.
  return addresses.every(({ address }) => near.check(address, isIPv4(address) ? 'ipv4' : 'ipv6'))
}
