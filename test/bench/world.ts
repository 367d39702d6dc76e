import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from '../../scripts/local/migrate.ts'
import { type Account, encodeRequest, endpointNamed } from './endpoints.ts'
import { type Connection, createConnection } from './load/connection.ts'

export type World = {
  /** A JSON file with the accounts; the load generator writes it again when tokens change. */
  accountsFile: string
  /** One more account, for what is measured one request at a time. */
  spare: Account
  counts: Record<string, number>
}

/** Rows of each workspace; the posts have none to three media each. */
const campaignsEach = 30
const postsEach = 250
const mediaEach = 50

/** Requests under way while accounts are made; the Worker lets no more than 16 hashes wait. */
const width = 8

/**
 * Users who registered through the API, each with a session and a workspace of their own; what is in the workspaces goes in
 * by SQL, since the way there is not what is measured.
 */
export async function makeWorld(port: number, ownerUrl: string, size: number, accountsFile: string): Promise<World> {
  const registered = await inParallel(port, size + 1, register)
  const owner = connect(ownerUrl)
  try {
    await fillWorkspaces(owner)
    const [spare, ...accounts] = await withContents(owner, registered)
    if (!spare) throw new Error('no account was made')
    writeAccounts(accountsFile, accounts)
    return { accountsFile, spare, counts: await countRows(owner) }
  } finally {
    await owner.end()
  }
}

export function readAccounts({ accountsFile }: World): Account[] {
  return JSON.parse(readFileSync(accountsFile, 'utf8'))
}

function writeAccounts(file: string, accounts: readonly Account[]): void {
  writeFileSync(file, JSON.stringify(accounts), { mode: 0o600 })
}

/** New tokens for everybody: an access token lives 15 minutes, and a run may take longer. */
export async function renewTokens(port: number, world: World): Promise<void> {
  const accounts = readAccounts(world)
  const refresh = endpointNamed('POST /v1/auth/refresh')
  await inParallel(port, accounts.length, async (connection, index) => {
    const account = accounts[index] as Account
    const answer = await connection.send(encodeRequest(refresh.make(account, Math.random), account), true)
    if (answer.status !== refresh.status) throw new Error(`refresh answered ${answer.status}: ${answer.body}`)
    refresh.take?.(account, answer.body)
  })
  writeAccounts(world.accountsFile, accounts)
}

type Registered = Omit<Account, 'campaignIds' | 'postIds'>

async function register(connection: Connection, index: number): Promise<Registered> {
  const email = `bench-${index}@example.com`
  const password = `correct horse battery ${index}`
  const request = {
    method: 'POST',
    path: '/v1/auth/register',
    body: { email, password, name: `Bench ${index}` },
    isPublic: true,
  }
  const answer = await connection.send(encodeRequest(request, { token: '' }), true)
  if (answer.status !== 201) throw new Error(`register answered ${answer.status}: ${answer.body}`)
  const { accessToken, refreshToken, user, workspace } = JSON.parse(answer.body)
  return { email, password, token: accessToken, refreshToken, workspaceId: workspace.id, userId: user.id }
}

/** Does a piece of work `count` times, over a few connections at once; the results are in the order of their index. */
async function inParallel<T>(
  port: number,
  count: number,
  work: (connection: Connection, index: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = []
  let next = 0
  const loop = async () => {
    const connection = createConnection(port)
    for (let index = next++; index < count; index = next++) results[index] = await work(connection, index)
    connection.close()
  }
  await Promise.all(Array.from({ length: width }, loop))
  return results
}

type Sql = ReturnType<typeof connect>

async function fillWorkspaces(owner: Sql): Promise<void> {
  const actor = {
    kind: 'migration',
    id: null,
    userId: null,
    sessionId: null,
    workspaceId: null,
    requestId: 'bench',
    address: null,
  }
  await owner.begin(async (sql) => {
    await sql`select set_config('app.actor', ${JSON.stringify(actor)}, true)`
    await sql`
      insert into campaigns (workspace_id, user_id, name, objective, budget_minor, currency, utm)
      select m.workspace_id, m.user_id, 'Season ' || n, 'engagement', 250000, 'EUR', '{"source": "instagram", "medium": "social"}'
      from workspace_members m, generate_series(1, ${campaignsEach}) n`
    // The rest is too much for triggers; the trail has the campaigns.
    await sql`set local session_replication_role = replica`
    await sql`
      insert into media_files (workspace_id, user_id, file_name, declared_content_type, declared_bytes, upload_expires_at)
      select m.workspace_id, m.user_id, n || '.jpg', 'image/jpeg', 1000000, now() + interval '1 day'
      from workspace_members m, generate_series(1, ${mediaEach}) n`
    await sql`
      insert into posts (workspace_id, user_id, campaign_id, kind, caption, options)
      select m.workspace_id, m.user_id, c.ids[1 + n % ${campaignsEach}],
        (array['image', 'carousel', 'reel', 'story']::post_kind[])[1 + n % 4],
        repeat('Something new is growing in the garden, and everybody is invited to see it. ', 1 + n % 5), '{}'
      from workspace_members m
        join (select workspace_id, array_agg(id order by id) as ids from campaigns group by workspace_id) c using (workspace_id),
        generate_series(1, ${postsEach}) n`
    await sql`
      insert into post_media (workspace_id, post_id, position, media_id, alt_text)
      select p.workspace_id, p.id, n, f.ids[1 + (p.number + n) % ${mediaEach}], 'A flower in the morning light'
      from (select workspace_id, id, kind, row_number() over (partition by workspace_id order by id) as number from posts) p
        join (select workspace_id, array_agg(id order by id) as ids from media_files group by workspace_id) f using (workspace_id),
        generate_series(0, 2) n
      where n < p.number % 4 and (p.kind = 'carousel' or n = 0)`
  })
  await owner`vacuum analyze`
}

async function withContents(owner: Sql, registered: readonly Registered[]): Promise<Account[]> {
  const rows = await owner<{ workspaceId: string; campaignIds: string[]; postIds: string[] }[]>`
    select w.id as "workspaceId",
      array(select id::text from campaigns where workspace_id = w.id order by id) as "campaignIds",
      array(select id::text from posts where workspace_id = w.id order by id) as "postIds"
    from workspaces w`
  const contents = new Map(rows.map((row) => [row.workspaceId, row]))
  return registered.map((account) => {
    const { campaignIds = [], postIds = [] } = contents.get(account.workspaceId) ?? {}
    return { ...account, campaignIds, postIds }
  })
}

async function countRows(owner: Sql): Promise<Record<string, number>> {
  const [row] = await owner<Record<string, number>[]>`
    select (select count(*)::int from workspaces) as workspaces, (select count(*)::int from campaigns) as campaigns,
      (select count(*)::int from posts) as posts, (select count(*)::int from post_media) as "media of posts",
      (select count(*)::int from audit_logs) as "audit records"`
  return { ...row }
}
