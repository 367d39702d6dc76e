// Generated from sql/privacy/archive.jobs.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type ActorKind = 'anonymous' | 'api_key' | 'job' | 'migration' | 'user' | 'webhook'

type AiGenerationStatus = 'failed' | 'pending' | 'refused' | 'succeeded'

type AiKind = 'alt_text' | 'caption' | 'hashtags' | 'ideas' | 'reply' | 'rewrite' | 'translation' | 'variants'

type ApprovalDecision = 'approved' | 'rejected'

type AuditOperation = 'DELETE' | 'INSERT' | 'UPDATE'

type CampaignObjective = 'awareness' | 'engagement' | 'leads' | 'other' | 'sales' | 'traffic'

type CampaignStatus = 'active' | 'archived' | 'completed' | 'draft'

type DataExportStatus = 'expired' | 'failed' | 'pending' | 'ready'

type InstagramAccountStatus = 'active' | 'disconnected' | 'needs_reauth'

type MediaStatus = 'pending' | 'processing' | 'ready' | 'rejected'

type OutboxStatus = 'dead' | 'done' | 'pending' | 'superseded'

type PostKind = 'carousel' | 'image' | 'reel' | 'story'

type PostStatus = 'approved' | 'archived' | 'changes_requested' | 'draft' | 'failed' | 'in_review' | 'missed' | 'published' | 'publishing' | 'scheduled' | 'unconfirmed'

type RecurrenceFrequency = 'daily' | 'monthly' | 'weekly'

type SessionRevocation = 'admin' | 'erased' | 'logout' | 'password' | 'reuse' | 'revoked'

type UserStatus = 'active' | 'erased' | 'suspended'

type WorkspaceRole = 'admin' | 'analyst' | 'client' | 'editor' | 'owner'

type WorkspaceStatus = 'active' | 'closed' | 'closing'

export type FindPersonParams = {
  userId: string
}

export type FindPersonResult = {
  id: string
  status: UserStatus
  emailCiphertext: string | null
  nameCiphertext: string | null
  pendingEmailCiphertext: string | null
  emailVerifiedAt: string | null
  locale: string
  timeZone: string
  version: number
  createdAt: string
  updatedAt: string
  dataKeyId: string
  kekVersion: number
  wrappedKey: string | null
}

/**
 * What is known of one person, table by table, for the archive that the person asked for: no secret, no hash, and nothing
 * that is somebody else's. What they made in a workspace belongs to its team too: its content is shown while they are a
 * member, and afterwards that it exists.
 */
export const findPerson = new PreparedQuery<FindPersonParams, FindPersonResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 496, b: 503 }] },
  ],
  statement: `select
  u.id,
  u.status,
  u.email_ciphertext as "emailCiphertext",
  u.name_ciphertext as "nameCiphertext",
  u.pending_email_ciphertext as "pendingEmailCiphertext",
  u.email_verified_at as "emailVerifiedAt",
  u.locale,
  u.time_zone as "timeZone",
  u.version,
  u.created_at as "createdAt",
  u.updated_at as "updatedAt",
  k.id as "dataKeyId",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey"
from
  users u
  join encryption_keys k on k.id = u.data_key_id
where
  u.id = :userId!
  and u.status <> 'erased'`,
})

export type FindTotpOfPersonParams = {
  userId: string
}

export type FindTotpOfPersonResult = {
  confirmedAt: string | null
}

/** The authenticator app, without its secret. */
export const findTotpOfPerson = new PreparedQuery<FindTotpOfPersonParams, FindTotpOfPersonResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 74, b: 81 }] },
  ],
  statement: `select t.confirmed_at as "confirmedAt"
from user_totp t
where t.user_id = :userId!`,
})

export type FindNextTrailOfPersonParams = {
  userId: string
  afterId?: string | null | undefined
}

export type FindNextTrailOfPersonResult = {
  id: string
}

/**
 * The first workspace after :afterId (NULL: of all) in whose trail the person appears; found by one step in the index, not
 * by all rows.
 */
export const findNextTrailOfPerson = new PreparedQuery<FindNextTrailOfPersonParams, FindNextTrailOfPersonResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 68, b: 75 }] },
    { name: 'afterId', required: false, locs: [{ a: 117, b: 124 }, { a: 160, b: 167 }] },
  ],
  statement: `select a.workspace_id as "id"
from audit_logs a
where
  a.user_id = :userId!
  and a.workspace_id is not null
  and (:afterId::uuid is null or a.workspace_id > :afterId)
order by a.workspace_id
limit 1`,
})

export type ListSessionsOfPersonParams = {
  userId: string
  afterId?: string | null | undefined
  limit: number
}

