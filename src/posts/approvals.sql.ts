// Generated from sql/posts/approvals.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type ApprovalDecision = 'approved' | 'rejected'

type PostStatus = 'approved' | 'archived' | 'changes_requested' | 'draft' | 'failed' | 'in_review' | 'missed' | 'published' | 'publishing' | 'scheduled' | 'unconfirmed'

export type ListPostApprovalsParams = {
  workspaceId: string
  postId: string
  visibleAccountIds?: readonly string[] | null | undefined
  beforeId?: string | null | undefined
  limit: number
}

export type ListPostApprovalsResult = {
  id: string
  userId: string
  decision: ApprovalDecision
  contentRevision: number
  reason: string | null
  at: string
}

/** What people have said of a post, newest first. No rows also when the post does not exist. */
export const listPostApprovals = new PreparedQuery<ListPostApprovalsParams, ListPostApprovalsResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 191, b: 203 }, { a: 255, b: 267 }] },
    { name: 'postId', required: true, locs: [{ a: 282, b: 289 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 298, b: 315 }, { a: 355, b: 372 }] },
    { name: 'beforeId', required: false, locs: [{ a: 391, b: 399 }, { a: 425, b: 433 }] },
    { name: 'limit', required: true, locs: [{ a: 461, b: 467 }] },
  ],
  statement: `select
  a.id,
  a.user_id as "userId",
  a.decision,
  a.content_revision as "contentRevision",
  a.reason,
  a.created_at as "at"
from
  posts p
  join post_approvals a on a.workspace_id = :workspaceId!
    and a.post_id = p.id
where
  p.workspace_id = :workspaceId!
  and p.id = :postId!
  and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))
  and (:beforeId::uuid is null or a.id < :beforeId)
order by a.id desc
limit :limit!`,
})

export type InsertPostApprovalParams = {
  actor: string
  reason?: string | null | undefined
  workspaceId: string
  userId: string
  permittedRoles: readonly string[]
  id: string
  contentRevision: number
  decision: ApprovalDecision
  version: number
  visibleAccountIds?: readonly string[] | null | undefined
  approvalId: string
  idempotencyPrincipal?: string | null | undefined
  idempotencyKey?: string | null | undefined
  idempotencyRoute?: string | null | undefined
  idempotencyFingerprint?: string | null | undefined
  post: unknown
  now: string
}

export type InsertPostApprovalResult = {
  status: PostStatus
  approvedRevision: number | null
  version: number
  updatedAt: string
}

/**
 * A person's word about the content of a post in review, and the move that follows from it: a rejection sends the post
 * back; an approval is the last one needed unless the policy is "all" and somebody on the list, who may still approve, has
 * not approved this content. Who has approved it already adds nothing; the post moves all the same when nobody is missing
 * any more.
 *
 * Each word raises the version of the post, and is taken over the version that was read. So of two at once the second
 * finds no row and is judged again, by which time it sees the first: none can count without the other. No row either when
 * the caller's role, which is held, may not, or the word would change nothing. :post and the record as in movePost.
 */
