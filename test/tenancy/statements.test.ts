import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type FilledParams } from '../../src/db/database.ts'
import { PreparedQuery } from '../../src/db/run.ts'
import { dumpTenant } from '../support/dump.ts'
import { startWorld, type World } from '../support/routes.ts'
import { createPool, queryText, type SqlPool } from '../support/sql.ts'
import { asOwner, insertTwins, type Tenant } from '../support/tenants.ts'

/**
 * Every named statement of the classes that requests run is run as one tenant with another one's ids: nothing of the
 * other's comes back, nothing of the other's changes. Files and parameters are found, not listed, so a new statement is
 * under test from its first day, or fails here until the tables below know its parameters.
 */

const root = join(import.meta.dirname, '../..')

type Statement = { name: string; file: string; isTenantClass: boolean; query: PreparedQuery<unknown, unknown> }

const modules = globSync('src/**/*.sql.ts', { cwd: root }).sort()
const statements: Statement[] = []
for (const file of modules.filter((name) => !name.endsWith('.jobs.sql.ts'))) {
  const exported: Record<string, unknown> = await import(join(root, file))
  for (const [name, query] of Object.entries(exported)) {
    if (query instanceof PreparedQuery)
      statements.push({ name, file, isTenantClass: !file.endsWith('.user.sql.ts'), query })
  }
}

/** A tenant with what only the database knows of it. */
type Party = Tenant & {
  passwordHash: string
  secret: string
  digest: string
  dataKeyId: string
  auditRow: { timestamp: string; id: number }
}

/** A parameter: the tenant's own value, and values that belong to another tenant where there can be such. */
type Parameter = { own: (party: Party) => unknown; foreign?: (party: Party) => readonly unknown[] }

const constant = (value: unknown): Parameter => ({ own: () => value })
const idsOf = (list: (party: Party) => readonly string[]): Parameter => ({
  own: (party) => list(party)[0],
  foreign: list,
})
const fresh = (foreign: (party: Party) => readonly unknown[]): Parameter => ({ own: () => randomUUID(), foreign })
const none = constant(null)

const hex = () => randomBytes(32).toString('hex')
const innerMac = hex()
const macOf = ({ secret }: Party) =>
  createHash('sha256').update(Buffer.from(secret, 'hex')).update(Buffer.from(innerMac, 'hex')).digest('hex')

const campaign = idsOf(({ campaigns }) => campaigns)
const post = idsOf(({ posts }) => posts)
const account = idsOf(({ accounts }) => accounts)
const user = idsOf(({ user: { id } }) => [id])
const session = idsOf(({ user: { sessionId } }) => [sessionId])
const workspace = idsOf(({ user: { workspaceId } }) => [workspaceId])
const media: Parameter = {
  own: ({ media: [mediaId] }) => [mediaOf(mediaId)],
  foreign: (party) => party.media.map((mediaId) => [mediaOf(mediaId)]),
}
const mediaOf = (mediaId: string | undefined) => ({ mediaId, altText: 'x', userTags: [], productTags: [] })
const place: Parameter = {
  own: () => null,
  foreign: ({ posts, campaigns, user: { sessionId } }) => [...posts, ...campaigns, sessionId],
}

