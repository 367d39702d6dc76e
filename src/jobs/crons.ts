import type { JobContext } from '../context.ts'
import { retireSigningKeys } from '../keys/jobs.ts'
import type { LogFields } from '../log.ts'
import { mailHandlers } from '../mail/service.ts'
import {
  makePartitions,
  purgeAccountTokens,
  purgeAuthChallenges,
  purgeAuthThrottles,
  purgeIdempotencyRecords,
  purgeOutbox,
  purgeSessions,
  revokeInvitations,
} from '../maintenance/service.ts'
import { expireUploads, mediaHandlers, sweepMedia } from '../media/jobs.ts'
import { drainOutbox, type OutboxHandlers } from '../outbox/service.ts'
import { expireExports, privacyHandlers, reconcileErasures, sweepExports } from '../privacy/jobs.ts'
import { makeOccurrences } from '../recurrence/jobs.ts'
import { followZones } from '../scheduling/jobs.ts'
import { closeDueWorkspaces } from '../workspaces/jobs.ts'

export type Job = (ctx: JobContext) => Promise<LogFields>

/** Who does which row of the outbox. */
export const outboxHandlers: OutboxHandlers = { ...mailHandlers, ...privacyHandlers, ...mediaHandlers }

const drain: Job = async (ctx) => await drainOutbox(ctx, outboxHandlers)

/** What a message of the queue runs. */
export const wakings: Readonly<Record<string, Job>> = { 'drain-outbox': drain }

/** What runs when: the schedules stand in wrangler.toml too, where the platform reads them. */
export const crons: Readonly<Record<string, Readonly<Record<string, Job>>>> = {
  '* * * * *': {
    'drain-outbox': drain,
    'purge-idempotency-records': purgeIdempotencyRecords,
    'purge-outbox': purgeOutbox,
    'purge-account-tokens': purgeAccountTokens,
    'purge-auth-challenges': purgeAuthChallenges,
    'purge-auth-throttles': purgeAuthThrottles,
    'close-workspaces': closeDueWorkspaces,
    'revoke-invitations': revokeInvitations,
    'retire-signing-keys': retireSigningKeys,
    'expire-exports': expireExports,
    'expire-uploads': expireUploads,
    'make-occurrences': makeOccurrences,
  },
  '23 3 * * *': {
    'make-partitions': makePartitions,
    'purge-sessions': purgeSessions,
    'sweep-exports': sweepExports,
    'sweep-media': sweepMedia,
    'reconcile-erasures': reconcileErasures,
    'follow-zones': followZones,
  },
}
