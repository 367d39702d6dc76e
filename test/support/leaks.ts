import { Readable } from 'node:stream'
import type postgres from 'postgres'
import { expect } from 'vitest'
import { atEnd } from './endings.ts'

/**
 * What a test file's requests sent or got that may stand nowhere in clear: addresses, names, passwords, tokens, keys. At the
 * end all log lines, of this process and of others, a COPY of every table and what is in Redis are searched for all of it.
 */

const secrets = new Map<string, string>()

/** Shorter ones stand in other texts by chance. */
const minLength = 10

const sentMembers = [
  'email',
  'newEmail',
  'password',
  'newPassword',
  'token',
  'refreshToken',
  'challengeToken',
  'recoveryCode',
]
const answeredMembers = [
  'accessToken',
  'refreshToken',
  'challengeToken',
  'key',
  'secret',
  'token',
  'receipt',
  'recoveryCodes',
]
const personalPaths = /^\/v1\/(auth\/register|me)$/

export function noteSecret(what: string, value: unknown): void {
  if (Array.isArray(value)) for (const item of value) noteSecret(what, item)
  else if (typeof value === 'string' && value.length >= minLength) secrets.set(value, what)
}

/** Notes what a request and its answer hold. */
export function noteSecrets(path: string, headers: Headers, sent: unknown, status: number, answered: unknown): void {
  const of = (body: unknown, member: string): unknown =>
    typeof body === 'object' && body !== null ? Reflect.get(body, member) : undefined
  for (const member of sentMembers) {
    const value = of(sent, member)
    const isAddress = !/email/i.test(member) || (typeof value === 'string' && /^\S+@\S+$/.test(value))
    if (isAddress) noteSecret(member, value)
  }
  if (status < 300 && personalPaths.test(path)) noteSecret('name', of(sent, 'name'))
  for (const member of answeredMembers) {
    // An id of a signing key is called so too.
    if (!path.includes('jwks')) noteSecret(member, of(answered, member))
  }
  noteSecret('address', headers.get('CF-Connecting-IP'))
}

/** Fails when any of it stands in a log line or in a table. */
export async function expectNoLeaks(owner: postgres.Sql, logs: readonly object[]): Promise<void> {
  expectClean('the log', logs.map((line) => JSON.stringify(line)).join('\n'))
  for (const name of await tablesOf(owner)) expectClean(name, await copyOf(owner, name))
}

/** None where the test file has ended its database itself. */
async function tablesOf(owner: postgres.Sql): Promise<string[]> {
  const rows = await owner<{ name: string }[]>`
    select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('public', 'partitions') and c.relkind = 'r'`.catch((error: { code?: string }) => {
    if (error.code === 'ECONNREFUSED' || error.code === '3D000') return []
    throw error
  })
  return rows.map(({ name }) => name)
}

async function copyOf(owner: postgres.Sql, table: string): Promise<string> {
  const stream = await owner.unsafe(`copy ${table} to stdout`).readable()
  return (await Readable.from(stream).toArray()).map(String).join('')
}

/** Searches a text when the file has ended and everything is noted; `read` is called only then. */
export function searchAtEnd(where: string, read: () => string | Promise<string>): void {
  atEnd(async () => expectClean(where, await read()))
}

export function expectClean(where: string, text: string): void {
  expect(secretsIn(text), `${where} holds in clear`).toEqual([])
}

/** What of all that is noted stands in a text; also as bytea, whose text is hexadecimal. */
export function secretsIn(text: string): string[] {
  const found = [...secrets].filter(
    ([secret]) =>
      text.includes(secret) || (text.includes('\\\\x') && text.includes(Buffer.from(secret).toString('hex'))),
  )
  return found.map(([secret, what]) => `${what}: ${secret}`)
}
