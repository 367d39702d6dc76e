// Generated from sql/keys/key-encryption.jobs.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

export type ListKeysUnderOtherKekParams = {
  kekVersion: number
  afterId?: string | null | undefined
  limit: number
}

export type ListKeysUnderOtherKekResult = {
  id: string
  owner: string | null
  kekVersion: number
  wrappedKey: string
}

/** Some of them, by id. The owner is the person or workspace whose data the key opens; NULL: the whole system's. */
export const listKeysUnderOtherKek = new PreparedQuery<ListKeysUnderOtherKekParams, ListKeysUnderOtherKekResult>({
  params: [
    { name: 'kekVersion', required: true, locs: [{ a: 210, b: 221 }] },
    { name: 'afterId', required: false, locs: [{ a: 230, b: 237 }, { a: 263, b: 270 }] },
    { name: 'limit', required: true, locs: [{ a: 293, b: 299 }] },
  ],
  statement: `select
  k.id,
  coalesce(k.user_id, k.workspace_id) as "owner",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey"
from encryption_keys k
where
  k.wrapped_key is not null
  and k.kek_version <> :kekVersion!
  and (:afterId::uuid is null or k.id > :afterId)
order by k.id
limit :limit!`,
})

export type CountKeysUnderOtherKekParams = {
  kekVersion: number
}

export type CountKeysUnderOtherKekResult = {
  count: number
}

/** Keys that another key-encryption key than the current one wraps. */
export const countKeysUnderOtherKek = new PreparedQuery<CountKeysUnderOtherKekParams, CountKeysUnderOtherKekResult>({
  params: [
    { name: 'kekVersion', required: true, locs: [{ a: 112, b: 123 }] },
  ],
  statement: `select count(*)::int as "count"
from encryption_keys k
where
  k.wrapped_key is not null
  and k.kek_version <> :kekVersion!`,
})

export type UpdateWrappedKeysParams = {
  actor: string
  ids: readonly string[]
  oldWrappedKeys: readonly string[]
  newWrappedKeys: readonly string[]
  kekVersion: number
}

export type UpdateWrappedKeysResult = {
  id: string
}

/** Puts the keys under the current key-encryption key, but for those that somebody else has wrapped anew meanwhile. */
export const updateWrappedKeys = new PreparedQuery<UpdateWrappedKeysParams, UpdateWrappedKeysResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'ids', required: true, locs: [{ a: 193, b: 197 }] },
    { name: 'oldWrappedKeys', required: true, locs: [{ a: 208, b: 223 }] },
    { name: 'newWrappedKeys', required: true, locs: [{ a: 234, b: 249 }] },
    { name: 'kekVersion', required: true, locs: [{ a: 499, b: 510 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  locked_key as (
    select k.id, w.new_wrapped_key
    from
      actor
      cross join unnest(:ids!::uuid[], :oldWrappedKeys!::text[], :newWrappedKeys!::text[]) w (
        id, old_wrapped_key, new_wrapped_key
      )
      join encryption_keys k on k.id = w.id
    where k.wrapped_key = w.old_wrapped_key
    order by k.id
    for no key update of k
  )
update encryption_keys k
set
  kek_version = :kekVersion!,
  wrapped_key = l.new_wrapped_key
from locked_key l
where k.id = l.id
returning k.id`,
})
