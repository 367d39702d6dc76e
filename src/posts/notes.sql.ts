// Generated from sql/posts/notes.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

export type ListPostNotesParams = {
  workspaceId: string
  postId: string
  visibleAccountIds?: readonly string[] | null | undefined
  beforeId?: string | null | undefined
  limit: number
}

export type ListPostNotesResult = {
  id: string
  authorId: string
  text: string
  createdAt: string
}

/** Newest first. No rows also when the post does not exist. */
export const listPostNotes = new PreparedQuery<ListPostNotesParams, ListPostNotesResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 137, b: 149 }, { a: 201, b: 213 }] },
    { name: 'postId', required: true, locs: [{ a: 228, b: 235 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 244, b: 261 }, { a: 301, b: 318 }] },
    { name: 'beforeId', required: false, locs: [{ a: 337, b: 345 }, { a: 371, b: 379 }] },
    { name: 'limit', required: true, locs: [{ a: 407, b: 413 }] },
  ],
  statement: `select
  n.id,
  n.user_id as "authorId",
  n.text,
  n.created_at as "createdAt"
from
  posts p
  join post_notes n on n.workspace_id = :workspaceId!
    and n.post_id = p.id
where
  p.workspace_id = :workspaceId!
  and p.id = :postId!
  and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))
  and (:beforeId::uuid is null or n.id < :beforeId)
order by n.id desc
limit :limit!`,
})

export type InsertPostNoteParams = {
  actor: string
  workspaceId: string
  id: string
  userId: string
  text: string
  postId: string
  visibleAccountIds?: readonly string[] | null | undefined
  idempotencyPrincipal?: string | null | undefined
  idempotencyKey?: string | null | undefined
  idempotencyRoute?: string | null | undefined
  idempotencyFingerprint?: string | null | undefined
  now: string
}

export type InsertPostNoteResult = {
  id: string
  authorId: string
  text: string
  createdAt: string
}

/** No row when the post does not exist. With an Idempotency-Key also the record of the answer. */
export const insertPostNote = new PreparedQuery<InsertPostNoteParams, InsertPostNoteResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 197, b: 209 }, { a: 320, b: 332 }, { a: 716, b: 728 }] },
    { name: 'id', required: true, locs: [{ a: 212, b: 215 }] },
    { name: 'userId', required: true, locs: [{ a: 224, b: 231 }] },
    { name: 'text', required: true, locs: [{ a: 234, b: 239 }] },
    { name: 'postId', required: true, locs: [{ a: 351, b: 358 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 371, b: 388 }, { a: 428, b: 445 }] },
    { name: 'idempotencyPrincipal', required: false, locs: [{ a: 731, b: 751 }] },
    { name: 'idempotencyKey', required: false, locs: [{ a: 754, b: 768 }, { a: 922, b: 936 }] },
    { name: 'idempotencyRoute', required: false, locs: [{ a: 771, b: 787 }] },
    { name: 'idempotencyFingerprint', required: false, locs: [{ a: 790, b: 812 }] },
    { name: 'now', required: true, locs: [{ a: 839, b: 843 }, { a: 846, b: 850 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  inserted_note as (
    insert into post_notes (workspace_id, id, post_id, user_id, text)
    select :workspaceId!, :id!, p.id, :userId!, :text!
    from
      actor
      cross join posts p
    where
      p.workspace_id = :workspaceId!
      and p.id = :postId!
      and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))
    returning id, user_id as "authorId", text, created_at as "createdAt"
  ),
  recorded_answer as (
    insert into idempotency_keys (
      workspace_id, principal_id, key, route, fingerprint, status, response, created_at, expires_at
    )
    select
      :workspaceId!, :idempotencyPrincipal, :idempotencyKey, :idempotencyRoute, :idempotencyFingerprint, 201,
      to_jsonb(n), :now!, :now!::timestamptz + interval '24 hours'
    from inserted_note n
    where :idempotencyKey::text is not null
  )
select n.id, n."authorId", n.text, n."createdAt"
from inserted_note n`,
})
