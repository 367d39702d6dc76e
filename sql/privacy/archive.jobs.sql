/*
What is known of one person, table by table, for the archive that the person asked for: no secret, no hash, and nothing
that is somebody else's. What they made in a workspace belongs to its team too: its content is shown while they are a
member, and afterwards that it exists.
*/
/* @name findPerson */
select
  u.id,
  u.status,
  u.email_ciphertext as "emailCiphertext",
  u.name_ciphertext as "nameCiphertext",
  u.pending_email_ciphertext as "pendingEmailCiphertext",
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
  users u
  join encryption_keys k on k.id = u.data_key_id
where
  u.id = :userId!
  and u.status <> 'erased';

/* The authenticator app, without its secret. */
/* @name findTotpOfPerson */
select t.confirmed_at as "confirmedAt"
from user_totp t
where t.user_id = :userId!;

/*
The first workspace after :afterId (NULL: of all) in whose trail the person appears; found by one step in the index, not
by all rows.
*/
/* @name findNextTrailOfPerson */
select a.workspace_id as "id!"
from audit_logs a
where
  a.user_id = :userId!
  and a.workspace_id is not null
  and (:afterId::uuid is null or a.workspace_id > :afterId)
order by a.workspace_id
limit 1;

/* Every login, with what was seen of the device. */
/* @name listSessionsOfPerson */
select
  s.id,
  s.workspace_id as "workspaceId",
  s.device,
  s.place,
  s.address_prefix as "addressPrefix",
  s.second_factor_at as "secondFactorAt",
  s.last_seen_at as "lastSeenAt",
  s.idle_expires_at as "idleExpiresAt",
  s.absolute_expires_at as "absoluteExpiresAt",
  s.revoked_at as "revokedAt",
  s.revoked_reason as "revokedReason",
  s.created_at as "createdAt"
from user_sessions s
where
  s.user_id = :userId!
  and (:afterId::uuid is null or s.id > :afterId)
order by s.id
limit :limit!;

/* Passkeys, without what signs in. */
/* @name listPasskeysOfPerson */
select
  p.id,
  p.device,
  p.transports,
  p.is_backed_up as "isBackedUp",
  p.aaguid,
  p.last_used_at as "lastUsedAt",
  p.created_at as "createdAt"
from user_passkeys p
where
  p.user_id = :userId!
  and (:afterId::uuid is null or p.id > :afterId)
order by p.id
limit :limit!;

/* Recovery codes, of which nothing but their use is known; a set has a few. */
/* @name listRecoveryCodesOfPerson */
select
  c.used_at as "usedAt",
  c.created_at as "createdAt"
from user_recovery_codes c
where c.user_id = :userId!
order by
  c.created_at,
  c.used_at
limit :limit!;

/* Memberships. */
/* @name listMembershipsOfPerson */
select
  m.workspace_id as "workspaceId",
  w.name as "workspaceName",
  m.role,
  m.joined_at as "joinedAt"
from
  workspace_members m
  join workspaces w on w.id = m.workspace_id
where
  m.user_id = :userId!
  and (:afterId::uuid is null or m.workspace_id > :afterId)
order by m.workspace_id
limit :limit!;

/* Workspaces that the person made. */
/* @name listWorkspacesOfPerson */
select
  w.id,
  case when m.user_id is not null then w.name end as "name",
  w.status,
  w.created_at as "createdAt",
  w.closed_at as "closedAt"
from
  workspaces w
  left join workspace_members m on m.workspace_id = w.id
    and m.user_id = w.created_by
where
  w.created_by = :userId!
  and (:afterId::uuid is null or w.id > :afterId)
order by w.id
limit :limit!;

/* Invitations that the person sent, without the address, which is another person's, and those they accepted. */
/* @name listInvitationsOfPerson */
select
  i.id,
  i.workspace_id as "workspaceId",
  (i.user_id = :userId!) as "isSent!",
  i.role,
  i.expires_at as "expiresAt",
  i.accepted_at as "acceptedAt",
  i.revoked_at as "revokedAt",
  i.created_at as "createdAt"
from workspace_invitations i
where
  (
    i.user_id = :userId!
    or i.accepted_by = :userId!
  )
  and (
    :afterWorkspaceId::uuid is null
    or (i.workspace_id, i.id) > (:afterWorkspaceId::uuid, :afterId::uuid)
  )
order by
  i.workspace_id,
  i.id
limit :limit!;

