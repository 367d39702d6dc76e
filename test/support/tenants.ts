import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import type postgres from 'postgres'
import type { Role } from '../../src/auth/permissions.ts'
import type { TestApp } from './app.ts'
import { registerUser, type SignedInUser, send } from './client.ts'

type OwnerApp = Pick<TestApp, 'owner' | 'fetch'>
type Tx = postgres.TransactionSql

/** Runs statements in one transaction as the database's owner, with an actor, as the audit trail demands. */
export async function asOwner<T>({ owner }: Pick<OwnerApp, 'owner'>, work: (tx: Tx) => Promise<T>): Promise<T> {
  return (await owner.begin(async (tx) => {
    const actor = { kind: 'migration', id: 'test', requestId: 'test' }
    await tx`select set_config('app.actor', ${JSON.stringify(actor)}, true)`
    return await work(tx)
  })) as T
}

export type Membership = { workspaceId: string; role: Role }

/** Makes a user a member of a workspace, or changes the role. */
export async function setRole(app: OwnerApp, userId: string, { workspaceId, role }: Membership): Promise<void> {
  await asOwner(
    app,
    (tx) => tx`
      insert into workspace_members (workspace_id, user_id, role) values (${workspaceId}, ${userId}, ${role}::workspace_role)
      on conflict (workspace_id, user_id) do update set role = excluded.role`,
  )
}