export type ListSessionsOfPersonResult = {
  id: string
  workspaceId: string | null
  device: string | null
  place: string | null
  addressPrefix: string | null
  secondFactorAt: string | null
  lastSeenAt: string
  idleExpiresAt: string
  absoluteExpiresAt: string
  revokedAt: string | null
  revokedReason: SessionRevocation | null
  createdAt: string
}

/** Every login, with what was seen of the device. */
export const listSessionsOfPerson = new PreparedQuery<ListSessionsOfPersonParams, ListSessionsOfPersonResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 417, b: 424 }] },
    { name: 'afterId', required: false, locs: [{ a: 433, b: 440 }, { a: 466, b: 473 }] },
    { name: 'limit', required: true, locs: [{ a: 496, b: 502 }] },
  ],
  statement: `select
  s.id,
  s.workspace_id as "workspaceId",
  s.device,
  s.place,
  s.address_prefix as "addressPrefix",
  s.second_factor_at as "secondFactorAt",
  s.last_seen_at as "lastSeenAt",
  s.idle_expires_at as "idleExpiresAt",
  s.absolute_expires_at as "absoluteExpiresAt",
  s.revoked_at as "revokedAt",
  s.revoked_reason as "revokedReason",
  s.created_at as "createdAt"
from user_sessions s
where
  s.user_id = :userId!
  and (:afterId::uuid is null or s.id > :afterId)
order by s.id
limit :limit!`,
})

export type ListPasskeysOfPersonParams = {
  userId: string
  afterId?: string | null | undefined
  limit: number
}

export type ListPasskeysOfPersonResult = {
  id: string
  device: string | null
  transports: string[]
  isBackedUp: boolean
  aaguid: string
  lastUsedAt: string | null
  createdAt: string
}

/** Passkeys, without what signs in. */
export const listPasskeysOfPerson = new PreparedQuery<ListPasskeysOfPersonParams, ListPasskeysOfPersonResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 194, b: 201 }] },
    { name: 'afterId', required: false, locs: [{ a: 210, b: 217 }, { a: 243, b: 250 }] },
    { name: 'limit', required: true, locs: [{ a: 273, b: 279 }] },
  ],
  statement: `select
  p.id,
  p.device,
  p.transports,
  p.is_backed_up as "isBackedUp",
  p.aaguid,
  p.last_used_at as "lastUsedAt",
  p.created_at as "createdAt"
from user_passkeys p
where
  p.user_id = :userId!
  and (:afterId::uuid is null or p.id > :afterId)
order by p.id
limit :limit!`,
})

export type ListRecoveryCodesOfPersonParams = {
  userId: string
  limit: number
}

export type ListRecoveryCodesOfPersonResult = {
  usedAt: string | null
  createdAt: string
}

/** Recovery codes, of which nothing but their use is known; a set has a few. */
export const listRecoveryCodesOfPerson = new PreparedQuery<ListRecoveryCodesOfPersonParams, ListRecoveryCodesOfPersonResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 107, b: 114 }] },
    { name: 'limit', required: true, locs: [{ a: 159, b: 165 }] },
  ],
  statement: `select
  c.used_at as "usedAt",
  c.created_at as "createdAt"
from user_recovery_codes c
where c.user_id = :userId!
order by
  c.created_at,
  c.used_at
limit :limit!`,
})

export type ListMembershipsOfPersonParams = {
  userId: string
  afterId?: string | null | undefined
  limit: number
}

export type ListMembershipsOfPersonResult = {
  workspaceId: string
  workspaceName: string
  role: WorkspaceRole
  joinedAt: string
}

/** Memberships. */
export const listMembershipsOfPerson = new PreparedQuery<ListMembershipsOfPersonParams, ListMembershipsOfPersonResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 201, b: 208 }] },
    { name: 'afterId', required: false, locs: [{ a: 217, b: 224 }, { a: 260, b: 267 }] },
    { name: 'limit', required: true, locs: [{ a: 300, b: 306 }] },
  ],
  statement: `select
  m.workspace_id as "workspaceId",
  w.name as "workspaceName",
  m.role,
  m.joined_at as "joinedAt"
from
  workspace_members m
  join workspaces w on w.id = m.workspace_id
where
  m.user_id = :userId!
  and (:afterId::uuid is null or m.workspace_id > :afterId)
order by m.workspace_id
limit :limit!`,
})

export type ListWorkspacesOfPersonParams = {
  userId: string
  afterId?: string | null | undefined
  limit: number
}

export type ListWorkspacesOfPersonResult = {
  id: string
  name: string | null
  status: WorkspaceStatus
  createdAt: string
  closedAt: string | null
}