/* API keys that the person made, without the keys. */
/* @name listApiKeysOfPerson */
select
  k.workspace_id as "workspaceId",
  k.id,
  k.hint,
  k.scopes,
  k.expires_at as "expiresAt",
  k.last_used_at as "lastUsedAt",
  k.revoked_at as "revokedAt",
  k.created_at as "createdAt",
  (m.user_id is not null) as "isMember!",
  case when m.user_id is not null then k.name end as "name"
from
  api_keys k
  left join workspace_members m on m.workspace_id = k.workspace_id
    and m.user_id = k.user_id
where
  k.user_id = :userId!
  and (
    :afterWorkspaceId::uuid is null
    or k.workspace_id > :afterWorkspaceId
    or (k.workspace_id = :afterWorkspaceId and k.id < :afterId::uuid)
  )
order by
  k.workspace_id,
  k.id desc
limit :limit!;

/* Instagram accounts that the person connected. */
/* @name listAccountsOfPerson */
select
  a.workspace_id as "workspaceId",
  a.id,
  a.status,
  a.connected_at as "connectedAt",
  a.disconnected_at as "disconnectedAt",
  a.created_at as "createdAt",
  (m.user_id is not null) as "isMember!",
  case when m.user_id is not null then a.username end as "username",
  case when m.user_id is not null then a.name end as "name",
  case when m.user_id is not null then a.ig_user_id end as "igUserId"
from
  instagram_accounts a
  left join workspace_members m on m.workspace_id = a.workspace_id
    and m.user_id = a.user_id
where
  a.user_id = :userId!
  and (
    :afterWorkspaceId::uuid is null
    or a.workspace_id > :afterWorkspaceId
    or (a.workspace_id = :afterWorkspaceId and a.id < :afterId::uuid)
  )
order by
  a.workspace_id,
  a.id desc
limit :limit!;

/* Campaigns that the person planned. */
/* @name listCampaignsOfPerson */
select
  c.workspace_id as "workspaceId",
  c.id,
  c.status,
  c.created_at as "createdAt",
  c.updated_at as "updatedAt",
  (m.user_id is not null) as "isMember!",
  case when m.user_id is not null then c.name end as "name",
  case when m.user_id is not null then c.objective end as "objective",
  case when m.user_id is not null then c.budget_minor end as "budgetMinor",
  case when m.user_id is not null then c.currency end as "currency",
  case when m.user_id is not null then c.starts_on end as "startsOn",
  case when m.user_id is not null then c.ends_on end as "endsOn",
  case when m.user_id is not null then c.utm end as "utm",
  case when m.user_id is not null then c.goals end as "goals"
from
  campaigns c
  left join workspace_members m on m.workspace_id = c.workspace_id
    and m.user_id = c.user_id
where
  c.user_id = :userId!
  and (
    :afterWorkspaceId::uuid is null
    or c.workspace_id > :afterWorkspaceId
    or (c.workspace_id = :afterWorkspaceId and c.id < :afterId::uuid)
  )
order by
  c.workspace_id,
  c.id desc
limit :limit!;

/* Spend that the person entered. */
/* @name listSpendOfPerson */
select
  s.workspace_id as "workspaceId",
  s.id,
  s.campaign_id as "campaignId",
  s.created_at as "createdAt",
  (m.user_id is not null) as "isMember!",
  case when m.user_id is not null then s.amount_minor end as "amountMinor",
  case when m.user_id is not null then s.currency end as "currency",
  case when m.user_id is not null then s.spent_on end as "spentOn",
  case when m.user_id is not null then s.note end as "note",
  case when m.user_id is not null then s.corrects_id end as "corrects"
from
  campaign_spend s
  left join workspace_members m on m.workspace_id = s.workspace_id
    and m.user_id = s.user_id
where
  s.user_id = :userId!
  and (
    :afterWorkspaceId::uuid is null
    or s.workspace_id > :afterWorkspaceId
    or (s.workspace_id = :afterWorkspaceId and s.id < :afterId::uuid)
  )
order by
  s.workspace_id,
  s.id desc
limit :limit!;

/* Files that the person uploaded; their bytes are in the workspace. */
/* @name listMediaOfPerson */
select
  f.workspace_id as "workspaceId",
  f.id,
  f.status,
  f.created_at as "createdAt",
  (m.user_id is not null) as "isMember!",
  case when m.user_id is not null then f.file_name end as "fileName",
  case when m.user_id is not null then f.declared_content_type end as "contentType",
  case when m.user_id is not null then f.declared_bytes end as "bytes",
  case when m.user_id is not null then encode(f.sha256, 'hex') end as "sha256"
