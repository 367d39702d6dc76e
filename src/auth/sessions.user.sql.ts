// Generated from sql/auth/sessions.user.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type SessionRevocation = 'admin' | 'erased' | 'logout' | 'password' | 'reuse' | 'revoked'

type WorkspaceRole = 'admin' | 'analyst' | 'client' | 'editor' | 'owner'

export type ListSessionsParams = {
  userId: string
  now: string
  beforeId?: string | null | undefined
  limit: number
}

export type ListSessionsResult = {
  id: string
  device: string | null
  place: string | null
  lastSeenAt: string
  createdAt: string
}

/** The user's live sessions, newest first. */
export const listSessions = new PreparedQuery<ListSessionsParams, ListSessionsResult>({
  params: [
    { name: 'userId', required: true, locs: [{ a: 143, b: 150 }] },
    { name: 'now', required: true, locs: [{ a: 205, b: 209 }, { a: 241, b: 245 }] },
    { name: 'beforeId', required: false, locs: [{ a: 254, b: 262 }, { a: 288, b: 296 }] },
    { name: 'limit', required: true, locs: [{ a: 324, b: 330 }] },
  ],
  statement: `select
  s.id,
  s.device,
  s.place,
  s.last_seen_at as "lastSeenAt",
  s.created_at as "createdAt"
from user_sessions s
where
  s.user_id = :userId!
  and s.revoked_at is null
  and s.idle_expires_at > :now!
  and s.absolute_expires_at > :now!
  and (:beforeId::uuid is null or s.id < :beforeId)
order by s.id desc
limit :limit!`,
})

export type InsertSessionParams = {
  actor: string
  userId: string
  passwordHash: string
  challengeDigest?: string | null | undefined
  wantedWorkspaceId?: string | null | undefined
  maxAnswers: number
  now: string
  step?: number | null | undefined
  recoveryDigest?: string | null | undefined
  signCount?: number | null | undefined
  isBackedUp?: boolean | null | undefined
  passkeyId?: string | null | undefined
  id: string
  device?: string | null | undefined
  place?: string | null | undefined
  address?: string | null | undefined
  idleExpiresAt: string
  absoluteExpiresAt: string
  outboxId: string
  codeMailId: string
  innerMac: string
}

export type InsertSessionResult = {
  mac: string | null
  workspaceId: string | null
  workspaceName: string | null
  role: WorkspaceRole | null
  hasEntrance: boolean
  hasMail: boolean
}

/**
 * A new session, for the workspace asked for, else the one that this user's latest session used, else the oldest
 * membership, else none. Only while the password hash is the one that was checked: the lock waits for whoever changes it,
 * and a session that an old password opened never outlives the change. And by the password alone only while the account
 * has no second factor. A device and place that none of the earlier
 * sessions had is told by mail.
 *
 * With :challengeDigest the session is the second step of a login, and is opened by using up the challenge and one answer
 * to it: a time step of the app, a recovery code, or the counter of a passkey's answer. A counter that does not rise
 * belongs to a copy, unless the authenticator has none (always zero). Either all of it happens or nothing: of many at once
 * with one challenge, one step or one code, the first one wins, since what it used is gone when the others get to the row.
 *
 * No MAC when nothing was opened: the workspace asked for is not the user's, or else the answer was used, or the challenge
 * is gone.
 */