/** By name; `statement.parameter` where one name means different things. */
const parameters: Readonly<Record<string, Parameter>> = {
  // audit
  table: none,
  rowId: { own: () => null, foreign: ({ posts, campaigns }) => [...posts, ...campaigns] },
  operation: none,
  from: none,
  to: none,
  beforeTimestamp: { own: () => null, foreign: ({ auditRow }) => [auditRow.timestamp] },
  beforeId: place,
  'listAuditLogs.beforeId': { own: () => null, foreign: ({ auditRow }) => [auditRow.id] },
  'listAuditLogs.userId': { own: () => null, foreign: user.foreign ?? (() => []) },
  limit: constant(100),
  // campaigns
  'findCampaign.id': campaign,
  'updateCampaign.id': campaign,
  // The first one has posts.
  'deleteCampaign.id': { ...campaign, own: ({ campaigns }) => campaigns[1] },
  'insertCampaign.id': fresh(({ campaigns }) => campaigns),
  // Who writes is the caller, never an input.
  'insertCampaign.userId': { own: user.own },
  'insertPost.userId': { own: user.own },
  name: constant('Name'),
  objective: none,
  'insertCampaign.objective': constant('sales'),
  budgetMinor: constant(100),
  currency: constant('EUR'),
  startsOn: constant('2026-01-01'),
  endsOn: constant('2026-12-31'),
  utm: constant({ source: 'x' }),
  status: none,
  versions: none,
  changed: constant(['budgetMinor', 'currency', 'startsOn', 'endsOn', 'caption', 'campaignId', 'accountId', 'media']),
  // posts
  'findPost.id': post,
  'updatePost.id': post,
  'lockPost.id': post,
  'deletePost.id': post,
  'insertPost.id': fresh(({ posts }) => posts),
  campaignId: campaign,
  accountId: account,
  authorId: user,
  kind: constant('image'),
  kinds: constant(['image', 'carousel', 'reel', 'story']),
  caption: constant('Words'),
  options: constant({}),
  media,
  // idempotency
  idempotencyPrincipal: user,
  idempotencyKey: { own: () => randomUUID(), foreign: ({ idempotencyKeys }) => idempotencyKeys },
  'findIdempotencyRecord.idempotencyKey': {
    own: ({ idempotencyKeys: [key] }) => key,
    foreign: ({ idempotencyKeys }) => idempotencyKeys,
  },
  idempotencyRoute: constant('POST /v1/x'),
  idempotencyFingerprint: constant('0'.repeat(64)),
  // people and their sessions: bound to the user, or to what only this user knows
  userId: { own: user.own },
  'registerAccount.userId': fresh(({ user: { id } }) => [id]),
  'registerAccount.sessionId': fresh(({ user: { sessionId } }) => [sessionId]),
  'registerAccount.digests': { own: () => [hex()], foreign: ({ digest }) => [[digest]] },
  sessionId: session,
  keptSessionId: session,
  'insertSession.id': fresh(({ user: { sessionId } }) => [sessionId]),
  wantedWorkspaceId: workspace,
  claimedWorkspaceId: workspace,
  newWorkspaceId: fresh(({ user: { workspaceId } }) => [workspaceId]),
  dataKeyId: fresh(({ dataKeyId }) => [dataKeyId]),
  'findAccountByEmail.digests': { own: ({ digest }) => [digest] },
  keyVersions: constant([1]),
  oldHash: { own: ({ passwordHash }) => passwordHash, foreign: ({ passwordHash }) => [passwordHash] },
  mac: { own: macOf },
  innerMacs: constant([innerMac]),
  nextInnerMac: constant(innerMac),
  innerMac: constant(innerMac),
  generation: constant(0),
  newHash: constant('$scrypt$new'),
  emailCiphertext: constant('v1.x'),
  nameCiphertext: constant('v1.x'),
  passwordHash: constant('$scrypt$x'),
  wrappedKey: constant('v1.x'),
  kekVersion: constant(1),
  workspaceName: constant('My workspace'),
  locale: constant('en'),
  timeZone: constant('UTC'),
  device: none,
  place: none,
  address: none,
  reason: constant('revoked'),
  now: { own: () => new Date().toISOString() },
  leewayStartedAt: constant('2000-01-01T00:00:00Z'),
  idleExpiresAt: constant('2999-01-01T00:00:00Z'),
  absoluteExpiresAt: constant('2999-01-01T00:00:00Z'),
  // keys of the whole system
  'insertGlobalKey.id': fresh(({ dataKeyId }) => [dataKeyId]),
  purpose: constant('signing'),
  publicJwk: constant({}),
}

const filledByRuntime = new Set(['workspaceId', 'actor'])

function parameterOf({ name, file }: Statement, parameter: string): Parameter {
  const found = parameters[`${name}.${parameter}`] ?? parameters[parameter]
  if (found === undefined)
    throw new Error(`${file} ${name} takes :${parameter}: say in this test whose values it can hold`)
  return found
}

const isRequired = ({ compiled }: Statement['query'], parameter: string) =>
  compiled.params.some(({ name, required }) => name === parameter && required)

const namesOf = ({ query }: Statement) =>
  query.compiled.params.map(({ name }) => name).filter((name) => !filledByRuntime.has(name))