from
  media_files f
  left join workspace_members m on m.workspace_id = f.workspace_id
    and m.user_id = f.user_id
where
  f.user_id = :userId!
  and (
    :afterWorkspaceId::uuid is null
    or f.workspace_id > :afterWorkspaceId
    or (f.workspace_id = :afterWorkspaceId and f.id < :afterId::uuid)
  )
order by
  f.workspace_id,
  f.id desc
limit :limit!;

/* Posts that the person wrote, with the words at their media. */
/* @name listPostsOfPerson */
select
  p.workspace_id as "workspaceId",
  p.id,
  p.kind,
  p.status,
  p.created_at as "createdAt",
  p.updated_at as "updatedAt",
  (m.user_id is not null) as "isMember!",
  case when m.user_id is not null then p.caption end as "caption",
  case when m.user_id is not null then p.tags end as "tags",
  case when m.user_id is not null then p.options end as "options",
  case when m.user_id is not null then p.campaign_id end as "campaignId",
  case when m.user_id is not null then p.account_id end as "accountId",
  case when m.user_id is not null then p.scheduled_at end as "scheduledAt",
  case when m.user_id is not null then p.time_zone end as "timeZone",
  case when m.user_id is not null then p.published_at end as "publishedAt",
  case when m.user_id is not null then p.permalink end as "permalink",
  case when m.user_id is not null then (
      select
        jsonb_agg(
          jsonb_build_object(
            'mediaId', x.media_id,
            'altText', x.alt_text,
            'userTags', x.user_tags,
            'productTags', x.product_tags
          )
          order by x.position
        )
      from post_media x
      where
        x.workspace_id = p.workspace_id
        and x.post_id = p.id
    ) end as "media"
from
  posts p
  left join workspace_members m on m.workspace_id = p.workspace_id
    and m.user_id = p.user_id
where
  p.user_id = :userId!
  and (
    :afterWorkspaceId::uuid is null
    or p.workspace_id > :afterWorkspaceId
    or (p.workspace_id = :afterWorkspaceId and p.id < :afterId::uuid)
  )
order by
  p.workspace_id,
  p.id desc
limit :limit!;

/* What the person noted about posts. */
/* @name listNotesOfPerson */
select
  n.workspace_id as "workspaceId",
  n.id,
  n.post_id as "postId",
  n.created_at as "createdAt",
  (m.user_id is not null) as "isMember!",
  case when m.user_id is not null then n.text end as "text"
from
  post_notes n
  left join workspace_members m on m.workspace_id = n.workspace_id
    and m.user_id = n.user_id
where
  n.user_id = :userId!
  and (
    :afterWorkspaceId::uuid is null
    or n.workspace_id > :afterWorkspaceId
    or (n.workspace_id = :afterWorkspaceId and n.id < :afterId::uuid)
  )
order by
  n.workspace_id,
  n.id desc
limit :limit!;

/* Posts that the person has made repeat. */
/* @name listRecurrencesOfPerson */
select
  r.workspace_id as "workspaceId",
  r.post_id as "id",
  r.frequency,
  r.interval,
  r.weekdays,
  r.month_days as "monthDays",
  to_char(r.local_time, 'HH24:MI') as "time!",
  r.fold,
  r.time_zone as "timeZone",
  r.starts_on as "startsOn",
  r.ends_on as "endsOn",
  r.created_at as "createdAt",
  r.updated_at as "updatedAt"
from post_recurrences r
where
  r.user_id = :userId!
  and (
    :afterWorkspaceId::uuid is null
    or r.workspace_id > :afterWorkspaceId
    or (r.workspace_id = :afterWorkspaceId and r.post_id < :afterId::uuid)
  )
order by
  r.workspace_id,
  r.post_id desc
limit :limit!;

/* What the person said of posts in review. */
/* @name listApprovalsOfPerson */
select
  a.workspace_id as "workspaceId",
  a.id,
  a.post_id as "postId",
  a.content_revision as "contentRevision",
  a.decision,
  a.created_at as "createdAt",
  (m.user_id is not null) as "isMember!",
  case when m.user_id is not null then a.reason end as "reason"
from
  post_approvals a
  left join workspace_members m on m.workspace_id = a.workspace_id
    and m.user_id = a.user_id