export const insertSession = new PreparedQuery<InsertSessionParams, InsertSessionResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'userId', required: true, locs: [{ a: 174, b: 181 }, { a: 439, b: 446 }, { a: 609, b: 616 }, { a: 771, b: 778 }, { a: 1088, b: 1095 }, { a: 1694, b: 1701 }, { a: 2023, b: 2030 }, { a: 2326, b: 2333 }, { a: 2724, b: 2731 }, { a: 3259, b: 3266 }, { a: 4137, b: 4144 }] },
    { name: 'passwordHash', required: true, locs: [{ a: 241, b: 254 }] },
    { name: 'challengeDigest', required: false, locs: [{ a: 276, b: 291 }, { a: 1647, b: 1662 }, { a: 3177, b: 3192 }, { a: 3821, b: 3836 }] },
    { name: 'wantedWorkspaceId', required: false, locs: [{ a: 1108, b: 1125 }, { a: 1151, b: 1168 }, { a: 1418, b: 1435 }] },
    { name: 'maxAnswers', required: true, locs: [{ a: 1764, b: 1775 }] },
    { name: 'now', required: true, locs: [{ a: 1802, b: 1806 }, { a: 2204, b: 2208 }, { a: 2602, b: 2606 }, { a: 3559, b: 3563 }, { a: 3593, b: 3597 }, { a: 3643, b: 3647 }, { a: 4296, b: 4300 }, { a: 4581, b: 4585 }] },
    { name: 'step', required: false, locs: [{ a: 1893, b: 1897 }, { a: 2093, b: 2097 }] },
    { name: 'recoveryDigest', required: false, locs: [{ a: 2363, b: 2377 }] },
    { name: 'signCount', required: false, locs: [{ a: 2518, b: 2527 }, { a: 2793, b: 2802 }, { a: 2837, b: 2846 }] },
    { name: 'isBackedUp', required: false, locs: [{ a: 2559, b: 2569 }] },
    { name: 'passkeyId', required: false, locs: [{ a: 2750, b: 2759 }] },
    { name: 'id', required: true, locs: [{ a: 3526, b: 3529 }, { a: 4290, b: 4293 }] },
    { name: 'device', required: false, locs: [{ a: 3566, b: 3572 }, { a: 4032, b: 4038 }] },
    { name: 'place', required: false, locs: [{ a: 3575, b: 3580 }, { a: 4073, b: 4078 }] },
    { name: 'address', required: false, locs: [{ a: 3583, b: 3590 }] },
    { name: 'idleExpiresAt', required: true, locs: [{ a: 3667, b: 3681 }] },
    { name: 'absoluteExpiresAt', required: true, locs: [{ a: 3684, b: 3702 }] },
    { name: 'outboxId', required: true, locs: [{ a: 4248, b: 4257 }] },
    { name: 'codeMailId', required: true, locs: [{ a: 4529, b: 4540 }] },
    { name: 'innerMac', required: true, locs: [{ a: 4671, b: 4680 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  current_account as (
    select u.id
    from users u
    where
      u.id = :userId!
      and u.status = 'active'
      and u.password_hash = :passwordHash!
      and (
        :challengeDigest::text is not null
        or not (
          exists (
            select
            from user_totp t
            where
              t.user_id = :userId!
              and t.confirmed_at is not null
          )
          or exists (
            select
            from user_passkeys p
            where p.user_id = :userId!
          )
        )
      )
    for key share of u
  ),
  latest_session as (
    select s.workspace_id
    from user_sessions s
    where s.user_id = :userId!
    order by s.last_seen_at desc
    limit 1
  ),
  chosen_workspace as (
    select w.id, w.name, m.role
    from
      workspace_members m
      join workspaces w on w.id = m.workspace_id
        and w.status = 'active'
      left join latest_session l on l.workspace_id = w.id
    where
      m.user_id = :userId!
      and (:wantedWorkspaceId::uuid is null or w.id = :wantedWorkspaceId)
    order by (l.workspace_id is not null) desc, m.joined_at, w.id
    limit 1
  ),
  entrance as materialized (
    select a.id as user_id, c.id as workspace_id
    from
      current_account a
      left join chosen_workspace c on true
    where :wantedWorkspaceId::uuid is null or c.id is not null
  ),
  asked_challenge as materialized (
    select c.user_id
    from
      auth_challenges c
      join entrance e on e.user_id = c.user_id
    where
      c.digest = decode(:challengeDigest, 'hex')
      and c.user_id = :userId!
      and c.purpose = 'second_factor'
      and c.attempts < :maxAnswers!
      and c.expires_at > :now!
    for update of c
  ),
  used_step as (
    update user_totp t
    set last_step = :step::bigint
    from
      actor
      cross join asked_challenge c
    where
      t.user_id = c.user_id
      and t.user_id = :userId!
      and t.confirmed_at is not null
      and t.last_step < :step::bigint
    returning t.user_id
  ),
  used_code as (
    update user_recovery_codes r
    set used_at = :now!
    from
      actor
      cross join asked_challenge c
    where
      r.user_id = c.user_id
      and r.user_id = :userId!
      and r.digest = decode(:recoveryDigest, 'hex')
      and r.used_at is null
    returning r.user_id
  ),
  used_counter as (
    update user_passkeys p
    set
      sign_count = :signCount::bigint,
      is_backed_up = :isBackedUp::boolean,
      last_used_at = :now!
    from
      actor
      cross join asked_challenge c
    where
      p.user_id = c.user_id
      and p.user_id = :userId!
      and p.id = :passkeyId::uuid
      and (p.sign_count < :signCount::bigint or (p.sign_count = 0 and :signCount::bigint = 0))
    returning p.user_id
  ),
  used_challenge as (
    delete from auth_challenges c
    using (
      select s.user_id
      from used_step s
      union all
      select r.user_id
      from used_code r
      union all
      select p.user_id
      from used_counter p
    ) used
    where
      c.digest = decode(:challengeDigest, 'hex')
      and c.user_id = used.user_id
      and c.user_id = :userId!
    returning c.user_id
  ),
  inserted_session as (
    insert into user_sessions (
      id, user_id, workspace_id, last_seen_at, device, place, address_prefix, proved_at, second_factor_at,
      idle_expires_at, absolute_expires_at
    )
    select
      :id!, e.user_id, e.workspace_id, :now!, :device, :place, :address, :now!,
      case when c.user_id is not null then :now!::timestamptz end, :idleExpiresAt!, :absoluteExpiresAt!
    from
      actor
      cross join entrance e
      left join used_challenge c on c.user_id = e.user_id
    where :challengeDigest::text is null or c.user_id is not null
    returning user_id, secret
  ),
  earlier_sessions as (
    select
      count(*) as number,
      count(*) filter (where s.device is not distinct from :device and s.place is not distinct from :place) as alike
    from user_sessions s
    where s.user_id = :userId!
  ),
  new_device_mail as (
    insert into outbox (id, kind, user_id, subject_id, due_at)
    select :outboxId!, 'mail/new-device', s.user_id, :id!, :now!
    from
      inserted_session s
      cross join earlier_sessions e
    where
      e.number > 0
      and e.alike = 0
    returning id
  ),
  used_code_mail as (
    insert into outbox (id, kind, user_id, due_at)
    select :codeMailId!, 'mail/recovery-code-used', r.user_id, :now!
    from used_code r
    returning id
  )
select
  encode(sha256(s.secret || decode(:innerMac!, 'hex')), 'hex') as "mac",
  c.id as "workspaceId",
  c.name as "workspaceName",
  c.role as "role",
  exists (select 1 from entrance) as "hasEntrance",
  exists (select 1 from new_device_mail) or exists (select 1 from used_code_mail) as "hasMail"
from
  current_account a
  left join inserted_session s on s.user_id = a.id
  left join chosen_workspace c on true`,
})

export type RotateSessionParams = {
  sessionId: string
  actor: string
  wantedWorkspaceId?: string | null | undefined
  generation: number
  now: string
  idleExpiresAt: string
  leewayStartedAt: string
  mac: string
  innerMacs: readonly string[]
  nextInnerMac: string
  outboxId: string
}

export type RotateSessionResult = {
  isReused: boolean
  isWorkspaceClear: boolean
  nextMac: string
  workspaceId: string | null
  workspaceName: string | null
  role: WorkspaceRole | null
  userId: string
  emailCiphertext: string | null
  nameCiphertext: string | null
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
 * Answers a presented refresh token. One UPDATE, so that of two hundred at once the first rotates and the others, which
 * wait for its row lock and then see its work, are tolerated:
 *
 * - the current generation moves on to the next one;
 * - the one before it, within the leeway, is answered with the current one and changes nothing;
 * - an older one, or one after the leeway, ends the session, and the user is told by mail: the token has been used by two
 * parties.
 *
 * The actor is the session's user, who is known only here. A MAC that does not fit, a session that has ended and a user
 * who is not active change nothing and give no row. Without :wantedWorkspaceId the user must have at most one active
 * workspace; isWorkspaceClear false says that nothing was rotated for that reason.
 */
export const rotateSession = new PreparedQuery<RotateSessionParams, RotateSessionResult>({
  params: [
    { name: 'sessionId', required: true, locs: [{ a: 170, b: 180 }, { a: 2126, b: 2136 }, { a: 2728, b: 2738 }] },
    { name: 'actor', required: true, locs: [{ a: 272, b: 278 }] },
    { name: 'wantedWorkspaceId', required: false, locs: [{ a: 699, b: 716 }, { a: 742, b: 759 }, { a: 897, b: 914 }] },
    { name: 'generation', required: true, locs: [{ a: 1131, b: 1142 }, { a: 1248, b: 1259 }, { a: 1381, b: 1392 }, { a: 1395, b: 1406 }, { a: 1751, b: 1762 }, { a: 1795, b: 1806 }, { a: 1942, b: 1953 }, { a: 1986, b: 1997 }, { a: 2271, b: 2282 }] },
    { name: 'now', required: true, locs: [{ a: 1281, b: 1285 }, { a: 1509, b: 1513 }, { a: 1856, b: 1860 }, { a: 2199, b: 2203 }, { a: 2239, b: 2243 }, { a: 2741, b: 2745 }] },
    { name: 'idleExpiresAt', required: true, locs: [{ a: 1604, b: 1618 }] },
    { name: 'leewayStartedAt', required: true, locs: [{ a: 1832, b: 1848 }, { a: 2023, b: 2039 }] },
    { name: 'mac', required: true, locs: [{ a: 2294, b: 2298 }] },
    { name: 'innerMacs', required: true, locs: [{ a: 2396, b: 2406 }] },
    { name: 'nextInnerMac', required: true, locs: [{ a: 2541, b: 2554 }] },
    { name: 'outboxId', required: true, locs: [{ a: 2682, b: 2691 }] },
  ],
  statement: `with
  presented_session as (
    select s.user_id
    from
      user_sessions s
      join users u on u.id = s.user_id
        and u.status = 'active'
    where s.id = :sessionId!
  ),
  actor as materialized (
    select
      set_config(
        'app.actor',
        (:actor!::text::jsonb || jsonb_build_object('id', p.user_id, 'userId', p.user_id))::text,
        true
      ) as value
    from presented_session p
  ),
  candidate_workspaces as (
    select w.id, w.name, m.role, count(*) over () as candidates
    from
      presented_session p
      join workspace_members m on m.user_id = p.user_id
      join workspaces w on w.id = m.workspace_id
        and w.status = 'active'
    where :wantedWorkspaceId::uuid is null or w.id = :wantedWorkspaceId
  ),
  choice as materialized (
    select
      c.id,
      c.name,
      c.role,
      (c.candidates = 1 or (c.candidates is null and :wantedWorkspaceId::uuid is null)) as is_clear
    from
      actor
      left join candidate_workspaces c on true
    limit 1
  ),
  rotated_session as (
    update user_sessions s
    set
      generation = case when s.generation = :generation! and c.is_clear then s.generation + 1 else s.generation end,
      rotated_at = case when s.generation = :generation! and c.is_clear then :now! else s.rotated_at end,
      workspace_id = case
        when c.is_clear and s.generation in (:generation!, :generation! + 1) then c.id
        else s.workspace_id
      end,
      last_seen_at = case when c.is_clear then :now! else s.last_seen_at end,
      idle_expires_at = case
        when c.is_clear then least(:idleExpiresAt!::timestamptz, s.absolute_expires_at)
        else s.idle_expires_at
      end,
      revoked_at = case
        when s.generation > :generation! + 1
        or (s.generation = :generation! + 1 and s.rotated_at <= :leewayStartedAt!) then :now!::timestamptz
      end,
      revoked_reason = case
        when s.generation > :generation! + 1
        or (s.generation = :generation! + 1 and s.rotated_at <= :leewayStartedAt!) then 'reuse'::session_revocation
      end
    from choice c
    where
      s.id = :sessionId!
      and s.revoked_at is null
      and s.idle_expires_at > :now!
      and s.absolute_expires_at > :now!
      and s.generation >= :generation!
      and :mac! in (
        select encode(sha256(s.secret || decode(i.mac, 'hex')), 'hex')
        from unnest(:innerMacs!::text[]) i (mac)
      )
    returning
      s.user_id,
      s.revoked_at,
      c.is_clear,
      encode(sha256(s.secret || decode(:nextInnerMac!, 'hex')), 'hex') as next_mac
  ),
  reuse_mail as (
    insert into outbox (id, kind, user_id, subject_id, due_at)
    select :outboxId!, 'mail/session-reused', r.user_id, :sessionId!, :now!
    from rotated_session r
    where r.revoked_at is not null
  )
select
  (r.revoked_at is not null) as "isReused",
  r.is_clear as "isWorkspaceClear",
  r.next_mac as "nextMac",
  c.id as "workspaceId",
  c.name as "workspaceName",
  c.role as "role",
  u.id as "userId",
  u.email_ciphertext as "emailCiphertext",
  u.name_ciphertext as "nameCiphertext",
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
  rotated_session r
  join users u on u.id = r.user_id
  join encryption_keys k on k.id = u.data_key_id
  left join choice c on true`,
})

export type RevokeSessionParams = {
  actor: string
  now: string
  reason: SessionRevocation
  sessionId: string
  userId: string
}

export type RevokeSessionResult = {
  id: string
  workspaceId: string | null
}

/** Ends one of the user's live sessions. */
export const revokeSession = new PreparedQuery<RevokeSessionParams, RevokeSessionResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'now', required: true, locs: [{ a: 136, b: 140 }] },
    { name: 'reason', required: true, locs: [{ a: 162, b: 169 }] },
    { name: 'sessionId', required: true, locs: [{ a: 197, b: 207 }] },
    { name: 'userId', required: true, locs: [{ a: 227, b: 234 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
update user_sessions s
set
  revoked_at = :now!,
  revoked_reason = :reason!
from actor
where
  s.id = :sessionId!
  and s.user_id = :userId!
  and s.revoked_at is null
returning
  s.id,
  s.workspace_id as "workspaceId"`,
})

export type RevokeOtherSessionsParams = {
  actor: string
  now: string
  userId: string
  keptSessionId: string
}

export type RevokeOtherSessionsResult = {
  id: string
  workspaceId: string | null
}

/** Ends every live session of the user but one. */
export const revokeOtherSessions = new PreparedQuery<RevokeOtherSessionsParams, RevokeOtherSessionsResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'now', required: true, locs: [{ a: 136, b: 140 }] },
    { name: 'userId', required: true, locs: [{ a: 203, b: 210 }] },
    { name: 'keptSessionId', required: true, locs: [{ a: 226, b: 240 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
update user_sessions s
set
  revoked_at = :now!,
  revoked_reason = 'revoked'
from actor
where
  s.user_id = :userId!
  and s.id <> :keptSessionId!
  and s.revoked_at is null
returning
  s.id,
  s.workspace_id as "workspaceId"`,
})
