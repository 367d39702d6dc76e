import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from '../../scripts/local/migrate.ts'
import { emailOf, seedPassword } from '../../scripts/seed/people.ts'
import type { Plan } from '../../scripts/seed/plan.ts'
import { type Account, encodeRequest, endpointNamed } from './endpoints.ts'
import { type Connection, createConnection } from './load/connection.ts'
import type { Platform } from './platform/platform.ts'
import { seededRandom } from './statistics.ts'

export type World = {
  /** A JSON file with the accounts; the load generator writes it again when tokens change. */
  accountsFile: string
  /** One more account, of the largest workspace, for what is measured one request at a time. */
  spare: Account
  counts: Record<string, number>
}

/** Ids of posts and campaigns that an account knows of its workspace, at most. */
const knownEach = 300
const placesSeed = 20_261_126

/** Requests under way while accounts are made; the Worker lets no more than 16 hashes wait. */
const width = 8

/** Users of the seed, signed in through the API, each in a workspace of another size; the first one has the largest. */
export async function makeWorld(port: number, platform: Platform, size: number, accountsFile: string): Promise<World> {
  const { ownerUrl, plan } = platform
  const owner = connect(ownerUrl)
  try {
    const places = await choosePlaces(owner, plan, size + 1)
    const signedIn = await inParallel(port, places.length, async (connection, index) => {
      return await signIn(connection, places[index] as Place)
    })
    const [spare, ...accounts] = await withContents(owner, signedIn)
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

type SignedIn = Omit<Account, 'campaignIds' | 'postIds' | 'draftIds'>

async function signIn(connection: Connection, { userId, userNumber, workspaceId }: Place): Promise<SignedIn> {
  const [email, password] = [emailOf({ number: userNumber }), seedPassword]
  const request = { method: 'POST', path: '/v1/auth/login', body: { email, password, workspaceId }, isPublic: true }
  const answer = await connection.send(encodeRequest(request, { token: '' }), true)
  if (answer.status !== 200) throw new Error(`login answered ${answer.status}: ${answer.body}`)
  const { accessToken, refreshToken } = JSON.parse(answer.body)
  return { email, password, token: accessToken, refreshToken, workspaceId, userId }
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
type Place = { workspaceId: string; userId: string; userNumber: number; posts: number }

/**
 * Workspaces to ask from, as their owners: the largest, then half of them drawn as the posts fall, so that busy teams ask
 * most, and half each as likely as the other. Every one has a draft to change, and a campaign for new ones.
 */
async function choosePlaces(owner: Sql, plan: Plan, count: number): Promise<Place[]> {
  const numbers = new Map(plan.workspaces.map((workspace) => [workspace.id, workspace]))
  const rows = await owner<{ id: string; posts: number }[]>`
    select workspace_id as id, count(*)::int as posts
    from posts
    group by workspace_id
    having count(*) filter (where status = 'draft') > 0
      and exists (select from campaigns c where c.workspace_id = posts.workspace_id and c.status <> 'archived')
    order by count(*) desc, workspace_id`
  const random = seededRandom(placesSeed)
  const total = rows.reduce((sum, { posts }) => sum + posts, 0)
  const chosen = new Set(rows.slice(0, 1))
  while (chosen.size < Math.min(count, rows.length)) {
    let left = random() * total
    const byPosts = rows.find(({ posts }) => {
      left -= posts
      return left < 0
    })
    const any = rows[Math.floor(random() * rows.length)]
    const next = chosen.size % 2 === 0 ? any : byPosts
    if (next) chosen.add(next)
  }
  return [...chosen].map(({ id, posts }) => {
    const user = numbers.get(id)?.members[0]?.user
    if (user === undefined) throw new Error(`the seed knows no workspace ${id}`)
    return { workspaceId: id, userId: user.id, userNumber: user.number, posts }
  })
}

async function withContents(owner: Sql, signedIn: readonly SignedIn[]): Promise<Account[]> {
  const rows = await owner<(Pick<Account, 'campaignIds' | 'postIds' | 'draftIds'> & { workspaceId: string })[]>`
    select w.id as "workspaceId",
      array(
        select id::text from campaigns
        where workspace_id = w.id and status <> 'archived' order by random() limit ${knownEach}
      ) as "campaignIds",
      array(select id::text from posts where workspace_id = w.id order by random() limit ${knownEach}) as "postIds",
      array(
        select id::text from posts where workspace_id = w.id and status = 'draft' order by random() limit ${knownEach}
      ) as "draftIds"
    from workspaces w
    where w.id = any(${signedIn.map(({ workspaceId }) => workspaceId)}::uuid[])`
  const contents = new Map(rows.map((row) => [row.workspaceId, row]))
  return signedIn.map((account) => {
    const { campaignIds = [], postIds = [], draftIds = [] } = contents.get(account.workspaceId) ?? {}
    return { ...account, campaignIds, postIds, draftIds }
  })
}

async function countRows(owner: Sql): Promise<Record<string, number>> {
  const [row] = await owner<Record<string, number>[]>`
    select (select count(*)::int from users) as users, (select count(*)::int from workspaces) as workspaces,
      (select count(*)::int from campaigns) as campaigns, (select count(*)::int from posts) as posts,
      (select count(*)::int from media_files) as "media files", (select count(*)::int from post_media) as "media of posts",
      (select count(*)::int from audit_logs) as "audit records"`
  return { ...row }
}
