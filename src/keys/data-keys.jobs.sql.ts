// Generated from sql/keys/data-keys.jobs.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

export type FindDataKeyRotationParams = void

export type FindDataKeyRotationResult = {
  now: string
  lastStartedAt: string | null
}

/** The time by the clock that also writes created_at, and when the latest rotation of data keys began. */
export const findDataKeyRotation = new PreparedQuery<FindDataKeyRotationParams, FindDataKeyRotationResult>({
  params: [],
  statement: `select
  now() as "now",
  max(k.not_before) filter (
    where k.key_version > 1
  ) as "lastStartedAt"
from encryption_keys k
where k.purpose in ('user_data', 'workspace_data')`,
})

export type ListUsersUnderOldKeysParams = {
  startedAt: string
  afterId?: string | null | undefined
  limit: number
}

export type ListUsersUnderOldKeysResult = {
  id: string
  emailCiphertext: string
  nameCiphertext: string
  pendingEmailCiphertext: string | null
  dataKeyId: string
  kekVersion: number
  wrappedKey: string | null
}

/** People whose data key was made before the rotation began, by id. */
export const listUsersUnderOldKeys = new PreparedQuery<ListUsersUnderOldKeysParams, ListUsersUnderOldKeysResult>({
  params: [
    { name: 'startedAt', required: true, locs: [{ a: 359, b: 369 }] },
    { name: 'afterId', required: false, locs: [{ a: 378, b: 385 }, { a: 411, b: 418 }] },
    { name: 'limit', required: true, locs: [{ a: 441, b: 447 }] },
  ],
  statement: `select
  u.id,
  u.email_ciphertext as "emailCiphertext",
  u.name_ciphertext as "nameCiphertext",
  u.pending_email_ciphertext as "pendingEmailCiphertext",
  k.id as "dataKeyId",
  k.kek_version as "kekVersion",
  k.wrapped_key as "wrappedKey"
from
  users u
  join encryption_keys k on k.id = u.data_key_id
where
  u.status <> 'erased'
  and k.created_at < :startedAt!
  and (:afterId::uuid is null or u.id > :afterId)
order by u.id
limit :limit!`,
})

export type ListWorkspacesUnderOldKeysParams = {
  startedAt: string
  afterId?: string | null | undefined
  limit: number
}

export type ListWorkspacesUnderOldKeysResult = {
  id: string
  workspaceId: string
}

/** Workspaces whose data key was made before the rotation began, by the key's id. */
export const listWorkspacesUnderOldKeys = new PreparedQuery<ListWorkspacesUnderOldKeysParams, ListWorkspacesUnderOldKeysResult>({
  params: [
    { name: 'startedAt', required: true, locs: [{ a: 156, b: 166 }] },
    { name: 'afterId', required: false, locs: [{ a: 175, b: 182 }, { a: 208, b: 215 }] },
    { name: 'limit', required: true, locs: [{ a: 238, b: 244 }] },
  ],
  statement: `select
  k.id,
  k.workspace_id as "workspaceId"
from encryption_keys k
where
  k.purpose = 'workspace_data'
  and k.status = 'active'
  and k.created_at < :startedAt!
  and (:afterId::uuid is null or k.id > :afterId)
order by k.id
limit :limit!`,
})

export type ListTotpUnderOldKeysParams = {
  afterId?: string | null | undefined
  limit: number
}

export type ListTotpUnderOldKeysResult = {
  rowId: string
  owner: string
  stored: string
  oldKeyId: string
  oldKekVersion: number
  oldWrappedKey: string | null
  newKeyId: string
  newKekVersion: number
  newWrappedKey: string | null
}

/** Secrets of second factors whose key makes no new values any more, with that key and the person's current one. */
export const listTotpUnderOldKeys = new PreparedQuery<ListTotpUnderOldKeysParams, ListTotpUnderOldKeysResult>({
  params: [
    { name: 'afterId', required: false, locs: [{ a: 458, b: 465 }, { a: 496, b: 503 }] },
    { name: 'limit', required: true, locs: [{ a: 530, b: 536 }] },
  ],
  statement: `select
  t.user_id as "rowId",
  t.user_id as "owner",
  t.secret_ciphertext as "stored",
  o.id as "oldKeyId",
  o.kek_version as "oldKekVersion",
  o.wrapped_key as "oldWrappedKey",
  n.id as "newKeyId",
  n.kek_version as "newKekVersion",
  n.wrapped_key as "newWrappedKey"
from
  user_totp t
  join encryption_keys o on o.id = t.data_key_id
    and o.status <> 'active'
  join encryption_keys n on n.user_id = t.user_id
    and n.status = 'active'
where :afterId::uuid is null or t.user_id > :afterId
order by t.user_id
limit :limit!`,
})