/** Workspaces that the person made. */
export const listWorkspacesOfPerson = new PreparedQuery<ListWorkspacesOfPersonParams, ListWorkspacesOfPersonResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 280, b: 287 }] },
    { name: 'afterId', required: false, locs: [{ a: 296, b: 303 }, { a: 329, b: 336 }] },
    { name: 'limit', required: true, locs: [{ a: 359, b: 365 }] },
  ],
  statement: `select
  w.id,
  case when m.user_id is not null then w.name end as "name",
  w.status,
  w.created_at as "createdAt",
  w.closed_at as "closedAt"
from
  workspaces w
  left join workspace_members m on m.workspace_id = w.id
    and m.user_id = w.created_by
where
  w.created_by = :userId!
  and (:afterId::uuid is null or w.id > :afterId)
order by w.id
limit :limit!`,
})

export type ListInvitationsOfPersonParams = {
  userId: string
  afterWorkspaceId?: string | null | undefined
  afterId?: string | null | undefined
  limit: number
}

export type ListInvitationsOfPersonResult = {
  id: string
  workspaceId: string
  isSent: boolean
  role: WorkspaceRole
  expiresAt: string
  acceptedAt: string | null
  revokedAt: string | null
  createdAt: string
}

/** Invitations that the person sent, without the address, which is another person's, and those they accepted. */
export const listInvitationsOfPerson = new PreparedQuery<ListInvitationsOfPersonParams, ListInvitationsOfPersonResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 65, b: 72 }, { a: 278, b: 285 }, { a: 310, b: 317 }] },
    { name: 'afterWorkspaceId', required: false, locs: [{ a: 335, b: 351 }, { a: 400, b: 416 }] },
    { name: 'afterId', required: false, locs: [{ a: 425, b: 432 }] },
    { name: 'limit', required: true, locs: [{ a: 485, b: 491 }] },
  ],
  statement: `select
  i.id,
  i.workspace_id as "workspaceId",
  (i.user_id = :userId!) as "isSent",
  i.role,
  i.expires_at as "expiresAt",
  i.accepted_at as "acceptedAt",
  i.revoked_at as "revokedAt",
  i.created_at as "createdAt"
from workspace_invitations i
where
  (
    i.user_id = :userId!
    or i.accepted_by = :userId!
  )
  and (
    :afterWorkspaceId::uuid is null
    or (i.workspace_id, i.id) > (:afterWorkspaceId::uuid, :afterId::uuid)
  )
order by
  i.workspace_id,
  i.id
limit :limit!`,
})

export type ListApiKeysOfPersonParams = {
  userId: string
  afterWorkspaceId?: string | null | undefined
  afterId?: string | null | undefined
  limit: number
}

export type ListApiKeysOfPersonResult = {
  workspaceId: string
  id: string
  hint: string
  scopes: string[]
  expiresAt: string | null
  lastUsedAt: string | null
  revokedAt: string | null
  createdAt: string
  isMember: boolean
  name: string | null
}

/** API keys that the person made, without the keys. */
export const listApiKeysOfPerson = new PreparedQuery<ListApiKeysOfPersonParams, ListApiKeysOfPersonResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 435, b: 442 }] },
    { name: 'afterWorkspaceId', required: false, locs: [{ a: 456, b: 472 }, { a: 512, b: 528 }, { a: 555, b: 571 }] },
    { name: 'afterId', required: false, locs: [{ a: 584, b: 591 }] },
    { name: 'limit', required: true, locs: [{ a: 649, b: 655 }] },
  ],
  statement: `select
  k.workspace_id as "workspaceId",
  k.id,
  k.hint,
  k.scopes,
  k.expires_at as "expiresAt",
  k.last_used_at as "lastUsedAt",
  k.revoked_at as "revokedAt",
  k.created_at as "createdAt",
  (m.user_id is not null) as "isMember",
  case when m.user_id is not null then k.name end as "name"
from
  api_keys k
  left join workspace_members m on m.workspace_id = k.workspace_id
    and m.user_id = k.user_id
where
  k.user_id = :userId!
  and (
    :afterWorkspaceId::uuid is null
    or k.workspace_id > :afterWorkspaceId
    or (k.workspace_id = :afterWorkspaceId and k.id < :afterId::uuid)
  )
order by
  k.workspace_id,
  k.id desc
limit :limit!`,
})

export type ListAccountsOfPersonParams = {
  userId: string
  afterWorkspaceId?: string | null | undefined
  afterId?: string | null | undefined
  limit: number
}

export type ListAccountsOfPersonResult = {
  workspaceId: string
  id: string
  status: InstagramAccountStatus
  connectedAt: string
  disconnectedAt: string | null
  createdAt: string
  isMember: boolean
  username: string | null
  name: string | null
  igUserId: string | null
}