/** The same session, from now on in another of the user's workspaces. */
export async function enterWorkspace(app: OwnerApp, user: SignedInUser, workspaceId: string): Promise<SignedInUser> {
  const body = { refreshToken: user.refreshToken, workspaceId }
  const answer = await send(app, 'POST', '/v1/auth/refresh', { body })
  if (answer.status !== 200) throw new Error(`refresh answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  const { accessToken, refreshToken } = answer.body
  return {
    ...user,
    workspaceId,
    accessToken,
    refreshToken,
    call: async (method, path, requestBody, headers) =>
      await send(app, method, path, { token: accessToken, body: requestBody, ...(headers && { headers }) }),
  }
}

/** As if the user had answered the mail. */
export async function verifyEmail(app: Pick<OwnerApp, 'owner'>, userId: string): Promise<void> {
  await asOwner(app, (tx) => tx`update users set email_verified_at = now() where id = ${userId}`)
}

/** A new user at work in a workspace of somebody else's. */
export async function registerMember(app: OwnerApp, membership: Membership): Promise<SignedInUser> {
  const user = await registerUser(app)
  await verifyEmail(app, user.id)
  await setRole(app, user.id, membership)
  return await enterWorkspace(app, user, membership.workspaceId)
}

export async function insertAccount(
  app: OwnerApp,
  { id: userId, workspaceId }: Owner,
  text = 'brand',
  { login = 'instagram', status = 'active' }: { login?: string; status?: string } = {},
): Promise<string> {
  const id = randomUUID()
  const igUserId = String(randomInt(1, 2 ** 47))
  await asOwner(
    app,
    (tx) => tx`
      insert into instagram_accounts (workspace_id, id, user_id, login, ig_user_id, username, status, disconnected_at)
      values (
        ${workspaceId}, ${id}, ${userId}, ${login}, ${igUserId}, ${text}, ${status},
        case when ${status === 'disconnected'} then now() end
      )`,
  )
  return id
}

/** What the checks of an upload have found; null where the test does not care. */
export type TestFile = {
  status: 'pending' | 'processing' | 'ready' | 'rejected'
  contentType: string
  bytes: number
  width: number | null
  height: number | null
  durationMs: number | null
  traits: object | null
}

export const photo: TestFile = {
  status: 'ready',
  contentType: 'image/jpeg',
  bytes: 1000,
  width: 1080,
  height: 1080,
  durationMs: null,
  traits: { kind: 'image', colorProfile: null, colorModel: 'rgb' },
}
export const video: TestFile = {
  status: 'ready',
  contentType: 'video/mp4',
  bytes: 1000,
  width: 1080,
  height: 1920,
  durationMs: 5000,
  traits: null,
}

/** A file with these facts. Files of equal `digest` are the same bytes. */
export async function insertMedium(
  app: OwnerApp,
  { id: userId, workspaceId }: Owner,
  text = 'photo',
  file: Partial<TestFile> = {},
  digest = randomBytes(32).toString('hex'),
): Promise<string> {
  const id = randomUUID()
  const { status, contentType, bytes, width, height, durationMs, traits } = { ...photo, ...file }
  const isReady = status === 'ready'
  await asOwner(app, async (tx) => {
    await tx`
      insert into media_objects (workspace_id, sha256, bytes, content_type, object_key)
      select ${workspaceId}, decode(${digest}, 'hex'), ${bytes}, ${contentType}, ${`${text}-${digest}`}
      where ${isReady}
      on conflict do nothing`
    await tx`
      insert into media_files (
        workspace_id, id, user_id, file_name, declared_content_type, declared_bytes, declared_sha256, sha256, status,
        width, height, duration_ms, traits, rejection_code, upload_expires_at
      ) values (
        ${workspaceId}, ${id}, ${userId}, ${`${text}.jpg`}, ${contentType}, ${bytes}, ${Buffer.from(digest, 'hex')},
        ${isReady ? Buffer.from(digest, 'hex') : null}, ${status}, ${isReady ? width : null},
        ${isReady ? height : null}, ${isReady ? durationMs : null}, ${(isReady ? traits : null) as never}::jsonb,
        ${status === 'rejected' ? 'media/unreadable' : null}, ${isReady ? null : '2030-01-01T00:00:00Z'}
      )`
  })
  return id
}

type Owner = { id: string; workspaceId: string }
type PostStatus = keyof typeof columnsOf

/** What a status demands of the other columns; a move sets all of them. */
const columnsOf = {
  draft: { scheduled: false, published: false, archived: false },
  in_review: { scheduled: false, published: false, archived: false },
  changes_requested: { scheduled: false, published: false, archived: false },
  approved: { scheduled: false, published: false, archived: false },
  scheduled: { scheduled: true, published: false, archived: false },
  publishing: { scheduled: true, published: false, archived: false },
  unconfirmed: { scheduled: true, published: false, archived: false },
  published: { scheduled: true, published: true, archived: false },
  failed: { scheduled: true, published: false, archived: false },
  missed: { scheduled: true, published: false, archived: false },
  archived: { scheduled: true, published: true, archived: true },
} as const

/** A legal way from a draft to each status. */
const wayTo: Readonly<Record<PostStatus, readonly PostStatus[]>> = {
  draft: [],
  in_review: ['in_review'],
  changes_requested: ['in_review', 'changes_requested'],
  approved: ['in_review', 'approved'],
  scheduled: ['scheduled'],
  publishing: ['publishing'],
  unconfirmed: ['publishing', 'unconfirmed'],
  published: ['publishing', 'published'],
  failed: ['publishing', 'failed'],
  missed: ['scheduled', 'missed'],
  archived: ['publishing', 'published', 'archived'],
}
export const postStatuses = Object.keys(wayTo) as PostStatus[]

/** Moves a draft to a status along legal moves. The post needs an account from `scheduled` and `publishing` on. */
export async function movePost(
  app: OwnerApp,
  id: string,
  status: PostStatus,
  at = '2026-12-24T18:00:00Z',
): Promise<void> {
  for (const step of wayTo[status]) {
    const { scheduled, published, archived } = columnsOf[step]
    await asOwner(
      app,
      (tx) => tx`
        update posts set
          status = ${step}::post_status,
          scheduled_at = case when ${scheduled} then ${at}::timestamptz end,
          published_at = case when ${published} then ${at}::timestamptz end,
          archived_at = case when ${archived} then ${at}::timestamptz end,
          approved_revision = case when ${step === 'approved'} then content_revision else approved_revision end
        where id = ${id}`,
    )
  }
}

export type Tenant = {
  user: SignedInUser
  campaigns: string[]
  /** Entries of the first campaign. */
  spend: string[]
  accounts: string[]
  media: string[]
  /** A file whose upload is open; no post shows it. */
  openMedia: string
  posts: string[]
  passkey: string
  apiKeys: string[]
  /** Open ones. */
  invitations: string[]
  /** Keys under which this user's answers are recorded. */
  idempotencyKeys: string[]
  /** An export that this user asked for. */
  exportId: string
  /** Stands in every text of this tenant's, so that a leak shows whichever column it comes from. */
  marker: string
}

/** A workspace with something in every table that holds a tenant's rows. */
export async function populateTenant(app: OwnerApp, marker: string): Promise<Tenant> {
  const user = await registerUser(app, `Person ${marker}`)
  await verifyEmail(app, user.id)
  const accounts = [await insertAccount(app, user, marker), await insertAccount(app, user, marker)]
  const media = await Promise.all([1, 2, 3].map(() => insertMedium(app, user, marker)))
  const idempotencyKeys = [`key-one-${marker}`, `key-two-${marker}`]
  const campaigns = await Promise.all(idempotencyKeys.map((key) => createCampaign(user, marker, key)))
  const [accountId] = accounts
  const [campaignId] = campaigns
  const spent = { amountMinor: 500, currency: 'EUR', spentOn: '2026-12-01', note: marker }
  const spend = [(await created(user.call('POST', `/v1/campaigns/${campaignId}/spend`, spent))).id as string]
  const draft = async (kind: string, mediaIds: readonly (string | undefined)[]) => {
    const altText = kind === 'image' || kind === 'carousel' ? marker : null
    const tagged = mediaIds.map((mediaId) => ({ mediaId, altText, userTags: [{ username: marker, x: 0, y: 0 }] }))
    const body = { kind, caption: marker, campaignId, accountId, media: tagged }
    return (await created(user.call('POST', '/v1/posts', body))).id as string
  }
  const [first, second, third] = media
  const film = await insertMedium(app, user, marker, video)
  const posts = [
    await draft('image', [first]),
    await draft('carousel', [second, third]),
    await draft('reel', [film]),
    await draft('story', [first]),
    await draft('image', [second]),
    await draft('image', [third]),
  ]
  await created(user.call('POST', `/v1/posts/${posts[0]}/notes`, { text: marker }))
  await created(user.call('POST', '/v1/auth/totp'), 200)
  await movePost(app, posts[4] ?? '', 'scheduled')
  await movePost(app, posts[5] ?? '', 'published')
  await movePost(app, posts[3] ?? '', 'in_review')
  const declared = { fileName: marker, contentType: 'image/jpeg', bytes: 10, sha256: randomBytes(32).toString('hex') }
  const openMedia = (await created(user.call('POST', '/v1/media', declared))).id as string
  const invitation = { email: `${marker}-${randomUUID()}@example.test`, role: 'client' }
  const invitations = [(await created(user.call('POST', '/v1/workspace/invitations', invitation))).id as string]
  const tenant = {
    user,
    campaigns,
    spend,
    accounts,
    media: [...media, film],
    openMedia,
    posts,
    passkey: randomUUID(),
    apiKeys: [randomUUID()],
    invitations,
    idempotencyKeys,
    exportId: randomUUID(),
    marker,
  }
  await insertMachinery(app, tenant)
  await insertApproval(app, tenant)
  return tenant
}

/**
 * Gives a tenant rows with the ids of another one's, which only the workspace tells apart: an id is unique within its
 * workspace. A statement that finds by id alone finds these.
 */
export async function insertTwins(
  app: OwnerApp,
  { user, marker }: Tenant,
  { accounts, campaigns, spend, posts, media, openMedia }: Tenant,
): Promise<void> {
  const { id: userId, workspaceId } = user
  await asOwner(app, async (tx) => {
    await tx`
      insert into campaigns (workspace_id, id, user_id, name, objective)
      select ${workspaceId}, c.id, ${userId}, ${marker}, 'sales' from unnest(${campaigns}::uuid[]) c (id)`
    await tx`
      insert into instagram_accounts (workspace_id, id, user_id, login, ig_user_id, username)
      select ${workspaceId}, a.id, ${userId}, 'instagram', ${String(randomInt(1, 2 ** 47))} || a.place, ${marker}
      from unnest(${accounts}::uuid[]) with ordinality a (id, place)`
    await tx`
      insert into posting_slots (workspace_id, account_id, time_zone, slots)
      select ${workspaceId}, a.id, ${marker}, '[]' from unnest(${accounts}::uuid[]) a (id)`
    await tx`
      insert into campaign_spend (workspace_id, id, campaign_id, user_id, amount_minor, currency, spent_on, note)
      select ${workspaceId}, s.id, ${campaigns[0] ?? null}, ${userId}, 7, 'EUR', '2026-12-01', ${marker}
      from unnest(${spend}::uuid[]) s (id)`
    await tx`
      insert into posts (workspace_id, id, user_id, kind, caption)
      select ${workspaceId}, p.id, ${userId}, 'carousel', ${marker} from unnest(${posts}::uuid[]) p (id)`
    await tx`
      insert into media_files (
        workspace_id, id, user_id, file_name, declared_content_type, declared_bytes, upload_expires_at
      )
      select ${workspaceId}, m.id, ${userId}, ${marker}, 'image/jpeg', 1, now() from unnest(${[...media, openMedia]}::uuid[]) m (id)`
    await tx`
      insert into post_media (workspace_id, post_id, position, media_id, alt_text)
      select ${workspaceId}, p.id, m.place - 1, m.id, ${marker}
      from unnest(${posts}::uuid[]) p (id) cross join unnest(${media}::uuid[]) with ordinality m (id, place)`
  })
}

async function createCampaign(user: SignedInUser, marker: string, key: string): Promise<string> {
  const body = { name: marker, objective: 'sales', utm: { source: marker } }
  return (await created(user.call('POST', '/v1/campaigns', body, { 'Idempotency-Key': key }))).id
}

async function created(answering: ReturnType<SignedInUser['call']>, expected = 201) {
  const { status, body } = await answering
  if (status !== expected) throw new Error(`answered ${status}: ${JSON.stringify(body)}`)
  return body
}

/** Who approves, what has been said of the first post, how it repeats, and when the first account posts. */
async function insertApproval(app: OwnerApp, { user, posts, accounts, marker }: Tenant): Promise<void> {
  const { id: userId, workspaceId } = user
  const [postId = ''] = posts
  await asOwner(app, async (tx) => {
    await tx`insert into workspace_approvers (workspace_id, user_id) values (${workspaceId}, ${userId})`
    await tx`
      insert into post_approvals (workspace_id, post_id, content_revision, user_id, decision, reason)
      values (${workspaceId}, ${postId}, 1, ${userId}, 'rejected', ${marker})`
    await tx`
      insert into posting_slots (workspace_id, account_id, time_zone, slots)
      values (${workspaceId}, ${accounts[0] ?? ''}, 'Europe/Berlin', '[{"weekday": 1, "time": "09:30"}]')
      on conflict do nothing`
    await tx`
      insert into post_recurrences (workspace_id, post_id, user_id, frequency, local_time, time_zone, starts_on)
      values (${workspaceId}, ${postId}, ${userId}, 'daily', '09:30', 'Europe/Berlin', '2026-12-01')`
    await tx`
      insert into post_occurrences (workspace_id, recurring_post_id, occurs_on, post_id, local_time, time_zone)
      values (${workspaceId}, ${postId}, '2998-12-24', ${posts[4] ?? ''}, '2998-12-24T19:00', 'Europe/Berlin')`
    // As the job makes a copy, which nobody has changed since.
    await tx`set local session_replication_role = replica`
    await tx`
      update posts set scheduled_at = '2998-12-24T18:00:00Z', scheduled_local = '2998-12-24T19:00', time_zone = 'Europe/Berlin'
      where workspace_id = ${workspaceId} and id = ${posts[4] ?? ''} and status = 'scheduled'`
  })
}

/** What no route writes yet, so that the tables are not empty. */
async function insertMachinery(app: OwnerApp, tenant: Tenant): Promise<void> {
  const { user, accounts, posts, idempotencyKeys, marker } = tenant
  const [accountId = ''] = accounts
  const [postId = ''] = posts
  const { id: userId, workspaceId } = user
  await asOwner(app, async (tx) => {
    await tx`
      insert into instagram_tokens (workspace_id, account_id, token_ciphertext, issued_at, expires_at)
      values (${workspaceId}, ${accountId}, ${marker}, now(), now() + interval '60 days')`
    await tx`
      insert into posting_slots (workspace_id, account_id, time_zone, slots)
      values (${workspaceId}, ${accountId}, ${marker}, '[{"weekday": 1, "time": "09:30"}]')`
    await tx`insert into instagram_rate_limits (workspace_id, account_id, kind) values (${workspaceId}, ${accountId}, 'calls')`
    await tx`
      insert into ai_generations (workspace_id, user_id, post_id, kind, provider, model, prompt)
      values (${workspaceId}, ${userId}, ${postId}, 'caption', 'none', 'none', ${marker})`
    await tx`
      insert into analytics_events (workspace_id, event_id, type, occurred_at, post_id, visitor_id)
      values (${workspaceId}, ${marker}, 'view', now(), ${postId}, ${marker})`
    await tx`
      insert into performance_metrics (workspace_id, post_id, bucket, bucket_start)
      values (${workspaceId}, ${postId}, 'day', date_trunc('day', now(), 'UTC'))`
    await tx`
      insert into idempotency_keys (principal_id, key, route, fingerprint, status, response)
      select ${userId}, 'outside-' || k.key, 'POST /v1/x', repeat('0', 64), 201, to_jsonb(${marker}::text)
      from unnest(${idempotencyKeys}::text[]) k (key)`
    await tx`
      insert into idempotency_keys (workspace_id, principal_id, key, route, fingerprint, leased_until, fence)
      select w.id, ${userId}, ${`under-way-${marker}`}, 'POST /v1/x', repeat('0', 64), now() + interval '1 hour', 1
      from unnest(array[${workspaceId}::uuid, null]) w (id)`
    await insertAccess(tx, tenant)
  })
}

/** Credentials and machinery of the person and the workspace. */
async function insertAccess(
  tx: Tx,
  { user, accounts: [accountId = ''], apiKeys: [apiKeyId = ''], passkey, exportId, marker }: Tenant,
): Promise<void> {
  const { id: userId, workspaceId, sessionId } = user
  const digest = () => randomBytes(32)
  await tx`
    insert into api_keys (workspace_id, id, user_id, name, hint, scopes)
    values (${workspaceId}, ${apiKeyId}, ${userId}, ${marker}, 'x', '{posts:read}')`
  await tx`
    insert into api_key_digests (digest, workspace_id, api_key_id) values (${digest()}, ${workspaceId}, ${apiKeyId})`
  await tx`
    insert into api_key_accounts (workspace_id, api_key_id, account_id)
    values (${workspaceId}, ${apiKeyId}, ${accountId})`
  await tx`
    insert into outbox (kind, user_id, workspace_id, due_at) values ('test/none', ${userId}, ${workspaceId}, 'infinity')`
  await tx`
    insert into account_tokens (user_id, purpose, digest, outbox_id, expires_at)
    values (${userId}, 'password_reset', ${digest()}, ${randomUUID()}, now() + interval '1 hour')`
  await tx`insert into user_recovery_codes (user_id, digest) values (${userId}, ${digest()})`
  await tx`
    insert into user_passkeys (id, user_id, credential_id, public_key, sign_count, transports, is_backed_up, aaguid)
    values (${passkey}, ${userId}, ${`${marker}-${randomUUID()}`}, 'x', 0, '{usb}', false, ${randomUUID()})`
  await tx`update user_sessions set second_factor_at = now() where id = ${sessionId}`
  await tx`
    insert into auth_challenges (purpose, user_id, session_id, digest, expires_at)
    values ('passkey_registration', ${userId}, ${sessionId}, ${digest()}, now() + interval '5 minutes')`
  await tx`
    insert into auth_challenges (purpose, user_id, digest, password_fingerprint, expires_at)
    select 'second_factor', u.id, ${digest()}, md5(u.password_hash), now() + interval '5 minutes'
    from users u where u.id = ${userId}`
  await tx`
    insert into data_exports (id, user_id) values (${exportId}, ${userId})`
  await tx`
    insert into erasure_requests (user_id, receipt_digest, requested_at, erased_at, backups_expire_at)
    values (${userId}, ${digest()}, now(), now(), now())`
}