export type ListInvitationsUnderOldKeysParams = {
  afterId?: string | null | undefined
  limit: number
}

export type ListInvitationsUnderOldKeysResult = {
  rowId: string
  owner: string
  stored: string
  oldKeyId: string
  oldKekVersion: number
  oldWrappedKey: string | null
  newKeyId: string
  newKekVersion: number
  newWrappedKey: string | null
}

/** Addresses of open invitations whose key makes no new values any more, with it and the workspace's current one. */
export const listInvitationsUnderOldKeys = new PreparedQuery<ListInvitationsUnderOldKeysParams, ListInvitationsUnderOldKeysResult>({
  params: [
    { name: 'afterId', required: false, locs: [{ a: 479, b: 486 }, { a: 512, b: 519 }] },
    { name: 'limit', required: true, locs: [{ a: 541, b: 547 }] },
  ],
  statement: `select
  i.id as "rowId",
  i.workspace_id as "owner",
  i.email_ciphertext as "stored",
  o.id as "oldKeyId",
  o.kek_version as "oldKekVersion",
  o.wrapped_key as "oldWrappedKey",
  n.id as "newKeyId",
  n.kek_version as "newKekVersion",
  n.wrapped_key as "newWrappedKey"
from
  workspace_invitations i
  join encryption_keys o on o.id = i.data_key_id
    and o.status <> 'active'
  join encryption_keys n on n.workspace_id = i.workspace_id
    and n.status = 'active'
where :afterId::uuid is null or i.id > :afterId
order by i.id
limit :limit!`,
})

export type CountDataKeyWorkParams = {
  startedAt: string
}

export type CountDataKeyWorkResult = {
  users: number
  workspaces: number
  totpSecrets: number
  invitations: number
  retiringKeys: number
}

/** What a rotation of data keys that began then has still to do. */
export const countDataKeyWork = new PreparedQuery<CountDataKeyWorkParams, CountDataKeyWorkResult>({
  params: [
    { name: 'startedAt', required: true, locs: [{ a: 169, b: 179 }, { a: 353, b: 363 }] },
  ],
  statement: `select
  (
    select count(*)
    from
      users u
      join encryption_keys k on k.id = u.data_key_id
    where
      u.status <> 'erased'
      and k.created_at < :startedAt!
  )::int as "users",
  (
    select count(*)
    from encryption_keys k
    where
      k.purpose = 'workspace_data'
      and k.status = 'active'
      and k.created_at < :startedAt!
  )::int as "workspaces",
  (
    select count(*)
    from
      user_totp t
      join encryption_keys k on k.id = t.data_key_id
    where k.status <> 'active'
  )::int as "totpSecrets",
  (
    select count(*)
    from
      workspace_invitations i
      join encryption_keys k on k.id = i.data_key_id
    where k.status <> 'active'
  )::int as "invitations",
  (
    select count(*)
    from encryption_keys k
    where
      k.purpose in ('user_data', 'workspace_data')
      and k.status = 'retiring'
  )::int as "retiringKeys"`,
})

export type UpdateTotpKeysParams = {
  actor: string
  rowIds: readonly string[]
  newKeyIds: readonly string[]
  oldCiphertexts: readonly string[]
  newCiphertexts: readonly string[]
}

export type UpdateTotpKeysResult = {
  rowId: string
}

