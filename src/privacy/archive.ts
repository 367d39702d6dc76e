import type { JobContext } from '../context.ts'
import type { PreparedQuery } from '../db/run.ts'
import { openUser, openUserField } from '../users/service.ts'
import {
  findNextTrailOfPerson,
  findPerson,
  findTotpOfPerson,
  listAccountsOfPerson,
  listApiKeysOfPerson,
  listApprovalsOfPerson,
  listAuditOfPerson,
  listCampaignsOfPerson,
  listExportsOfPerson,
  listGenerationsOfPerson,
  listIdempotencyKeysOfPerson,
  listInvitationsOfPerson,
  listMediaOfPerson,
  listMembershipsOfPerson,
  listMovesOfPerson,
  listNotesOfPerson,
  listOutboxOfPerson,
  listPasskeysOfPerson,
  listPostsOfPerson,
  listRecoveryCodesOfPerson,
  listRecurrencesOfPerson,
  listSessionsOfPerson,
  listSpendOfPerson,
  listWorkspacesOfPerson,
} from './archive.jobs.sql.ts'

/** Everything about one person, read a page at a time. */

type Reader = Pick<JobContext, 'db' | 'keyring'>
type Rows = AsyncIterable<object>

const pageRows = 500

/** What the archive holds of each table, in its order. */
export const archiveTables: Readonly<Record<string, (ctx: Reader, userId: string) => Rows>> = {
  users: profile,
  user_sessions: byId(listSessionsOfPerson),
  user_totp: async function* ({ db }, userId) {
    yield* await db.many(findTotpOfPerson, { userId })
  },
  user_recovery_codes: async function* ({ db }, userId) {
    yield* await db.many(listRecoveryCodesOfPerson, { userId, limit: pageRows })
  },
  user_passkeys: byId(listPasskeysOfPerson),
  workspace_members: (ctx, userId) =>
    paged((after?: { workspaceId: string }) =>
      ctx.db.many(listMembershipsOfPerson, { userId, afterId: after?.workspaceId ?? null, limit: pageRows }),
    ),
  workspaces: byId(listWorkspacesOfPerson),
  workspace_invitations: byWorkspace(listInvitationsOfPerson),
  api_keys: byWorkspace(listApiKeysOfPerson),
  instagram_accounts: byWorkspace(listAccountsOfPerson),
  campaigns: byWorkspace(listCampaignsOfPerson),
  campaign_spend: byWorkspace(listSpendOfPerson),
  media_files: byWorkspace(listMediaOfPerson),
  posts: byWorkspace(listPostsOfPerson),
  post_notes: byWorkspace(listNotesOfPerson),
  post_recurrences: byWorkspace(listRecurrencesOfPerson),
  post_approvals: byWorkspace(listApprovalsOfPerson),
  post_status_history: byWorkspace(listMovesOfPerson),
  ai_generations: byWorkspace(listGenerationsOfPerson),
  data_exports: byId(listExportsOfPerson),
  outbox: byId(listOutboxOfPerson),
  idempotency_keys: (ctx, userId) =>
    paged((after?: { expiresAt: string; key: string }) => {
      const from = { afterExpiry: after?.expiresAt ?? null, afterKey: after?.key ?? null }
      return ctx.db.many(listIdempotencyKeysOfPerson, { userId, ...from, limit: pageRows })
    }),
  audit_logs: trail,
}

/** Tables that name people and are not in the archive. */
export const exemptTables: Readonly<Record<string, string>> = {
  account_tokens: 'hashes of tokens that live for hours; the mails are in the archive',
  auth_challenges: 'minutes old at most, and nothing but a hash',
  encryption_keys: 'the key that opens the profile; the profile is in the archive',
  erasure_requests: 'whoever is in it has nothing left to export',
  workspace_approvers: 'a place on the list of a workspace that the person is a member of, which the archive says',
  user_email_index: 'a keyed hash of the address, which is in the archive',
}

/** The person's own row, opened; no rows for one who is erased. */
async function* profile(ctx: Reader, userId: string): Rows {
  const row = await ctx.db.maybeOne(findPerson, { userId })
  if (row === undefined) return
  const { pendingEmailCiphertext: pending, status } = row
  const pendingEmail = pending === null ? null : await openUserField(ctx, row, 'pending_email_ciphertext', pending)
  yield { ...(await openUser(ctx, row)), status, emailVerifiedAt: row.emailVerifiedAt, pendingEmail }
}

/** The trail of each workspace that the person appears in, then of none. */
async function* trail(ctx: Reader, userId: string): Rows {
  const nextAfter = async (afterId: string | null) => await ctx.db.maybeOne(findNextTrailOfPerson, { userId, afterId })
  for (let next = await nextAfter(null); next !== undefined; next = await nextAfter(next.id)) {
    yield* trailOf(ctx, userId, next.id)
  }
  yield* trailOf(ctx, userId, null)
}

const trailOf = ({ db }: Reader, userId: string, trailWorkspaceId: string | null): Rows =>
  paged((after?: { timestamp: string; id: number }) => {
    const from = { afterTimestamp: after?.timestamp ?? null, afterAuditId: after?.id ?? null }
    return db.many(listAuditOfPerson, { userId, trailWorkspaceId, ...from, limit: pageRows })
  })

type PageParams = { userId: string; limit: number; afterId?: string | null | undefined }
type TeamPageParams = PageParams & { afterWorkspaceId?: string | null | undefined }

/** A table of people, by the id of its rows. */
function byId<Row extends { id: string }>(list: PreparedQuery<PageParams, Row>) {
  return ({ db }: Reader, userId: string): Rows =>
    paged((after?: Row) => db.many(list, { userId, limit: pageRows, afterId: after?.id ?? null }))
}

/** A table of workspaces, by workspace and id. */
function byWorkspace<Row extends { id: string; workspaceId: string }>(list: PreparedQuery<TeamPageParams, Row>) {
  return ({ db }: Reader, userId: string): Rows =>
    paged((after?: Row) => {
      const from = { afterWorkspaceId: after?.workspaceId ?? null, afterId: after?.id ?? null }
      return db.many(list, { userId, limit: pageRows, ...from })
    })
}

/** All rows, of which a page is in memory at a time; `read` gives those after a row. */
async function* paged<Row extends object>(read: (after?: Row) => Promise<readonly Row[]>): AsyncGenerator<Row> {
  let after: Row | undefined
  do {
    const rows = await read(after)
    yield* rows
    after = rows.length < pageRows ? undefined : rows.at(-1)
  } while (after !== undefined)
}