/** Instagram accounts that the person connected. */
export const listAccountsOfPerson = new PreparedQuery<ListAccountsOfPersonParams, ListAccountsOfPersonResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 555, b: 562 }] },
    { name: 'afterWorkspaceId', required: false, locs: [{ a: 576, b: 592 }, { a: 632, b: 648 }, { a: 675, b: 691 }] },
    { name: 'afterId', required: false, locs: [{ a: 704, b: 711 }] },
    { name: 'limit', required: true, locs: [{ a: 769, b: 775 }] },
  ],
  statement: `select
  a.workspace_id as "workspaceId",
  a.id,
  a.status,
  a.connected_at as "connectedAt",
  a.disconnected_at as "disconnectedAt",
  a.created_at as "createdAt",
  (m.user_id is not null) as "isMember",
  case when m.user_id is not null then a.username end as "username",
  case when m.user_id is not null then a.name end as "name",
  case when m.user_id is not null then a.ig_user_id end as "igUserId"
from
  instagram_accounts a
  left join workspace_members m on m.workspace_id = a.workspace_id
    and m.user_id = a.user_id
where
  a.user_id = :userId!
  and (
    :afterWorkspaceId::uuid is null
    or a.workspace_id > :afterWorkspaceId
    or (a.workspace_id = :afterWorkspaceId and a.id < :afterId::uuid)
  )
order by
  a.workspace_id,
  a.id desc
limit :limit!`,
})

export type ListCampaignsOfPersonParams = {
  userId: string
  afterWorkspaceId?: string | null | undefined
  afterId?: string | null | undefined
  limit: number
}

export type ListCampaignsOfPersonResult = {
  workspaceId: string
  id: string
  status: CampaignStatus
  createdAt: string
  updatedAt: string
  isMember: boolean
  name: string | null
  objective: CampaignObjective | null
  budgetMinor: number | null
  currency: string | null
  startsOn: string | null
  endsOn: string | null
  utm: unknown
  goals: unknown
}

/** Campaigns that the person planned. */
export const listCampaignsOfPerson = new PreparedQuery<ListCampaignsOfPersonParams, ListCampaignsOfPersonResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 835, b: 842 }] },
    { name: 'afterWorkspaceId', required: false, locs: [{ a: 856, b: 872 }, { a: 912, b: 928 }, { a: 955, b: 971 }] },
    { name: 'afterId', required: false, locs: [{ a: 984, b: 991 }] },
    { name: 'limit', required: true, locs: [{ a: 1049, b: 1055 }] },
  ],
  statement: `select
  c.workspace_id as "workspaceId",
  c.id,
  c.status,
  c.created_at as "createdAt",
  c.updated_at as "updatedAt",
  (m.user_id is not null) as "isMember",
  case when m.user_id is not null then c.name end as "name",
  case when m.user_id is not null then c.objective end as "objective",
  case when m.user_id is not null then c.budget_minor end as "budgetMinor",
  case when m.user_id is not null then c.currency end as "currency",
  case when m.user_id is not null then c.starts_on end as "startsOn",
  case when m.user_id is not null then c.ends_on end as "endsOn",
  case when m.user_id is not null then c.utm end as "utm",
  case when m.user_id is not null then c.goals end as "goals"
from
  campaigns c
  left join workspace_members m on m.workspace_id = c.workspace_id
    and m.user_id = c.user_id
where
  c.user_id = :userId!
  and (
    :afterWorkspaceId::uuid is null
    or c.workspace_id > :afterWorkspaceId
    or (c.workspace_id = :afterWorkspaceId and c.id < :afterId::uuid)
  )
order by
  c.workspace_id,
  c.id desc
limit :limit!`,
})

export type ListSpendOfPersonParams = {
  userId: string
  afterWorkspaceId?: string | null | undefined
  afterId?: string | null | undefined
  limit: number
}

export type ListSpendOfPersonResult = {
  workspaceId: string
  id: string
  campaignId: string
  createdAt: string
  isMember: boolean
  amountMinor: number | null
  currency: string | null
  spentOn: string | null
  note: string | null
  corrects: string | null
}

/** Spend that the person entered. */
export const listSpendOfPerson = new PreparedQuery<ListSpendOfPersonParams, ListSpendOfPersonResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 641, b: 648 }] },
    { name: 'afterWorkspaceId', required: false, locs: [{ a: 662, b: 678 }, { a: 718, b: 734 }, { a: 761, b: 777 }] },
    { name: 'afterId', required: false, locs: [{ a: 790, b: 797 }] },
    { name: 'limit', required: true, locs: [{ a: 855, b: 861 }] },
  ],
  statement: `select
  s.workspace_id as "workspaceId",
  s.id,
  s.campaign_id as "campaignId",
  s.created_at as "createdAt",
  (m.user_id is not null) as "isMember",
  case when m.user_id is not null then s.amount_minor end as "amountMinor",
  case when m.user_id is not null then s.currency end as "currency",
  case when m.user_id is not null then s.spent_on end as "spentOn",
  case when m.user_id is not null then s.note end as "note",
  case when m.user_id is not null then s.corrects_id end as "corrects"
from
  campaign_spend s
  left join workspace_members m on m.workspace_id = s.workspace_id
    and m.user_id = s.user_id
where
  s.user_id = :userId!
  and (
    :afterWorkspaceId::uuid is null
    or s.workspace_id > :afterWorkspaceId
    or (s.workspace_id = :afterWorkspaceId and s.id < :afterId::uuid)
  )
order by
  s.workspace_id,
  s.id desc
limit :limit!`,
})