export const insertPostApproval = new PreparedQuery<InsertPostApprovalParams, InsertPostApprovalResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 72, b: 78 }] },
    { name: 'reason', required: false, locs: [{ a: 137, b: 143 }, { a: 2822, b: 2828 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 293, b: 305 }, { a: 562, b: 574 }, { a: 964, b: 976 }, { a: 1029, b: 1041 }, { a: 1100, b: 1112 }, { a: 2144, b: 2156 }, { a: 2727, b: 2739 }, { a: 3123, b: 3135 }] },
    { name: 'userId', required: true, locs: [{ a: 329, b: 336 }, { a: 1228, b: 1235 }, { a: 1778, b: 1785 }, { a: 2781, b: 2788 }] },
    { name: 'permittedRoles', required: true, locs: [{ a: 367, b: 382 }, { a: 1179, b: 1194 }] },
    { name: 'id', required: true, locs: [{ a: 598, b: 601 }, { a: 2175, b: 2178 }, { a: 2756, b: 2759 }] },
    { name: 'contentRevision', required: true, locs: [{ a: 634, b: 650 }, { a: 2276, b: 2292 }, { a: 2762, b: 2778 }] },
    { name: 'decision', required: true, locs: [{ a: 1417, b: 1426 }, { a: 1634, b: 1643 }, { a: 2791, b: 2800 }] },
    { name: 'version', required: true, locs: [{ a: 2202, b: 2210 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 2305, b: 2322 }, { a: 2362, b: 2379 }] },
    { name: 'approvalId', required: true, locs: [{ a: 2742, b: 2753 }] },
    { name: 'idempotencyPrincipal', required: false, locs: [{ a: 3138, b: 3158 }] },
    { name: 'idempotencyKey', required: false, locs: [{ a: 3161, b: 3175 }, { a: 3343, b: 3357 }] },
    { name: 'idempotencyRoute', required: false, locs: [{ a: 3178, b: 3194 }] },
    { name: 'idempotencyFingerprint', required: false, locs: [{ a: 3197, b: 3219 }] },
    { name: 'post', required: true, isJson: true, locs: [{ a: 3233, b: 3238 }] },
    { name: 'now', required: true, locs: [{ a: 3263, b: 3267 }, { a: 3270, b: 3274 }] },
  ],
  statement: `with
  actor as materialized (
    select
      set_config('app.actor', :actor!, true) as value,
      set_config('app.reason', coalesce(:reason::text, ''), true) as reason
  ),
  held_caller as materialized (
    select c.user_id
    from workspace_members c
    where
      c.workspace_id = :workspaceId!
      and c.user_id = :userId!
      and c.role::text = any(:permittedRoles!::text[])
    for share
  ),
  standing_words as (
    select distinct on (a.user_id)
      a.user_id,
      a.decision
    from post_approvals a
    where
      a.workspace_id = :workspaceId!
      and a.post_id = :id!
      and a.content_revision = :contentRevision!
    order by
      a.user_id,
      a.created_at desc,
      a.id desc
  ),
  approving_users as (
    select s.user_id
    from standing_words s
    where s.decision = 'approved'
  ),
  missing_approvers as (
    select r.user_id
    from
      workspaces w
      join workspace_approvers r on r.workspace_id = :workspaceId!
      join workspace_members m on m.workspace_id = :workspaceId!
        and m.user_id = r.user_id
    where
      w.id = :workspaceId!
      and w.approval_policy = 'all'
      and m.role::text = any(:permittedRoles!::text[])
      and r.user_id <> :userId!
      and not exists (
        select 1
        from approving_users a
        where a.user_id = r.user_id
      )
  ),
  word as materialized (
    select
      case
        when :decision!::approval_decision = 'rejected' then 'changes_requested'::post_status
        when not exists (select 1 from missing_approvers) then 'approved'
        else 'in_review'
      end as status,
      (
        :decision!::approval_decision = 'approved'
        and exists (
          select 1
          from approving_users a
          where a.user_id = :userId!
        )
      ) as is_repeated
  ),
  moved_post as (
    update posts p
    set
      status = w.status,
      approved_revision = case when w.status = 'approved' then p.content_revision else p.approved_revision end,
      version = p.version + 1
    from
      actor
      cross join held_caller
      cross join word w
    where
      p.workspace_id = :workspaceId!
      and p.id = :id!
      and p.version = :version!
      and p.status = 'in_review'
      and p.content_revision = :contentRevision!
      and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))
      and (not w.is_repeated or w.status = 'approved')
    returning
      p.status,
      p.approved_revision as "approvedRevision",
      p.version,
      p.updated_at as "updatedAt"
  ),
  inserted_approval as (
    insert into post_approvals (workspace_id, id, post_id, content_revision, user_id, decision, reason)
    select
      :workspaceId!, :approvalId!, :id!, :contentRevision!, :userId!, :decision!::approval_decision, :reason::text
    from
      actor
      cross join moved_post
      cross join word w
    where not w.is_repeated
  ),
  recorded_answer as (
    insert into idempotency_keys (
      workspace_id, principal_id, key, route, fingerprint, status, response, created_at, expires_at
    )
    select
      :workspaceId!, :idempotencyPrincipal, :idempotencyKey, :idempotencyRoute, :idempotencyFingerprint, 200,
      :post!::jsonb || to_jsonb(d), :now!, :now!::timestamptz + interval '24 hours'
    from moved_post d
    where :idempotencyKey::text is not null
  )
select
  d.status as "status",
  d."approvedRevision",
  d.version as "version",
  d."updatedAt" as "updatedAt"
from moved_post d`,
})
