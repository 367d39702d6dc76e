/*
 * Every table, once. What a statement may do with it follows from here; test/lint-sql.test.ts compares the list with the
 * database's catalog, so a new table stands here in the commit that makes it.
 */

export type TableRule = {
  /** tenant: rows of one workspace. user: rows of people and of their credentials. lookup: the same for everybody. */
  class: 'tenant' | 'user' | 'lookup'
  /** The column that is :workspaceId in a tenant's file. */
  tenantColumn?: string
  /** Columns that may tie a row to a bound one (`u.id = m.user_id`). A tenant's table in a tenant's file needs the tenant. */
  keys?: string[]
  /** In .user.sql files: parameters that stand for the caller or for a secret only the caller has. */
  anchors?: Record<string, string[]>
  /** Its anchors hold in a tenant's file too: they name nobody's row, and no request can make one up. */
  isNobodys?: true
  /** In .user.sql files: rows in which these are NULL belong to the system. */
  ownerless?: string[]
  /** Has the audit trigger, so writes carry the actor. Else the reason why not. */
  audited: true | string
  /** Inserts state the column `id`. Else the reason why they do not. */
  explicitId: true | string
}

const tenant = {
  class: 'tenant',
  tenantColumn: 'workspace_id',
  audited: true,
  explicitId: true,
} as const satisfies TableRule
const naturalKey = 'natural key'
const log = 'a log is its own trail'

export const TABLES: Readonly<Record<string, TableRule>> = {
  account_tokens: {
    class: 'user',
    keys: ['user_id'],
    anchors: { digest: ['tokenDigest'], user_id: ['userId'] },
    audited: 'lives for hours; what a token does is audited where it does it',
    explicitId: naturalKey,
  },
  ai_generations: tenant,
  analytics_events: {
    ...tenant,
    audited: log,
    explicitId: 'identity: nothing refers to an event, and batches are large',
  },
  api_key_accounts: { ...tenant, keys: ['api_key_id'], explicitId: naturalKey },
  api_key_digests: {
    ...tenant,
    keys: ['api_key_id'],
    anchors: { digest: ['keyDigest'] },
    explicitId: naturalKey,
  },
  api_keys: { ...tenant, keys: ['id'], anchors: { user_id: ['userId'] } },
  audit_logs: { ...tenant, keys: ['user_id'], audited: log, explicitId: 'written by the audit trigger alone' },
  auth_challenges: {
    class: 'user',
    keys: ['user_id', 'session_id'],
    anchors: { digest: ['challengeDigest'], user_id: ['userId'] },
    audited: 'lives for minutes; what an answer does is audited where it does it',
    explicitId: true,
  },
  auth_throttles: {
    class: 'user',
    anchors: { subject: ['subject', 'ownSubject', 'workspaceSubject'] },
    isNobodys: true,
    audited: 'counters of attempts',
    explicitId: naturalKey,
  },
  campaign_spend: tenant,
  campaigns: tenant,
  common_passwords: { class: 'lookup', audited: 'loaded by script, the same for everybody', explicitId: naturalKey },
  data_exports: {
    class: 'user',
    keys: ['user_id'],
    // The id travels in signed links.
    anchors: { id: ['linkedExportId'], user_id: ['userId'] },
    audited: true,
    explicitId: true,
  },
  encryption_keys: {
    class: 'user',
    tenantColumn: 'workspace_id',
    keys: ['id', 'user_id', 'workspace_id'],
    anchors: { user_id: ['userId'] },
    ownerless: ['user_id', 'workspace_id'],
    audited: true,
    explicitId: true,
  },
  erasure_requests: {
    class: 'user',
    keys: ['user_id'],
    anchors: { receipt_digest: ['receiptDigest'], user_id: ['userId'] },
    audited: true,
    explicitId: true,
  },
  idempotency_keys: {
    ...tenant,
    // Filled by the request itself: who sends it.
    anchors: { principal_id: ['idempotencyPrincipal', 'userId'] },
    audited: 'a cache of answers for 24 hours',
    explicitId: naturalKey,
  },
  instagram_accounts: tenant,
  instagram_rate_limits: { ...tenant, audited: 'counters that every call to Meta moves', explicitId: naturalKey },
  instagram_tokens: tenant,
  media_files: tenant,
  media_objects: { ...tenant, explicitId: naturalKey },
  media_quotas: { class: 'lookup', audited: 'filled by migrations', explicitId: naturalKey },
  media_sweeps: { class: 'lookup', audited: 'how far a job has come', explicitId: naturalKey },
  media_usage: { ...tenant, audited: 'counters that triggers keep', explicitId: naturalKey },
  outbox: {
    class: 'user',
    tenantColumn: 'workspace_id',
    keys: ['user_id', 'workspace_id'],
    anchors: { user_id: ['userId'] },
    audited: 'a queue: what it stands for is audited in its own table',
    explicitId: true,
  },
  performance_metrics: {
    ...tenant,
    audited: 'derived from analytics_events',
    explicitId: 'upserted by subject and bucket',
  },
  post_approvals: tenant,
  post_media: { ...tenant, explicitId: naturalKey },
  post_notes: { ...tenant, keys: ['user_id'], anchors: { user_id: ['userId'] } },
  post_occurrences: {
    ...tenant,
    audited: 'which days are taken; the posts made for them are audited',
    explicitId: naturalKey,
  },
  post_recurrences: { ...tenant, keys: ['user_id'], anchors: { user_id: ['userId'] }, explicitId: naturalKey },
  post_status_history: { ...tenant, audited: log, explicitId: 'written by the status trigger alone' },
  post_status_moves: { class: 'lookup', audited: 'filled by migrations', explicitId: naturalKey },
  posting_slots: { ...tenant, explicitId: naturalKey },
  posts: tenant,
  schema_migrations: { class: 'lookup', audited: 'written by dbmate', explicitId: naturalKey },
  user_email_index: {
    class: 'user',
    keys: ['user_id'],
    anchors: { digest: ['digests'], user_id: ['userId'] },
    audited: true,
    explicitId: naturalKey,
  },
  user_passkeys: {
    class: 'user',
    keys: ['user_id'],
    anchors: { user_id: ['userId'] },
    audited: true,
    explicitId: true,
  },
  user_recovery_codes: {
    class: 'user',
    keys: ['user_id'],
    anchors: { user_id: ['userId'] },
    audited: true,
    explicitId: naturalKey,
  },
  user_sessions: {
    class: 'user',
    keys: ['id', 'user_id'],
    // The id travels in signed tokens; refresh proves the session's secret in the same statement.
    anchors: { id: ['sessionId'], user_id: ['userId'] },
    audited: true,
    explicitId: true,
  },
  user_totp: {
    class: 'user',
    keys: ['user_id'],
    anchors: { user_id: ['userId'] },
    audited: true,
    explicitId: naturalKey,
  },
  users: { class: 'user', keys: ['id'], anchors: { id: ['userId'] }, audited: true, explicitId: true },
  workspace_approvers: { ...tenant, keys: ['user_id'], explicitId: naturalKey },
  workspace_invitations: {
    ...tenant,
    keys: ['user_id'],
    anchors: { token_digest: ['tokenDigest'], user_id: ['userId'] },
  },
  workspace_members: {
    ...tenant,
    keys: ['user_id'],
    anchors: { user_id: ['userId'] },
    explicitId: naturalKey,
  },
  workspaces: { ...tenant, tenantColumn: 'id', anchors: { created_by: ['userId'] } },
}