export type ListMediaOfPersonParams = {
  userId: string
  afterWorkspaceId?: string | null | undefined
  afterId?: string | null | undefined
  limit: number
}

export type ListMediaOfPersonResult = {
  workspaceId: string
  id: string
  status: MediaStatus
  createdAt: string
  isMember: boolean
  fileName: string | null
  contentType: string | null
  bytes: number | null
  sha256: string | null
}

/** Files that the person uploaded; their bytes are in the workspace. */
export const listMediaOfPerson = new PreparedQuery<ListMediaOfPersonParams, ListMediaOfPersonResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 578, b: 585 }] },
    { name: 'afterWorkspaceId', required: false, locs: [{ a: 599, b: 615 }, { a: 655, b: 671 }, { a: 698, b: 714 }] },
    { name: 'afterId', required: false, locs: [{ a: 727, b: 734 }] },
    { name: 'limit', required: true, locs: [{ a: 792, b: 798 }] },
  ],
  statement: `select
  f.workspace_id as "workspaceId",
  f.id,
  f.status,
  f.created_at as "createdAt",
  (m.user_id is not null) as "isMember",
  case when m.user_id is not null then f.file_name end as "fileName",
  case when m.user_id is not null then f.declared_content_type end as "contentType",
  case when m.user_id is not null then f.declared_bytes end as "bytes",
  case when m.user_id is not null then encode(f.sha256, 'hex') end as "sha256"
from
  media_files f
  left join workspace_members m on m.workspace_id = f.workspace_id
    and m.user_id = f.user_id
where
  f.user_id = :userId!
  and (
    :afterWorkspaceId::uuid is null
    or f.workspace_id > :afterWorkspaceId
    or (f.workspace_id = :afterWorkspaceId and f.id < :afterId::uuid)
  )
order by
  f.workspace_id,
  f.id desc
limit :limit!`,
})

export type ListPostsOfPersonParams = {
  userId: string
  afterWorkspaceId?: string | null | undefined
  afterId?: string | null | undefined
  limit: number
}

export type ListPostsOfPersonResult = {
  workspaceId: string
  id: string
  kind: PostKind
  status: PostStatus
  createdAt: string
  updatedAt: string
  isMember: boolean
  caption: string | null
  tags: string[] | null
  options: unknown
  campaignId: string | null
  accountId: string | null
  scheduledAt: string | null
  timeZone: string | null
  publishedAt: string | null
  permalink: string | null
  media: unknown
}

/** Posts that the person wrote, with the words at their media. */
export const listPostsOfPerson = new PreparedQuery<ListPostsOfPersonParams, ListPostsOfPersonResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 1371, b: 1378 }] },
    { name: 'afterWorkspaceId', required: false, locs: [{ a: 1392, b: 1408 }, { a: 1448, b: 1464 }, { a: 1491, b: 1507 }] },
    { name: 'afterId', required: false, locs: [{ a: 1520, b: 1527 }] },
    { name: 'limit', required: true, locs: [{ a: 1585, b: 1591 }] },
  ],
  statement: `select
  p.workspace_id as "workspaceId",
  p.id,
  p.kind,
  p.status,
  p.created_at as "createdAt",
  p.updated_at as "updatedAt",
  (m.user_id is not null) as "isMember",
  case when m.user_id is not null then p.caption end as "caption",
  case when m.user_id is not null then p.tags end as "tags",
  case when m.user_id is not null then p.options end as "options",
  case when m.user_id is not null then p.campaign_id end as "campaignId",
  case when m.user_id is not null then p.account_id end as "accountId",
  case when m.user_id is not null then p.scheduled_at end as "scheduledAt",
  case when m.user_id is not null then p.time_zone end as "timeZone",
  case when m.user_id is not null then p.published_at end as "publishedAt",
  case when m.user_id is not null then p.permalink end as "permalink",
  case when m.user_id is not null then (
      select
        jsonb_agg(
          jsonb_build_object(
            'mediaId', x.media_id,
            'altText', x.alt_text,
            'userTags', x.user_tags,
            'productTags', x.product_tags
          )
          order by x.position
        )
      from post_media x
      where
        x.workspace_id = p.workspace_id
        and x.post_id = p.id
    ) end as "media"
from
  posts p
  left join workspace_members m on m.workspace_id = p.workspace_id
    and m.user_id = p.user_id
where
  p.user_id = :userId!
  and (
    :afterWorkspaceId::uuid is null
    or p.workspace_id > :afterWorkspaceId
    or (p.workspace_id = :afterWorkspaceId and p.id < :afterId::uuid)
  )
order by
  p.workspace_id,
  p.id desc
limit :limit!`,
})

