import { writeFileSync } from 'node:fs'
import { connect } from '../../scripts/local/migrate.ts'
import { type Account, encodeRequest, endpoints } from './endpoints.ts'
import { type Connection, createConnection } from './load/connection.ts'

export type World = { accounts: Account[]; accountsFile: string; counts: Record<string, number> }

/** Rows of each workspace; the posts have none to three media each. */
const campaignsEach = 30
const postsEach = 250
const mediaEach = 50

/**
 * Users who registered through the API, each with a session and a workspace of their own; what is in the workspaces goes in
 * by SQL, since the way there is not what is measured.
 */
export async function makeWorld(port: number, ownerUrl: string, size: number, accountsFile: string): Promise<World> {
  const registered = await inParallel(8, size, async (connection, index) => await register(connection, index), port)
  const owner = connect(ownerUrl)
  try {
    const accounts = await fillWorkspaces(owner, registered)
    writeFileSync(accountsFile, JSON.stringify(accounts), { mode: 0o600 })
    return { accounts, accountsFile, counts: await countRows(owner) }
  } finally {
    await owner.end()
  }
}

/** New tokens for everybody: an access token lives 15 minutes, a full run longer. */
export async function renewTokens(port: number, { accounts, accountsFile }: World): Promise<void> {
  const refresh = endpoints['POST /v1/auth/refresh']
  await inParallel(8, accounts.length, async (connection, index) => {
    const account = accounts[index] as Account
    const request = encodeRequest(refresh?.make(account, Math.random) ?? { method: '', path: '' }, account)
    const answer = await connection.send(request, true)
    if (answer.status !== 200) throw new Error(`refresh answered ${answer.status}: ${answer.body}`)
    refresh?.take?.(account, answer.body)
  }, port)
  writeFileSync(accountsFile, JSON.stringify(accounts), { mode: 0o600 })
}

type Registered = Omit<Account, 'campaignIds' | 'postIds'> & { workspaceId: string; userId: string }

async function register(connection: Connection, index: number): Promise<Registered> {
  const email = `bench-${index}-${Date.now()}@example.com`
  const password = `correct horse battery ${index}`
  const body = { email, password, name: `Bench ${index}` }
  const request = { method: 'POST', path: '/v1/auth/register', body, isPublic: true }
  const answer = await connection.send(encodeRequest(request, {} as Account), true)
  if (answer.status !== 201) throw new Error(`register answered ${answer.status}: ${answer.body}`)
  const { accessToken, refreshToken, user, workspace } = JSON.parse(answer.body)
  return { email, password, token: accessToken, refreshToken, workspaceId: workspace.id, userId: user.id }
}

async function inParallel<T>(
  width: number,
  count: number,
  work: (connection: Connection, index: number) => Promise<T>,
  port: number,
): Promise<T[]> {
  const results: T[] = []
  let next = 0
  await Promise.all(
    Array.from({ length: width }, async () => {
      const connection = createConnection(port)
      for (let index = next++; index < count; index = next++) results[index] = await work(connection, index)
      connection.close()
    }),
  )
  return results
}

async function fillWorkspaces(owner: ReturnType<typeof connect>, registered: Registered[]): Promise<Account[]> {
  const workspaces = registered.map(({ workspaceId }) => workspaceId)
  await owner.begin(async (sql) => {
    const actor = { kind: 'migration', id: null, userId: null, sessionId: null, workspaceId: null, requestId: 'bench', address: null }
    await sql`select set_config('app.actor', ${JSON.stringify(actor)}, true)`
    const members = sql`(select m.workspace_id, m.user_id from workspace_members m where m.workspace_id = any(${workspaces}::uuid[])) m`
    await sql`
      insert into campaigns (workspace_id, user_id, name, objective, budget_minor, currency, utm)
      select m.workspace_id, m.user_id, 'Season ' || n, 'engagement', 250000, 'EUR', '{"source": "instagram", "medium": "social"}'
      from ${members}, generate_series(1, ${campaignsEach}) n`
    await sql`
      insert into media_files (workspace_id, user_id, file_name, declared_content_type, declared_bytes, upload_expires_at)
      select m.workspace_id, m.user_id, n || '.jpg', 'image/jpeg', 1000000, now() + interval '1 day'
      from ${members}, generate_series(1, ${mediaEach}) n`
    await sql`
      insert into posts (workspace_id, user_id, campaign_id, kind, caption, options)
      select m.workspace_id, m.user_id, c.ids[1 + n % ${campaignsEach}],
        (array['image', 'carousel', 'reel', 'story']::post_kind[])[1 + n % 4],
        repeat('Something new is growing in the garden, and everybody is invited to see it. ', 1 + n % 5), '{}'
      from ${members}
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
  const rows = await owner<{ workspaceId: string; campaignIds: string[]; postIds: string[] }[]>`
    select w.id as "workspaceId",
      array(select id::text from campaigns where workspace_id = w.id order by id) as "campaignIds",
      array(select id::text from posts where workspace_id = w.id order by id) as "postIds"
    from workspaces w where w.id = any(${workspaces}::uuid[])`
  const contents = new Map(rows.map((row) => [row.workspaceId, row]))
  return registered.map((account) => {
    const { campaignIds = [], postIds = [] } = contents.get(account.workspaceId) ?? {}
    return { ...account, campaignIds: [...campaignIds], postIds: [...postIds] }
  })
}

async function countRows(owner: ReturnType<typeof connect>): Promise<Record<string, number>> {
  const [row] = await owner<Record<string, number>[]>`
    select (select count(*)::int from users) as users, (select count(*)::int from campaigns) as campaigns,
      (select count(*)::int from posts) as posts, (select count(*)::int from post_media) as media,
      (select count(*)::int from audit_logs) as "auditLogs"`
  return { ...row }
}
