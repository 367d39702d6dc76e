import { type ProblemCode, ProblemError, referenceNotFound } from '../problem.ts'
import type { DatabaseFailure } from './errors.ts'

/**
 * What a violated constraint means to the caller. A foreign key's entry is the member of the body that points nowhere;
 * where the same key refuses a deletion, the service names that problem itself.
 */
const referencePointers: Readonly<Record<string, string>> = {
  posts_campaign_fkey: '/campaignId',
  posts_account_fkey: '/accountId',
  campaign_spend_corrects_fkey: '/corrects',
  posts_cover_media_fkey: '/options/coverMediaId',
  post_media_media_fkey: '/media',
}

const conflictCodes: Readonly<Record<string, ProblemCode>> = {
  user_email_index_pkey: 'user/email-taken',
  user_passkeys_credential_key: 'passkey/exists',
  // A key was rotated between a request's reading and its writing: the next attempt reads anew.
  user_email_index_current_key: 'service/unavailable',
  user_email_index_user_key: 'service/unavailable',
  users_ciphertext_keys_check: 'service/unavailable',
  user_totp_ciphertext_key_check: 'service/unavailable',
  erased_person: 'auth/credentials-required',
  media_usage_quota: 'media/quota-exceeded',
  posts_status_move: 'post/illegal-move',
  posts_approval_required: 'post/approval-required',
  campaigns_budget_currency_check: 'campaign/budget-without-currency',
  campaigns_goals_currency_check: 'campaign/goal-without-currency',
  campaigns_archived: 'campaign/archived',
  campaign_spend_correction: 'spend/is-correction',
  campaign_spend_correction_currency: 'spend/other-currency',
  campaign_spend_below_zero: 'spend/below-zero',
  campaign_spend_total: 'spend/too-much',
  campaigns_dates_check: 'campaign/ends-before-start',
  workspace_members_last_owner: 'member/last-owner',
  workspace_invitations_open_key: 'invitation/exists',
}

type ConstraintFailure = Extract<DatabaseFailure, { kind: 'constraint' }>

/**
 * The problem of a violated constraint; 409 for those without an entry. A NULL where none may be, or a month without a
 * partition (which names no constraint), is our own fault.
 */
export function constraintProblem(failure: ConstraintFailure, cause: unknown): ProblemError {
  const pointer = referencePointers[failure.constraint]
  if (pointer !== undefined && failure.sqlstate === '23503') return referenceNotFound(pointer, cause)
  if (failure.sqlstate === '23502' || failure.constraint === '') return new ProblemError('internal/error', { cause })
  return new ProblemError(conflictCodes[failure.constraint] ?? 'request/conflict', { cause })
}