export type ListNotesOfPersonParams = {
  userId: string
  afterWorkspaceId?: string | null | undefined
  afterId?: string | null | undefined
  limit: number
}

export type ListNotesOfPersonResult = {
  workspaceId: string
  id: string
  postId: string
  createdAt: string
  isMember: boolean
  text: string | null
}

/** What the person noted about posts. */
export const listNotesOfPerson = new PreparedQuery<ListNotesOfPersonParams, ListNotesOfPersonResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 344, b: 351 }] },
    { name: 'afterWorkspaceId', required: false, locs: [{ a: 365, b: 381 }, { a: 421, b: 437 }, { a: 464, b: 480 }] },
    { name: 'afterId', required: false, locs: [{ a: 493, b: 500 }] },
    { name: 'limit', required: true, locs: [{ a: 558, b: 564 }] },
  ],
  statement: `select
  n.workspace_id as "workspaceId",
  n.id,
  n.post_id as "postId",
  n.created_at as "createdAt",
  (m.user_id is not null) as "isMember",
  case when m.user_id is not null then n.text end as "text"
from
  post_notes n
  left join workspace_members m on m.workspace_id = n.workspace_id
    and m.user_id = n.user_id
where
  n.user_id = :userId!
  and (
    :afterWorkspaceId::uuid is null
    or n.workspace_id > :afterWorkspaceId
    or (n.workspace_id = :afterWorkspaceId and n.id < :afterId::uuid)
  )
order by
  n.workspace_id,
  n.id desc
limit :limit!`,
})

export type ListRecurrencesOfPersonParams = {
  userId: string
  afterWorkspaceId?: string | null | undefined
  afterId?: string | null | undefined
  limit: number
}

export type ListRecurrencesOfPersonResult = {
  workspaceId: string
  id: string
  frequency: RecurrenceFrequency
  interval: number
  weekdays: number[]
  monthDays: number[]
  time: string
  fold: number
  timeZone: string
  startsOn: string
  endsOn: string | null
  createdAt: string
  updatedAt: string
}

/** Posts that the person has made repeat. */
export const listRecurrencesOfPerson = new PreparedQuery<ListRecurrencesOfPersonParams, ListRecurrencesOfPersonResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 381, b: 388 }] },
    { name: 'afterWorkspaceId', required: false, locs: [{ a: 402, b: 418 }, { a: 458, b: 474 }, { a: 501, b: 517 }] },
    { name: 'afterId', required: false, locs: [{ a: 535, b: 542 }] },
    { name: 'limit', required: true, locs: [{ a: 605, b: 611 }] },
  ],
  statement: `select
  r.workspace_id as "workspaceId",
  r.post_id as "id",
  r.frequency,
  r.interval,
  r.weekdays,
  r.month_days as "monthDays",
  to_char(r.local_time, 'HH24:MI') as "time",
  r.fold,
  r.time_zone as "timeZone",
  r.starts_on as "startsOn",
  r.ends_on as "endsOn",
  r.created_at as "createdAt",
  r.updated_at as "updatedAt"
from post_recurrences r
where
  r.user_id = :userId!
  and (
    :afterWorkspaceId::uuid is null
    or r.workspace_id > :afterWorkspaceId
    or (r.workspace_id = :afterWorkspaceId and r.post_id < :afterId::uuid)
  )
order by
  r.workspace_id,
  r.post_id desc
limit :limit!`,
})

export type ListApprovalsOfPersonParams = {
  userId: string
  afterWorkspaceId?: string | null | undefined
  afterId?: string | null | undefined
  limit: number
}

export type ListApprovalsOfPersonResult = {
  workspaceId: string
  id: string
  postId: string
  contentRevision: number
  decision: ApprovalDecision
  createdAt: string
  isMember: boolean
  reason: string | null
}

/** What the person said of posts in review. */
export const listApprovalsOfPerson = new PreparedQuery<ListApprovalsOfPersonParams, ListApprovalsOfPersonResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 409, b: 416 }] },
    { name: 'afterWorkspaceId', required: false, locs: [{ a: 430, b: 446 }, { a: 486, b: 502 }, { a: 529, b: 545 }] },
    { name: 'afterId', required: false, locs: [{ a: 558, b: 565 }] },
    { name: 'limit', required: true, locs: [{ a: 623, b: 629 }] },
  ],
  statement: `select
  a.workspace_id as "workspaceId",
  a.id,
  a.post_id as "postId",
  a.content_revision as "contentRevision",
  a.decision,
  a.created_at as "createdAt",
  (m.user_id is not null) as "isMember",
  case when m.user_id is not null then a.reason end as "reason"
from
  post_approvals a
  left join workspace_members m on m.workspace_id = a.workspace_id
    and m.user_id = a.user_id
where
  a.user_id = :userId!
  and (
    :afterWorkspaceId::uuid is null
    or a.workspace_id > :afterWorkspaceId
    or (a.workspace_id = :afterWorkspaceId and a.id < :afterId::uuid)
  )
order by
  a.workspace_id,
  a.id desc
limit :limit!`,
})

