// Generated from sql/posts/moves.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type PostStatus = 'approved' | 'archived' | 'changes_requested' | 'draft' | 'failed' | 'in_review' | 'missed' | 'published' | 'publishing' | 'scheduled' | 'unconfirmed'

export type MovePostParams = {
  actor: string
  reason?: string | null | undefined
  status: PostStatus
  scheduledAt?: string | null | undefined
  localTime?: string | null | undefined
  fold?: number | null | undefined
  slotAt?: string | null | undefined
  timeZone?: string | null | undefined
  now: string
  workspaceId: string
  id: string
  version: number
  visibleAccountIds?: readonly string[] | null | undefined
  idempotencyPrincipal?: string | null | undefined
  idempotencyKey?: string | null | undefined
  idempotencyRoute?: string | null | undefined
  idempotencyFingerprint?: string | null | undefined
  post: unknown
}

export type MovePostResult = {
  status: PostStatus
  scheduledAt: string | null
  localTime: string | null
  fold: number | null
  timeZone: string | null
  approvedRevision: number | null
  version: number
  updatedAt: string
}

/**
 * Moves a post, or gives a scheduled one another time, over the version that was read and judged: no row when there is
 * another by now. The trigger check_status_move refuses what is no legal move, or has not been approved where that is
 * demanded. :post is the post as it was read; with an Idempotency-Key the record of the answer is that, and what changed.
 */
export const movePost = new PreparedQuery<MovePostParams, MovePostResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 72, b: 78 }] },
    { name: 'reason', required: false, locs: [{ a: 137, b: 143 }] },
    { name: 'status', required: true, locs: [{ a: 238, b: 245 }, { a: 493, b: 500 }] },
    { name: 'scheduledAt', required: false, locs: [{ a: 282, b: 293 }] },
    { name: 'localTime', required: false, locs: [{ a: 333, b: 342 }] },
    { name: 'fold', required: false, locs: [{ a: 379, b: 383 }] },
    { name: 'slotAt', required: false, locs: [{ a: 412, b: 418 }] },
    { name: 'timeZone', required: false, locs: [{ a: 452, b: 460 }] },
    { name: 'now', required: true, locs: [{ a: 533, b: 537 }, { a: 1407, b: 1411 }, { a: 1414, b: 1418 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 604, b: 616 }, { a: 1267, b: 1279 }] },
    { name: 'id', required: true, locs: [{ a: 635, b: 638 }] },
    { name: 'version', required: true, locs: [{ a: 662, b: 670 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 683, b: 700 }, { a: 740, b: 757 }] },
    { name: 'idempotencyPrincipal', required: false, locs: [{ a: 1282, b: 1302 }] },
    { name: 'idempotencyKey', required: false, locs: [{ a: 1305, b: 1319 }, { a: 1487, b: 1501 }] },
    { name: 'idempotencyRoute', required: false, locs: [{ a: 1322, b: 1338 }] },
    { name: 'idempotencyFingerprint', required: false, locs: [{ a: 1341, b: 1363 }] },
    { name: 'post', required: true, isJson: true, locs: [{ a: 1377, b: 1382 }] },
  ],
  statement: `with
  actor as materialized (
    select
      set_config('app.actor', :actor!, true) as value,
      set_config('app.reason', coalesce(:reason::text, ''), true) as reason
  ),
  moved_post as (
    update posts p
    set
      status = :status!::post_status,
      scheduled_at = :scheduledAt::timestamptz,
      scheduled_local = :localTime::timestamp,
      scheduled_fold = :fold::smallint,
      slot_at = :slotAt::timestamptz,
      time_zone = :timeZone,
      archived_at = case when :status!::post_status = 'archived' then :now!::timestamptz end
    from actor
    where
      p.workspace_id = :workspaceId!
      and p.id = :id!
      and p.version = :version!
      and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))
    returning
      p.status,
      p.scheduled_at as "scheduledAt",
      to_char(p.scheduled_local, 'YYYY-MM-DD"T"HH24:MI:SS') as "localTime",
      p.scheduled_fold as "fold",
      p.time_zone as "timeZone",
      p.approved_revision as "approvedRevision",
      p.version,
      p.updated_at as "updatedAt"
  ),
  recorded_answer as (
    insert into idempotency_keys (
      workspace_id, principal_id, key, route, fingerprint, status, response, created_at, expires_at
    )
    select
      :workspaceId!, :idempotencyPrincipal, :idempotencyKey, :idempotencyRoute, :idempotencyFingerprint, 200,
      :post!::jsonb || to_jsonb(m), :now!, :now!::timestamptz + interval '24 hours'
    from moved_post m
    where :idempotencyKey::text is not null
  )
select
  m.status as "status",
  m."scheduledAt",
  m."localTime",
  m."fold",
  m."timeZone",
  m."approvedRevision",
  m.version as "version",
  m."updatedAt" as "updatedAt"
from moved_post m`,
})
