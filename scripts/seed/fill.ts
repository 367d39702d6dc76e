import { createDatabase } from '../../src/db/database.ts'
import { uuidMaker } from '../../src/ids.ts'
import type { Progress } from '../../src/keys/rotation.ts'
import { createKeyring } from '../../src/keys/service.ts'
import { openDatabase } from '../keys-rotate/connection.ts'
import { connect } from '../local/migrate.ts'
import { LocalError } from '../local/process.ts'
import { hashOnce, type StoredUser, storedUsers } from './people.ts'
import { dayMs, makePlan, type Plan } from './plan.ts'
import { makePost, type SeedPost } from './posts.ts'
import {
  accountsTable,
  campaignsTable,
  copyTable,
  dataKeysTable,
  emailIndexTable,
  historyTable,
  mediaFilesTable,
  mediaObjectsTable,
  membersTable,
  postMediaTable,
  postsTable,
  type Tx,
  usersTable,
  workspacesTable,
} from './tables.ts'
import { writeTeamwork } from './teamwork.ts'
import { auditedTables, trailParts } from './trail.ts'

export type SeedOptions = {
  /** Of a member of defeah_owner: the owner of the database, or the role migrator. */
  readonly ownerUrl: string
  /** Those of the Workers of this database. */
  readonly keyEncryptionKeys: ReadonlyMap<number, Uint8Array<ArrayBuffer>>
  readonly users: number
  readonly seed: number
  /** What lies ahead and what is past is counted from its day. */
  readonly now: Date
  /** Also where there are users already. */
  readonly isForced?: boolean
  readonly report?: (progress: Progress) => void
}

/** The demo user of `npm run dev` and a few others are no reason to refuse. */
const maxUsersThere = 5
const postsAtOnce = 5_000

/**
 * Fills a database, in one transaction: all or nothing. All constraints and foreign keys hold every row to account; off
 * are only the audit triggers, whose work trail.ts does for all rows at once, those that make a post begin as a draft of
 * an open campaign and note its moves, since posts and their history come as they stand, and the counting of bytes. They are off for this transaction alone,
 * whose locks keep everybody else's writes waiting until it is over. Answers the plan that it followed.
 */
export async function seedDatabase(options: SeedOptions): Promise<Plan> {
  const { ownerUrl, report = () => undefined } = options
  const people = await openKeys(options)
  const plan = makePlan(options)
  const sql = connect(ownerUrl)
  try {
    await sql.begin(async (tx) => {
      await tx`set local role defeah_owner`
      await refuseFilled(tx, options)
      await withoutTriggers(tx, async () => {
        await fillPeople(tx, plan, people, report)
        await fillWorkspaces(tx, plan, report)
        await fillPosts(tx, plan, report)
        await fillTeamwork(tx, plan, report)
        await countBytes(tx)
        await writeTrail(tx, plan, report)
      })
    })
    report({ stage: 'vacuum, analyze', done: 0, total: 1 })
    await sql`vacuum (analyze)`
    report({ stage: 'vacuum, analyze', done: 1, total: 1 })
    return plan
  } finally {
    await sql.end()
  }
}

/** The keys of the whole system, made when there are none yet, as the first request to a new system makes them. */
async function openKeys({ ownerUrl, keyEncryptionKeys, now, seed }: SeedOptions) {
  const client = openDatabase(ownerUrl)
  const ports = {
    connect: () => client,
    monotonic: () => performance.now(),
    answerTimeoutMs: 30_000,
    onStatement: () => undefined,
  }
  const db = createDatabase(ports, { actor: JSON.stringify({ kind: 'job', id: 'seed' }) })
  const clock = () => now
  const keyring = createKeyring({ keyEncryptionKeys, refreshMacKeys: new Map(), now: clock })
  try {
    const globalKeys = await keyring.globalKeys({ db, now: clock, makeId: uuidMaker(clock) }).catch((error: Error) => {
      throw new LocalError(
        `the keys of this database do not open (${error.message}): give the KEY_ENCRYPTION_KEYS of its Workers`,
      )
    })
    const hash = await hashOnce(globalKeys)
    return { hash, stored: (plan: Plan) => storedUsers(plan.users, seed, keyring, globalKeys) }
  } finally {
    client.close()
  }
}

type People = Awaited<ReturnType<typeof openKeys>>
type Report = NonNullable<SeedOptions['report']>

async function refuseFilled(tx: Tx, { isForced = false }: SeedOptions): Promise<void> {
  const [there] = await tx<{ users: number }[]>`select count(*)::int as users from (select from users limit 1000) u`
  if (isForced || (there?.users ?? 0) <= maxUsersThere) return
  throw new LocalError('the database has users already: give an empty one, or add to it with --force')
}

/** Posts and spend come as they stand, also in campaigns that have ended since; what files take is counted at once. */
const otherTriggers = [
  ['posts', 'check_initial_status'],
  ['posts', 'record_initial_status'],
  ['posts', 'check_campaign'],
  ['media_files', 'count_bytes'],
  ['media_objects', 'count_bytes'],
  ['campaign_spend', 'check_entry'],
] as const