export type ListMovesOfPersonParams = {
  userId: string
  afterWorkspaceId?: string | null | undefined
  afterId?: string | null | undefined
  limit: number
}

export type ListMovesOfPersonResult = {
  workspaceId: string
  id: string
  postId: string
  fromStatus: PostStatus | null
  toStatus: PostStatus
  createdAt: string
  isMember: boolean
  reason: string | null
}

/** Moves of posts from one status to the next that the person made. */
export const listMovesOfPerson = new PreparedQuery<ListMovesOfPersonParams, ListMovesOfPersonResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 419, b: 426 }] },
    { name: 'afterWorkspaceId', required: false, locs: [{ a: 440, b: 456 }, { a: 496, b: 512 }, { a: 539, b: 555 }] },
    { name: 'afterId', required: false, locs: [{ a: 568, b: 575 }] },
    { name: 'limit', required: true, locs: [{ a: 633, b: 639 }] },
  ],
  statement: `select
  h.workspace_id as "workspaceId",
  h.id,
  h.post_id as "postId",
  h.from_status as "fromStatus",
  h.to_status as "toStatus",
  h.created_at as "createdAt",
  (m.user_id is not null) as "isMember",
  case when m.user_id is not null then h.reason end as "reason"
from
  post_status_history h
  left join workspace_members m on m.workspace_id = h.workspace_id
    and m.user_id = h.user_id
where
  h.user_id = :userId!
  and (
    :afterWorkspaceId::uuid is null
    or h.workspace_id > :afterWorkspaceId
    or (h.workspace_id = :afterWorkspaceId and h.id < :afterId::uuid)
  )
order by
  h.workspace_id,
  h.id desc
limit :limit!`,
})

export type ListGenerationsOfPersonParams = {
  userId: string
  afterWorkspaceId?: string | null | undefined
  afterId?: string | null | undefined
  limit: number
}

export type ListGenerationsOfPersonResult = {
  workspaceId: string
  id: string
  kind: AiKind
  status: AiGenerationStatus
  model: string
  createdAt: string
  isMember: boolean
  prompt: string | null
  output: unknown
}

/** What the person asked the writing models for, and got. */
export const listGenerationsOfPerson = new PreparedQuery<ListGenerationsOfPersonParams, ListGenerationsOfPersonResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 425, b: 432 }] },
    { name: 'afterWorkspaceId', required: false, locs: [{ a: 446, b: 462 }, { a: 502, b: 518 }, { a: 545, b: 561 }] },
    { name: 'afterId', required: false, locs: [{ a: 574, b: 581 }] },
    { name: 'limit', required: true, locs: [{ a: 639, b: 645 }] },
  ],
  statement: `select
  g.workspace_id as "workspaceId",
  g.id,
  g.kind,
  g.status,
  g.model,
  g.created_at as "createdAt",
  (m.user_id is not null) as "isMember",
  case when m.user_id is not null then g.prompt end as "prompt",
  case when m.user_id is not null then g.output end as "output"
from
  ai_generations g
  left join workspace_members m on m.workspace_id = g.workspace_id
    and m.user_id = g.user_id
where
  g.user_id = :userId!
  and (
    :afterWorkspaceId::uuid is null
    or g.workspace_id > :afterWorkspaceId
    or (g.workspace_id = :afterWorkspaceId and g.id < :afterId::uuid)
  )
order by
  g.workspace_id,
  g.id desc
limit :limit!`,
})

export type ListExportsOfPersonParams = {
  userId: string
  afterId?: string | null | undefined
  limit: number
}

export type ListExportsOfPersonResult = {
  id: string
  status: DataExportStatus
  bytes: number | null
  finishedAt: string | null
  expiresAt: string | null
  createdAt: string
}

/** Archives that were asked for. */
export const listExportsOfPerson = new PreparedQuery<ListExportsOfPersonParams, ListExportsOfPersonResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 172, b: 179 }] },
    { name: 'afterId', required: false, locs: [{ a: 188, b: 195 }, { a: 221, b: 228 }] },
    { name: 'limit', required: true, locs: [{ a: 251, b: 257 }] },
  ],
  statement: `select
  x.id,
  x.status,
  x.bytes,
  x.finished_at as "finishedAt",
  x.expires_at as "expiresAt",
  x.created_at as "createdAt"
from data_exports x
where
  x.user_id = :userId!
  and (:afterId::uuid is null or x.id > :afterId)
order by x.id
limit :limit!`,
})

