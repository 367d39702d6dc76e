import { createHash } from 'node:crypto'
import { copyRows, day, instant, type Value } from './copy.ts'
import type { StoredUser } from './people.ts'
import { dayMs, type Plan, type SeedWorkspace } from './plan.ts'
import type { Move, SeedFile, SeedPost } from './posts.ts'
import { type Random, randomOf, subjects } from './random.ts'
import { brandName, campaignName } from './words.ts'

/** The columns of each table that a seed fills, and the rows that go into them; what is not named has its default. */
type Table<Source> = { readonly columns: readonly string[]; readonly rowOf: (source: Source) => readonly Value[] }

export type Tx = Parameters<typeof copyRows>[0]

export async function copyTable<Source>(
  tx: Tx,
  name: string,
  { columns, rowOf }: Table<Source>,
  sources: Iterable<Source>,
): Promise<void> {
  await copyRows(tx, name, columns, mapped(sources, rowOf))
}

function* mapped<Source>(sources: Iterable<Source>, rowOf: Table<Source>['rowOf']) {
  for (const source of sources) yield rowOf(source)
}

const bytea = (hex: string): string => `\\x${hex}`

export const usersTable = (passwordHash: string): Table<StoredUser> => ({
  columns: [
    'id',
    'email_ciphertext',
    'name_ciphertext',
    'password_hash',
    'email_verified_at',
    'data_key_id',
    'created_at',
    'updated_at',
  ],
  rowOf: ({ id, emailCiphertext, nameCiphertext, dataKeyId, createdAt }) => {
    const at = instant(createdAt)
    return [id, emailCiphertext, nameCiphertext, passwordHash, instant(createdAt + 300_000), dataKeyId, at, at]
  },
})

export const dataKeysTable: Table<StoredUser> = {
  columns: [
    'id',
    'purpose',
    'key_version',
    'user_id',
    'kek_version',
    'wrapped_key',
    'not_before',
    'created_at',
    'updated_at',
  ],
  rowOf: ({ id, dataKeyId, kekVersion, wrappedKey, createdAt }) => {
    const at = instant(createdAt)
    return [dataKeyId, 'user_data', 1, id, kekVersion, wrappedKey, at, at, at]
  },
}

export const emailIndexTable: Table<{ user: StoredUser; version: number; digest: string }> = {
  columns: ['key_version', 'digest', 'user_id', 'created_at'],
  rowOf: ({ user, version, digest }) => [version, bytea(digest), user.id, instant(user.createdAt)],
}

export const workspacesTable = (seed: number): Table<SeedWorkspace> => ({
  columns: ['id', 'name', 'plan', 'created_by', 'created_at', 'updated_at'],
  rowOf: ({ id, number, isTeam, members, createdAt }) => {
    const random = randomOf(seed, subjects.team, number)
    const at = instant(createdAt)
    return [id, isTeam ? brandName(random) : 'Personal', isTeam ? 'pro' : 'free', members[0]?.user.id ?? null, at, at]
  },
})

export const membersTable: Table<{ workspace: SeedWorkspace; member: SeedWorkspace['members'][number] }> = {
  columns: ['workspace_id', 'user_id', 'role', 'joined_at', 'updated_at'],
  rowOf: ({ workspace, member: { user, role, joinedAt } }) => {
    return [workspace.id, user.id, role, instant(joinedAt), instant(joinedAt)]
  },
}

export const accountsTable = (seed: number): Table<{ workspace: SeedWorkspace; index: number }> => ({
  columns: [
    'workspace_id',
    'id',
    'user_id',
    'login',
    'ig_user_id',
    'username',
    'name',
    'account_type',
    'followers_count',
    'follows_count',
    'media_count',
    'connected_at',
    'created_at',
    'updated_at',
  ],
  rowOf: ({ workspace, index }) => {
    const account = workspace.accounts[index] as SeedWorkspace['accounts'][number]
    const random = randomOf(seed, subjects.account, workspace.number, index + 1_000)
    const at = instant(account.createdAt)
    const igUserId = `1784${String(workspace.number * 100 + index).padStart(13, '0')}`
    const login = random.chance(0.6) ? 'instagram' : 'facebook'
    const type = random.chance(0.7) ? 'business' : 'media_creator'
    const followers = Math.floor(10 ** (2 + 3.5 * random.next()))
    const username = `brand.${workspace.number}.${index}`
    return [
      workspace.id,
      account.id,
      workspace.members[0]?.user.id ?? null,
      login,
      igUserId,
      username,
      brandName(random),
      type,
      followers,
      random.between(10, 900),
      random.between(0, 2_000),
      at,
      at,
      at,
    ]
  },
})

export const campaignsTable = ({ seed, now }: Plan): Table<{ workspace: SeedWorkspace; index: number }> => ({
  columns: [
    'workspace_id',
    'id',
    'user_id',
    'name',
    'objective',
    'budget_minor',
    'currency',
    'starts_on',
    'ends_on',
    'status',
    'utm',
    'archived_at',
    'created_at',
    'updated_at',
  ],
  rowOf: ({ workspace, index }) => {
    const { id, createdAt } = workspace.campaigns[index] as SeedWorkspace['campaigns'][number]
    const random = randomOf(seed, subjects.campaign, workspace.number, index + 100_000)
    const endsAt = createdAt + random.between(7, 90) * dayMs
    const name = campaignName(random, new Date(createdAt).getUTCFullYear())
    const status = campaignStatus(random, endsAt, now)
    const changedAt = Math.min(changeOf(status, createdAt, endsAt), now)
    const budget = random.chance(0.7) ? random.between(50, 20_000) * 100 : null
    const objective = random.pick(['awareness', 'engagement', 'traffic', 'leads', 'sales', 'other'])
    const utm = `{"source": "instagram", "medium": "social", "campaign": "c${index}"}`
    const currency = budget === null ? null : random.pick(['EUR', 'USD', 'GBP'])
    const archivedAt = status === 'archived' ? instant(changedAt) : null
    return [
      workspace.id,
      id,
      workspace.members[0]?.user.id ?? null,
      name,
      objective,
      budget,
      currency,
      day(createdAt),
      day(endsAt),
      status,
      utm,
      archivedAt,
      instant(createdAt),
      instant(changedAt),
    ]
  },
})