/** Puts secrets under another key, but for those that have been replaced since they were read. */
export const updateTotpKeys = new PreparedQuery<UpdateTotpKeysParams, UpdateTotpKeysResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'rowIds', required: true, locs: [{ a: 221, b: 228 }] },
    { name: 'newKeyIds', required: true, locs: [{ a: 239, b: 249 }] },
    { name: 'oldCiphertexts', required: true, locs: [{ a: 260, b: 275 }] },
    { name: 'newCiphertexts', required: true, locs: [{ a: 286, b: 301 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  locked_totp as (
    select t.user_id, r.new_key_id, r.new_ciphertext
    from
      actor
      cross join unnest(
        :rowIds!::uuid[], :newKeyIds!::uuid[], :oldCiphertexts!::text[], :newCiphertexts!::text[]
      ) r (
        user_id, new_key_id, old_ciphertext, new_ciphertext
      )
      join user_totp t on t.user_id = r.user_id
    where t.secret_ciphertext = r.old_ciphertext
    order by t.user_id
    for no key update of t
  )
update user_totp t
set
  data_key_id = l.new_key_id,
  secret_ciphertext = l.new_ciphertext
from locked_totp l
where t.user_id = l.user_id
returning t.user_id as "rowId"`,
})

export type UpdateInvitationKeysParams = {
  actor: string
  rowIds: readonly string[]
  owners: readonly string[]
  newKeyIds: readonly string[]
  oldCiphertexts: readonly string[]
  newCiphertexts: readonly string[]
}

export type UpdateInvitationKeysResult = {
  rowId: string
}

/** Puts addresses under another key, but for those of invitations that have been answered since they were read. */
export const updateInvitationKeys = new PreparedQuery<UpdateInvitationKeysParams, UpdateInvitationKeysResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'rowIds', required: true, locs: [{ a: 238, b: 245 }] },
    { name: 'owners', required: true, locs: [{ a: 256, b: 263 }] },
    { name: 'newKeyIds', required: true, locs: [{ a: 274, b: 284 }] },
    { name: 'oldCiphertexts', required: true, locs: [{ a: 295, b: 310 }] },
    { name: 'newCiphertexts', required: true, locs: [{ a: 321, b: 336 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  locked_invitation as (
    select i.workspace_id, i.id, r.new_key_id, r.new_ciphertext
    from
      actor
      cross join unnest(
        :rowIds!::uuid[], :owners!::uuid[], :newKeyIds!::uuid[], :oldCiphertexts!::text[], :newCiphertexts!::text[]
      ) r (
        id, workspace_id, new_key_id, old_ciphertext, new_ciphertext
      )
      join workspace_invitations i on i.workspace_id = r.workspace_id
        and i.id = r.id
    where i.email_ciphertext = r.old_ciphertext
    order by i.id
    for no key update of i
  )
update workspace_invitations i
set
  data_key_id = l.new_key_id,
  email_ciphertext = l.new_ciphertext
from locked_invitation l
where
  i.workspace_id = l.workspace_id
  and i.id = l.id
returning i.id as "rowId"`,
})

export type UpdateUnusedDataKeysParams = {
  actor: string
  limit: number
  now: string
}

export type UpdateUnusedDataKeysResult = {
  id: string
}

/** Retires data keys under which nothing is left. */
export const updateUnusedDataKeys = new PreparedQuery<UpdateUnusedDataKeysParams, UpdateUnusedDataKeysResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'limit', required: true, locs: [{ a: 591, b: 597 }] },
    { name: 'now', required: true, locs: [{ a: 669, b: 673 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  unused_key as (
    select k.id
    from encryption_keys k
    where
      k.purpose in ('user_data', 'workspace_data')
      and k.status = 'retiring'
      and not exists (
        select 1
        from users u
        where u.data_key_id = k.id
      )
      and not exists (
        select 1
        from user_totp t
        where t.data_key_id = k.id
      )
      and not exists (
        select 1
        from workspace_invitations i
        where i.data_key_id = k.id
      )
    limit :limit!
  )
update encryption_keys k
set
  status = 'retired',
  retired_at = :now!
from
  actor
  cross join unused_key e
where
  k.id = e.id
  and k.status = 'retiring'
returning k.id`,
})

export type RotateUserKeysParams = {
  actor: string
  userIds: readonly string[]
  oldKeyIds: readonly string[]
  newKeyIds: readonly string[]
  wrappedKeys: readonly string[]
  oldEmailCiphertexts: readonly string[]
  newEmailCiphertexts: readonly string[]
  oldNameCiphertexts: readonly string[]
  newNameCiphertexts: readonly string[]
  oldPendingEmailCiphertexts: readonly string[]
  newPendingEmailCiphertexts: readonly string[]
  kekVersion: number
  startedAt: string
}

export type RotateUserKeysResult = {
  id: string
}

/**
 * Gives people a new data key, with what it encrypts: all of it or, for a person whose row has changed since it was read,
 * none. The old key reads what other tables hold until that has followed. The UPDATE takes its rows from the insertion of
 * the new key, and that from the old key's change of status: of two active keys the second would be refused. A pending
 * address that is not there is ''.
 */
export const rotateUserKeys = new PreparedQuery<RotateUserKeysParams, RotateUserKeysResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'userIds', required: true, locs: [{ a: 349, b: 357 }] },
    { name: 'oldKeyIds', required: true, locs: [{ a: 376, b: 386 }] },
    { name: 'newKeyIds', required: true, locs: [{ a: 405, b: 415 }] },
    { name: 'wrappedKeys', required: true, locs: [{ a: 434, b: 446 }] },
    { name: 'oldEmailCiphertexts', required: true, locs: [{ a: 465, b: 485 }] },
    { name: 'newEmailCiphertexts', required: true, locs: [{ a: 504, b: 524 }] },
    { name: 'oldNameCiphertexts', required: true, locs: [{ a: 543, b: 562 }] },
    { name: 'newNameCiphertexts', required: true, locs: [{ a: 581, b: 600 }] },
    { name: 'oldPendingEmailCiphertexts', required: true, locs: [{ a: 619, b: 646 }] },
    { name: 'newPendingEmailCiphertexts', required: true, locs: [{ a: 665, b: 692 }] },
    { name: 'kekVersion', required: true, locs: [{ a: 1723, b: 1734 }] },
    { name: 'startedAt', required: true, locs: [{ a: 1752, b: 1762 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  locked_user as (
    select
      u.id,
      u.data_key_id,
      r.new_key_id,
      r.wrapped_key,
      r.new_email_ciphertext,
      r.new_name_ciphertext,
      r.new_pending_email_ciphertext
    from
      actor
      cross join unnest(
        :userIds!::uuid[],
        :oldKeyIds!::uuid[],
        :newKeyIds!::uuid[],
        :wrappedKeys!::text[],
        :oldEmailCiphertexts!::text[],
        :newEmailCiphertexts!::text[],
        :oldNameCiphertexts!::text[],
        :newNameCiphertexts!::text[],
        :oldPendingEmailCiphertexts!::text[],
        :newPendingEmailCiphertexts!::text[]
      ) r (
        user_id,
        old_key_id,
        new_key_id,
        wrapped_key,
        old_email_ciphertext,
        new_email_ciphertext,
        old_name_ciphertext,
        new_name_ciphertext,
        old_pending_email_ciphertext,
        new_pending_email_ciphertext
      )
      join users u on u.id = r.user_id
    where
      u.data_key_id = r.old_key_id
      and u.email_ciphertext = r.old_email_ciphertext
      and u.name_ciphertext = r.old_name_ciphertext
      and coalesce(u.pending_email_ciphertext, '') = r.old_pending_email_ciphertext
    order by u.id
    for no key update of u
  ),
  retiring_key as (
    update encryption_keys k
    set status = 'retiring'
    from locked_user l
    where
      k.id = l.data_key_id
      and k.status = 'active'
    returning l.id as user_id, k.key_version
  ),
  inserted_key as (
    insert into encryption_keys (id, purpose, key_version, user_id, kek_version, wrapped_key, not_before)
    select l.new_key_id, 'user_data', k.key_version + 1, l.id, :kekVersion!, l.wrapped_key, :startedAt!
    from
      retiring_key k
      join locked_user l on l.id = k.user_id
    returning id, user_id
  )
update users u
set
  data_key_id = k.id,
  email_ciphertext = l.new_email_ciphertext,
  name_ciphertext = l.new_name_ciphertext,
  pending_email_ciphertext = nullif(l.new_pending_email_ciphertext, '')
from
  inserted_key k
  join locked_user l on l.id = k.user_id
where u.id = k.user_id
returning u.id`,
})

export type RotateWorkspaceKeysParams = {
  actor: string
  oldKeyIds: readonly string[]
  newKeyIds: readonly string[]
  wrappedKeys: readonly string[]
  kekVersion: number
  startedAt: string
}

export type RotateWorkspaceKeysResult = {
  id: string
}

/** Gives workspaces a new data key for what is written from now on. The old one reads what has not followed yet. */
export const rotateWorkspaceKeys = new PreparedQuery<RotateWorkspaceKeysParams, RotateWorkspaceKeysResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'oldKeyIds', required: true, locs: [{ a: 219, b: 229 }] },
    { name: 'newKeyIds', required: true, locs: [{ a: 240, b: 250 }] },
    { name: 'wrappedKeys', required: true, locs: [{ a: 261, b: 273 }] },
    { name: 'kekVersion', required: true, locs: [{ a: 848, b: 859 }] },
    { name: 'startedAt', required: true, locs: [{ a: 877, b: 887 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  locked_key as (
    select k.id, k.workspace_id, r.new_key_id, r.wrapped_key
    from
      actor
      cross join unnest(:oldKeyIds!::uuid[], :newKeyIds!::uuid[], :wrappedKeys!::text[]) r (
        old_key_id, new_key_id, wrapped_key
      )
      join encryption_keys k on k.id = r.old_key_id
    where k.status = 'active'
    order by k.id
    for no key update of k
  ),
  retiring_key as (
    update encryption_keys k
    set status = 'retiring'
    from locked_key l
    where
      k.id = l.id
      and k.status = 'active'
    returning k.id, k.key_version
  )
insert into encryption_keys (id, purpose, key_version, workspace_id, kek_version, wrapped_key, not_before)
select l.new_key_id, 'workspace_data', k.key_version + 1, l.workspace_id, :kekVersion!, l.wrapped_key, :startedAt!
from
  retiring_key k
  join locked_key l on l.id = k.id
returning id`,
})