let world: World
let api: SqlPool
let home: Party
let away: Party
let foreignTexts: string[]
beforeAll(async () => {
  world = await startWorld()
  api = createPool(world.app.database.apiUrl, 1)
  await asOwner(
    world.app,
    (tx) => tx`
      insert into user_sessions (user_id, workspace_id, idle_expires_at, absolute_expires_at)
      select t.user_id, t.workspace_id, now() + interval '1 day', now() + interval '1 day' from user_sessions t`,
  )
  await insertTwins(world.app, world.away, world.home)
  home = await partyOf(world.home)
  away = await partyOf(world.away)
  const idsIn = (dump: Record<string, string[]>) =>
    JSON.stringify(dump).match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? []
  const own = new Set(idsIn(await dumpTenant(world.app, home.user)))
  const foreign = idsIn(await dumpTenant(world.app, away.user)).filter((id) => !own.has(id))
  foreignTexts = [...new Set([...foreign, away.marker])]
})
afterAll(() => api.end())

async function partyOf(tenant: Tenant): Promise<Party> {
  const { id, sessionId, workspaceId } = tenant.user
  const [row] = await world.app.owner<Omit<Party, keyof Tenant | 'auditRow'>[]>`
    select u.password_hash as "passwordHash", encode(s.secret, 'hex') as secret, encode(e.digest, 'hex') as digest,
      u.data_key_id as "dataKeyId"
    from users u join user_email_index e on e.user_id = u.id join user_sessions s on s.id = ${sessionId}
    where u.id = ${id}`
  const [auditRow] = await world.app.owner<Party['auditRow'][]>`
    select a.timestamp, a.id from audit_logs a where a.workspace_id = ${workspaceId} order by a.timestamp desc limit 1`
  if (row === undefined || auditRow === undefined) throw new Error('the tenant is not all there')
  return { ...tenant, ...row, auditRow }
}

type AnyQuery = PreparedQuery<{ id: string }, unknown>
type Outcome = { rows: unknown[]; refusal: string | undefined; mine: unknown; others: unknown }

class RolledBack extends Error {
  override readonly name = 'RolledBack'
}

/** Runs a statement as the home tenant, as the role that requests have, and takes it back. */
async function attempt({ query }: Statement, values: Record<string, unknown>): Promise<Outcome> {
  const { id: userId, sessionId, workspaceId } = home.user
  const actor = JSON.stringify({
    kind: 'user',
    id: userId,
    userId,
    sessionId,
    workspaceId,
    requestId: 'test',
    address: null,
  })
  let outcome: Outcome = { rows: [], refusal: undefined, mine: undefined, others: undefined }
  try {
    await api.transaction(async (tx) => {
      const ports = { connect: () => tx, monotonic: () => 0, onStatement: () => undefined }
      const db = createDatabase(ports, { workspaceId, actor, ...values } as FilledParams)
      const rows = await db.many(query as AnyQuery, values as never)
      const run = (text: string, given: string[]) => queryText(tx, text, given)
      const [mine, others] = [await dumpTenant(world.app, home.user, run), await dumpTenant(world.app, away.user, run)]
      outcome = { rows: [...rows], refusal: undefined, mine, others }
      throw new RolledBack()
    })
  } catch (error) {
    if (!(error instanceof RolledBack)) outcome.refusal = (error as { sqlstate?: string }).sqlstate ?? String(error)
  }
  return outcome
}

const ownValues = (statement: Statement): Record<string, unknown> =>
  Object.fromEntries(namesOf(statement).map((name) => [name, parameterOf(statement, name).own(home)]))

/** All ways to hold another tenant's value: each parameter alone, then all together. */
function foreignValues(statement: Statement): { what: string; values: Record<string, unknown> }[] {
  const foreign = namesOf(statement).flatMap((name) => {
    const values = parameterOf(statement, name).foreign?.(away) ?? []
    return values.length === 0 ? [] : [{ name, values }]
  })
  const alone = foreign.flatMap(({ name, values }) =>
    values.map((value) => ({
      what: `:${name} = ${JSON.stringify(value)}`,
      values: { ...ownValues(statement), [name]: value },
    })),
  )
  const all = Object.fromEntries(foreign.map(({ name, values }) => [name, values[0]]))
  return foreign.length > 1 ? [...alone, { what: 'all at once', values: { ...ownValues(statement), ...all } }] : alone
}

/** A new row may carry the id that was passed for it; everything else of the other tenant's is a leak. */
function leaksIn(rows: readonly unknown[], { name }: Statement, values: Record<string, unknown>): string[] {
  const text = JSON.stringify(rows)
  const passed = name.startsWith('insert') ? values['id'] : undefined
  return foreignTexts.filter((foreign) => foreign !== passed && text.includes(foreign))
}