/** When it left its first status. */
function changeOf(status: string, createdAt: number, endsAt: number): number {
  if (status === 'draft') return createdAt
  return status === 'active' ? createdAt + 3_600_000 : endsAt + 1
}

function campaignStatus(random: Random, endsAt: number, now: number): string {
  if (endsAt < now) return random.chance(0.2) ? 'archived' : 'completed'
  return random.chance(0.15) ? 'draft' : 'active'
}

type FileOf = { post: SeedPost; file: SeedFile }

export const mediaObjectsTable: Table<FileOf> = {
  columns: ['workspace_id', 'sha256', 'bytes', 'content_type', 'object_key', 'created_at'],
  rowOf: ({ post: { workspace }, file: { id, sha256, bytes, contentType, createdAt } }) => {
    return [workspace.id, bytea(sha256), bytes, contentType, `${workspace.id}/${id}`, instant(createdAt)]
  },
}

const imageTraits = JSON.stringify({ kind: 'image', colorProfile: 'sRGB', colorModel: 'rgb' })
const videoTraits = JSON.stringify({
  kind: 'video',
  container: 'mp4',
  videoCodec: 'h264',
  frameRate: 30,
  videoBitRate: 4_000_000,
  audioCodec: 'aac',
  audioChannels: 2,
  audioSampleRate: 48_000,
  hasEditList: false,
  chroma: '4:2:0',
  isInterlaced: false,
})

export const mediaFilesTable: Table<FileOf> = {
  columns: [
    'workspace_id',
    'id',
    'user_id',
    'file_name',
    'declared_content_type',
    'declared_bytes',
    'declared_sha256',
    'sha256',
    'width',
    'height',
    'duration_ms',
    'traits',
    'status',
    'rejection_code',
    'upload_expires_at',
    'created_at',
    'updated_at',
  ],
  rowOf: ({ post, file }) => {
    const isReady = file.status === 'ready'
    const size = isReady
      ? [file.width, file.height, file.durationMs, file.durationMs === null ? imageTraits : videoTraits]
      : [null, null, null, null]
    const rejection = file.status === 'rejected' ? 'media/type-mismatch' : null
    const changedAt = file.status === 'pending' ? file.createdAt : file.createdAt + 15_000
    return [
      post.workspace.id,
      file.id,
      post.author.id,
      file.name,
      file.contentType,
      file.bytes,
      bytea(file.sha256),
      isReady ? bytea(file.sha256) : null,
      ...size,
      file.status,
      rejection,
      instant(file.createdAt + dayMs),
      instant(file.createdAt),
      instant(changedAt),
    ]
  },
}

export const postsTable: Table<SeedPost> = {
  columns: [
    'workspace_id',
    'id',
    'user_id',
    'account_id',
    'campaign_id',
    'kind',
    'caption',
    'options',
    'status',
    'scheduled_at',
    'time_zone',
    'published_at',
    'ig_media_id',
    'permalink',
    'archived_at',
    'approved_revision',
    'content_fingerprint',
    'version',
    'created_at',
    'updated_at',
  ],
  rowOf: (post) => {
    const last = post.moves.at(-1) as Move
    const at = (ms: number | null) => (ms === null ? null : instant(ms))
    return [
      post.workspace.id,
      post.id,
      post.author.id,
      post.account?.id ?? null,
      post.campaignId,
      post.kind,
      post.caption,
      post.options,
      last.to,
      at(post.scheduledAt),
      post.timeZone,
      at(post.publishedAt),
      post.igMediaId,
      post.permalink,
      at(post.archivedAt),
      post.moves.some(({ to }) => to === 'approved') ? 1 : null,
      fingerprintOf(post),
      post.moves.length,
      instant(post.createdAt),
      instant(last.at),
    ]
  },
}

/** As content_fingerprint has it in the database. */
function fingerprintOf({ caption, files }: SeedPost): string | null {
  const shown = files.filter(({ position }) => position !== null)
  if (shown.length === 0) return null
  const words = (caption ?? '').normalize('NFKC').replace(/\s+/g, ' ').toLowerCase()
  const hash = createHash('sha256').update(`${words}\0`)
  for (const { sha256 } of shown) hash.update(sha256, 'hex')
  return bytea(hash.digest('hex'))
}

export const postMediaTable: Table<FileOf> = {
  columns: ['workspace_id', 'post_id', 'position', 'media_id', 'alt_text'],
  rowOf: ({ post, file }) => [post.workspace.id, post.id, file.position, file.id, file.altText],
}

export const historyTable: Table<{ post: SeedPost; move: Move }> = {
  columns: [
    'workspace_id',
    'id',
    'post_id',
    'from_status',
    'to_status',
    'actor_kind',
    'actor_id',
    'user_id',
    'reason',
    'created_at',
  ],
  rowOf: ({ post, move: { id, from, to, user, reason, at } }) => {
    const actor = user === undefined ? ['job', 'publishing', null] : ['user', user.id, user.id]
    return [post.workspace.id, id, post.id, from, to, ...actor, reason, instant(at)]
  },
}