export type ListOutboxOfPersonParams = {
  userId: string
  afterId?: string | null | undefined
  limit: number
}

export type ListOutboxOfPersonResult = {
  id: string
  kind: string
  status: OutboxStatus
  workspaceId: string | null
  finishedAt: string | null
  createdAt: string
}

/** Mails and other work that were begun for the person. */
export const listOutboxOfPerson = new PreparedQuery<ListOutboxOfPersonParams, ListOutboxOfPersonResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 169, b: 176 }] },
    { name: 'afterId', required: false, locs: [{ a: 185, b: 192 }, { a: 218, b: 225 }] },
    { name: 'limit', required: true, locs: [{ a: 248, b: 254 }] },
  ],
  statement: `select
  o.id,
  o.kind,
  o.status,
  o.workspace_id as "workspaceId",
  o.finished_at as "finishedAt",
  o.created_at as "createdAt"
from outbox o
where
  o.user_id = :userId!
  and (:afterId::uuid is null or o.id > :afterId)
order by o.id
limit :limit!`,
})

export type ListIdempotencyKeysOfPersonParams = {
  userId: string
  afterExpiry?: string | null | undefined
  afterKey?: string | null | undefined
  limit: number
}

export type ListIdempotencyKeysOfPersonResult = {
  key: string
  workspaceId: string | null
  route: string
  status: number | null
  expiresAt: string
  createdAt: string
}

/** Keys under which answers to the person's requests are kept for a day. */
export const listIdempotencyKeysOfPerson = new PreparedQuery<ListIdempotencyKeysOfPersonParams, ListIdempotencyKeysOfPersonResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 185, b: 192 }] },
    { name: 'afterExpiry', required: false, locs: [{ a: 214, b: 225 }, { a: 276, b: 287 }] },
    { name: 'afterKey', required: false, locs: [{ a: 303, b: 311 }] },
    { name: 'limit', required: true, locs: [{ a: 360, b: 366 }] },
  ],
  statement: `select
  i.key,
  i.workspace_id as "workspaceId",
  i.route,
  i.status,
  i.expires_at as "expiresAt",
  i.created_at as "createdAt"
from idempotency_keys i
where
  i.principal_id = (:userId!::uuid)::text
  and (:afterExpiry::timestamptz is null or (i.expires_at, i.key) > (:afterExpiry::timestamptz, :afterKey::text))
order by
  i.expires_at,
  i.key
limit :limit!`,
})

export type ListAuditOfPersonParams = {
  userId: string
  trailWorkspaceId?: string | null | undefined
  afterTimestamp?: string | null | undefined
  afterAuditId?: number | null | undefined
  limit: number
}

export type ListAuditOfPersonResult = {
  id: number
  workspaceId: string | null
  tableName: string
  operation: AuditOperation
  rowId: string
  actorKind: ActorKind
  sessionId: string | null
  address: string | null
  timestamp: string
  oldValues: unknown
  newValues: unknown
}

/** What the trail of one workspace, or of none, says of the person's acts; values only while they are a member. */
export const listAuditOfPerson = new PreparedQuery<ListAuditOfPersonParams, ListAuditOfPersonResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 541, b: 548 }] },
    { name: 'trailWorkspaceId', required: false, locs: [{ a: 579, b: 595 }, { a: 605, b: 621 }] },
    { name: 'afterTimestamp', required: false, locs: [{ a: 681, b: 695 }, { a: 748, b: 762 }] },
    { name: 'afterAuditId', required: false, locs: [{ a: 778, b: 790 }] },
    { name: 'limit', required: true, locs: [{ a: 842, b: 848 }] },
  ],
  statement: `select
  a.id,
  a.workspace_id as "workspaceId",
  a.table_name as "tableName",
  a.operation,
  a.row_id as "rowId",
  a.actor_kind as "actorKind",
  a.session_id as "sessionId",
  a.address,
  a.timestamp,
  case when a.workspace_id is null or m.user_id is not null then a.old_values end as "oldValues",
  case when a.workspace_id is null or m.user_id is not null then a.new_values end as "newValues"
from
  audit_logs a
  left join workspace_members m on m.workspace_id = a.workspace_id
    and m.user_id = a.user_id
where
  a.user_id = :userId!
  and (
    a.workspace_id = :trailWorkspaceId
    or (:trailWorkspaceId::uuid is null and a.workspace_id is null)
  )
  and (
    :afterTimestamp::timestamptz is null
    or (a.timestamp, a.id) > (:afterTimestamp::timestamptz, :afterAuditId::bigint)
  )
order by
  a.timestamp,
  a.id
limit :limit!`,
})