where
  a.user_id = :userId!
  and (
    :afterWorkspaceId::uuid is null
    or a.workspace_id > :afterWorkspaceId
    or (a.workspace_id = :afterWorkspaceId and a.id < :afterId::uuid)
  )
order by
  a.workspace_id,
  a.id desc
limit :limit!;

/* Moves of posts from one status to the next that the person made. */
/* @name listMovesOfPerson */
select
  h.workspace_id as "workspaceId",
  h.id,
  h.post_id as "postId",
  h.from_status as "fromStatus",
  h.to_status as "toStatus",
  h.created_at as "createdAt",
  (m.user_id is not null) as "isMember!",
  case when m.user_id is not null then h.reason end as "reason"
from
  post_status_history h
  left join workspace_members m on m.workspace_id = h.workspace_id
    and m.user_id = h.user_id
where
  h.user_id = :userId!
  and (
    :afterWorkspaceId::uuid is null
    or h.workspace_id > :afterWorkspaceId
    or (h.workspace_id = :afterWorkspaceId and h.id < :afterId::uuid)
  )
order by
  h.workspace_id,
  h.id desc
limit :limit!;

/* What the person asked the writing models for, and got. */
/* @name listGenerationsOfPerson */
select
  g.workspace_id as "workspaceId",
  g.id,
  g.kind,
  g.status,
  g.model,
  g.created_at as "createdAt",
  (m.user_id is not null) as "isMember!",
  case when m.user_id is not null then g.prompt end as "prompt",
  case when m.user_id is not null then g.output end as "output"
from
  ai_generations g
  left join workspace_members m on m.workspace_id = g.workspace_id
    and m.user_id = g.user_id
where
  g.user_id = :userId!
  and (
    :afterWorkspaceId::uuid is null
    or g.workspace_id > :afterWorkspaceId
    or (g.workspace_id = :afterWorkspaceId and g.id < :afterId::uuid)
  )
order by
  g.workspace_id,
  g.id desc
limit :limit!;

/* Archives that were asked for. */
/* @name listExportsOfPerson */
select
  x.id,
  x.status,
  x.bytes,
  x.finished_at as "finishedAt",
  x.expires_at as "expiresAt",
  x.created_at as "createdAt"
from data_exports x
where
  x.user_id = :userId!
  and (:afterId::uuid is null or x.id > :afterId)
order by x.id
limit :limit!;

/* Mails and other work that were begun for the person. */
/* @name listOutboxOfPerson */
select
  o.id,
  o.kind,
  o.status,
  o.workspace_id as "workspaceId",
  o.finished_at as "finishedAt",
  o.created_at as "createdAt"
from outbox o
where
  o.user_id = :userId!
  and (:afterId::uuid is null or o.id > :afterId)
order by o.id
limit :limit!;

/* Keys under which answers to the person's requests are kept for a day. */
/* @name listIdempotencyKeysOfPerson */
select
  i.key,
  i.workspace_id as "workspaceId",
  i.route,
  i.status,
  i.expires_at as "expiresAt",
  i.created_at as "createdAt"
from idempotency_keys i
where
  i.principal_id = (:userId!::uuid)::text
  and (:afterExpiry::timestamptz is null or (i.expires_at, i.key) > (:afterExpiry::timestamptz, :afterKey::text))
order by
  i.expires_at,
  i.key
limit :limit!;

/* What the trail of one workspace, or of none, says of the person's acts; values only while they are a member. */
/* @name listAuditOfPerson */
select
  a.id,
  a.workspace_id as "workspaceId",
  a.table_name as "tableName",
  a.operation,
  a.row_id as "rowId",
  a.actor_kind as "actorKind",
  a.session_id as "sessionId",
  a.address,
  a.timestamp,
  case when a.workspace_id is null or m.user_id is not null then a.old_values end as "oldValues",
  case when a.workspace_id is null or m.user_id is not null then a.new_values end as "newValues"
from
  audit_logs a
  left join workspace_members m on m.workspace_id = a.workspace_id
    and m.user_id = a.user_id
where
  a.user_id = :userId!
  and (
    a.workspace_id = :trailWorkspaceId
    or (:trailWorkspaceId::uuid is null and a.workspace_id is null)
  )
  and (
    :afterTimestamp::timestamptz is null
    or (a.timestamp, a.id) > (:afterTimestamp::timestamptz, :afterAuditId::bigint)
  )
order by
  a.timestamp,
  a.id
limit :limit!;