// Statements that change nothing here and answer nothing: the first keys of the system exist.
const withoutEffect = new Set(['insertGlobalKey'])
const intruding = new Set(['23503', '23505'])

describe.each(statements.map((statement) => [`${statement.file} ${statement.name}`, statement] as const))(
  '%s',
  (_, statement) => {
    test('works with the tenant’s own ids', async () => {
      const before = await dumpTenant(world.app, home.user)
      const others = await dumpTenant(world.app, away.user)
      const outcome = await attempt(statement, ownValues(statement))
      expect(outcome.refusal).toBeUndefined()
      const hasEffect = outcome.rows.length > 0 || JSON.stringify(outcome.mine) !== JSON.stringify(before)
      expect(hasEffect).toBe(!withoutEffect.has(statement.name))
      expect(outcome.others).toEqual(others)
      expect(leaksIn(outcome.rows, statement, {})).toEqual([])
    })

    test('finds and changes nothing of another tenant’s', async () => {
      const others = await dumpTenant(world.app, away.user)
      for (const { what, values } of foreignValues(statement)) {
        const { rows, refusal, others: after } = await attempt(statement, values)
        if (refusal !== undefined) {
          expect(intruding, `${what}: ${refusal}`).toContain(refusal)
          continue
        }
        expect(leaksIn(rows, statement, values), what).toEqual([])
        expect(after, what).toEqual(others)
      }
    })
  },
)

test('a statement with a foreign id answers no row at all where the id is what it looks for', async () => {
  const lookups = statements.filter(
    ({ name, query }) => /^(find|lock|update|delete|revoke)/.test(name) && isRequired(query, 'id'),
  )
  expect(lookups.length).toBeGreaterThan(5)
  for (const statement of lookups) {
    for (const id of parameterOf(statement, 'id').foreign?.(away) ?? []) {
      expect((await attempt(statement, { ...ownValues(statement), id })).rows, statement.name).toEqual([])
    }
  }
})

test('a session and a user that do not belong together find nothing', async () => {
  for (const statement of statements.filter(({ query }) =>
    ['sessionId', 'userId'].every((name) => isRequired(query, name)),
  )) {
    if (statement.name === 'registerAccount') continue
    for (const values of [{ userId: away.user.id }, { sessionId: away.user.sessionId }]) {
      const outcome = await attempt(statement, { ...ownValues(statement), ...values })
      expect([statement.name, outcome.rows]).toEqual([statement.name, []])
      expect(outcome.mine).toEqual(await dumpTenant(world.app, home.user))
    }
  }
})

test('every tenant statement has the workspace in it, filled by the run-time alone', () => {
  const tenantClass = statements.filter(({ isTenantClass }) => isTenantClass)
  expect(tenantClass.length).toBeGreaterThan(10)
  for (const { name, query } of tenantClass) {
    expect(isRequired(query, 'workspaceId'), name).toBe(true)
  }
})

test('a statement without a workspace does not run, and one that passes its own is not heard', async () => {
  const ports = { connect: () => api, monotonic: () => 0, onStatement: () => undefined }
  for (const { name, query } of statements.filter(({ isTenantClass }) => isTenantClass)) {
    const db = createDatabase(ports, { actor: '{}' })
    const values = { workspaceId: undefined, ...ownValues({ name, query, file: '', isTenantClass: true }) }
    await expect(db.many(query as AnyQuery, values as never), name).rejects.toThrow(':workspaceId is required')
  }
  const find = statements.find(({ name }) => name === 'findPost')
  if (find === undefined) throw new Error('findPost is gone')
  const db = createDatabase(ports, { workspaceId: home.user.workspaceId })
  const chosen = { id: away.posts[0], workspaceId: away.user.workspaceId }
  expect(await db.many(find.query as AnyQuery, chosen as never)).toEqual([])
})

test('the other tenant has something in every table that holds a tenant’s rows', async () => {
  const tables = await world.app.owner<{ name: string }[]>`
    select c.relname::text as name from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attname in ('workspace_id', 'user_id')
    group by c.relname`
  const dump = await dumpTenant(world.app, away.user)
  expect(tables.map(({ name }) => name).filter((name) => dump[name] === undefined)).toEqual([])
})

test('the table of parameters holds none that no statement takes', () => {
  const taken = new Set(
    statements.flatMap((statement) => namesOf(statement).flatMap((name) => [name, `${statement.name}.${name}`])),
  )
  expect(Object.keys(parameters).filter((name) => !taken.has(name))).toEqual([])
})