async function withoutTriggers(tx: Tx, work: () => Promise<void>): Promise<void> {
  const turn = async (how: 'enable' | 'disable') => {
    for (const table of auditedTables) await tx.unsafe(`alter table ${table} ${how} trigger audit`)
    for (const [table, trigger] of otherTriggers) await tx.unsafe(`alter table ${table} ${how} trigger ${trigger}`)
    await tx.unsafe(`alter table audit_logs ${how} trigger refuse_direct`)
  }
  await turn('disable')
  // A user and its data key name each other, and come by two statements.
  await tx`alter table users alter constraint users_data_key_fkey deferrable initially deferred`
  await work()
  await tx`set constraints all immediate`
  await tx`alter table users alter constraint users_data_key_fkey not deferrable`
  await turn('enable')
}

async function fillPeople(tx: Tx, plan: Plan, people: People, report: Report): Promise<void> {
  const total = plan.users.length
  const stored: StoredUser[] = []
  for await (const user of people.stored(plan)) {
    stored.push(user)
    if (stored.length % 64 === 0) report({ stage: 'encrypting', done: stored.length, total })
  }
  report({ stage: 'encrypting', done: stored.length, total })
  await copyTable(tx, 'users', usersTable(people.hash), stored)
  await copyTable(tx, 'encryption_keys', dataKeysTable, stored)
  await copyTable(tx, 'user_email_index', emailIndexTable, digestsOf(stored))
}

function* digestsOf(users: readonly StoredUser[]) {
  for (const user of users) {
    for (const [index, version] of user.keyVersions.entries())
      yield { user, version, digest: user.digests[index] ?? '' }
  }
}

async function fillWorkspaces(tx: Tx, plan: Plan, report: Report): Promise<void> {
  const { workspaces, seed } = plan
  const total = workspaces.length
  report({ stage: 'workspaces', done: 0, total })
  await copyTable(tx, 'workspaces', workspacesTable(seed), workspaces)
  await copyTable(
    tx,
    'workspace_members',
    membersTable,
    partsOf(workspaces, (workspace) => workspace.members.map((member) => ({ workspace, member }))),
  )
  const numbered = (of: (typeof workspaces)[number]['accounts'], workspace: (typeof workspaces)[number]) =>
    of.map((_, index) => ({ workspace, index }))
  await copyTable(
    tx,
    'instagram_accounts',
    accountsTable(seed),
    partsOf(workspaces, (one) => numbered(one.accounts, one)),
  )
  await copyTable(
    tx,
    'campaigns',
    campaignsTable(plan),
    partsOf(workspaces, (one) => numbered(one.campaigns, one)),
  )
  report({ stage: 'workspaces', done: total, total })
}

async function fillPosts(tx: Tx, plan: Plan, report: Report): Promise<void> {
  const total = plan.postTimes.length
  for (let first = 0; first < total; first += postsAtOnce) {
    report({ stage: 'posts', done: first, total })
    const posts = Array.from({ length: Math.min(postsAtOnce, total - first) }, (_, index) =>
      makePost(plan, first + index),
    )
    const files = [...partsOf(posts, (post) => post.files.map((file) => ({ post, file })))]
    await copyTable(
      tx,
      'media_objects',
      mediaObjectsTable,
      files.filter(({ file }) => file.status === 'ready'),
    )
    await copyTable(tx, 'media_files', mediaFilesTable, files)
    await copyTable(tx, 'posts', postsTable, posts)
    await copyTable(
      tx,
      'post_media',
      postMediaTable,
      files.filter(({ file }) => file.position !== null),
    )
    await copyTable(tx, 'post_status_history', historyTable, movesOf(posts))
  }
  report({ stage: 'posts', done: total, total })
}

async function fillTeamwork(tx: Tx, { now }: Plan, report: Report): Promise<void> {
  report({ stage: 'reviews and spend', done: 0, total: 1 })
  await writeTeamwork(tx, now)
  report({ stage: 'reviews and spend', done: 1, total: 1 })
}

/** What the triggers of each row would have counted. */
async function countBytes(tx: Tx): Promise<void> {
  await tx`
    insert into media_usage as u (workspace_id, used_bytes, reserved_bytes)
    select c.workspace_id, sum(c.used), sum(c.reserved)
    from (
      select o.workspace_id, o.bytes as used, 0 as reserved from media_objects o
      union all
      select f.workspace_id, 0, media_reserved_bytes(f) from media_files f
    ) c
    group by c.workspace_id
    on conflict (workspace_id) do update set used_bytes = excluded.used_bytes, reserved_bytes = excluded.reserved_bytes`
}

const movesOf = (posts: readonly SeedPost[]) => partsOf(posts, (post) => post.moves.map((move) => ({ post, move })))

function* partsOf<Whole, Part>(wholes: Iterable<Whole>, parts: (whole: Whole) => readonly Part[]): Generator<Part> {
  for (const whole of wholes) yield* parts(whole)
}

async function writeTrail(tx: Tx, { postTimes, now }: Plan, report: Report): Promise<void> {
  const first = new Date(Math.min(postTimes[0] ?? now, now - 366 * dayMs)).toISOString().slice(0, 10)
  await tx`select ensure_partitions('audit_logs', ${first}::date, 16)`
  for (const [done, { write }] of trailParts.entries()) {
    report({ stage: 'audit trail', done, total: trailParts.length })
    await write(tx)
  }
  report({ stage: 'audit trail', done: trailParts.length, total: trailParts.length })
}
