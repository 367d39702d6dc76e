// Generated from sql/posts/posts.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type PostKind = 'carousel' | 'image' | 'reel' | 'story'

type PostStatus = 'approved' | 'archived' | 'changes_requested' | 'draft' | 'failed' | 'in_review' | 'missed' | 'published' | 'publishing' | 'scheduled' | 'unconfirmed'

export type FindPostParams = {
  workspaceId: string
  id: string
  visibleAccountIds?: readonly string[] | null | undefined
}

export type FindPostResult = {
  id: string
  authorId: string
  accountId: string | null
  campaignId: string | null
  kind: PostKind
  caption: string | null
  options: unknown
  status: PostStatus
  scheduledAt: string | null
  timeZone: string | null
  publishedAt: string | null
  permalink: string | null
  version: number
  createdAt: string
  updatedAt: string
  media: unknown
}

export const findPost = new PreparedQuery<FindPostParams, FindPostResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 649, b: 661 }, { a: 761, b: 773 }] },
    { name: 'id', required: true, locs: [{ a: 788, b: 791 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 800, b: 817 }, { a: 857, b: 874 }] },
  ],
  statement: `select
  p.id,
  p.user_id as "authorId",
  p.account_id as "accountId",
  p.campaign_id as "campaignId",
  p.kind,
  p.caption,
  p.options,
  p.status,
  p.scheduled_at as "scheduledAt",
  p.time_zone as "timeZone",
  p.published_at as "publishedAt",
  p.permalink,
  p.version,
  p.created_at as "createdAt",
  p.updated_at as "updatedAt",
  coalesce(
    (
      select
        jsonb_agg(
          jsonb_build_object(
            'mediaId', m.media_id, 'altText', m.alt_text, 'userTags', m.user_tags, 'productTags', m.product_tags
          )
          order by m.position
        )
      from post_media m
      where
        m.workspace_id = :workspaceId!
        and m.post_id = p.id
    ),
    '[]'
  ) as "media"
from posts p
where
  p.workspace_id = :workspaceId!
  and p.id = :id!
  and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))`,
})

export type ListPostsParams = {
  workspaceId: string
  visibleAccountIds?: readonly string[] | null | undefined
  status?: PostStatus | null | undefined
  campaignId?: string | null | undefined
  accountId?: string | null | undefined
  authorId?: string | null | undefined
  from?: string | null | undefined
  to?: string | null | undefined
  beforeId?: string | null | undefined
  limit: number
}

export type ListPostsResult = {
  id: string
  authorId: string
  accountId: string | null
  campaignId: string | null
  kind: PostKind
  caption: string | null
  options: unknown
  status: PostStatus
  scheduledAt: string | null
  timeZone: string | null
  publishedAt: string | null
  permalink: string | null
  version: number
  createdAt: string
  updatedAt: string
  media: unknown
}

/** Newest first; a filter that is null does not filter. From and to bound the scheduled time, to exclusively. */
export const listPosts = new PreparedQuery<ListPostsParams, ListPostsResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 649, b: 661 }, { a: 761, b: 773 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 782, b: 799 }, { a: 839, b: 856 }] },
    { name: 'status', required: false, locs: [{ a: 875, b: 881 }, { a: 918, b: 924 }] },
    { name: 'campaignId', required: false, locs: [{ a: 934, b: 944 }, { a: 979, b: 989 }] },
    { name: 'accountId', required: false, locs: [{ a: 999, b: 1008 }, { a: 1042, b: 1051 }] },
    { name: 'authorId', required: false, locs: [{ a: 1061, b: 1069 }, { a: 1100, b: 1108 }] },
    { name: 'from', required: false, locs: [{ a: 1118, b: 1122 }, { a: 1166, b: 1170 }] },
    { name: 'to', required: false, locs: [{ a: 1180, b: 1182 }, { a: 1225, b: 1227 }] },
    { name: 'beforeId', required: false, locs: [{ a: 1237, b: 1245 }, { a: 1271, b: 1279 }] },
    { name: 'limit', required: true, locs: [{ a: 1307, b: 1313 }] },
  ],
  statement: `select
  p.id,
  p.user_id as "authorId",
  p.account_id as "accountId",
  p.campaign_id as "campaignId",
  p.kind,
  p.caption,
  p.options,
  p.status,
  p.scheduled_at as "scheduledAt",
  p.time_zone as "timeZone",
  p.published_at as "publishedAt",
  p.permalink,
  p.version,
  p.created_at as "createdAt",
  p.updated_at as "updatedAt",
  coalesce(
    (
      select
        jsonb_agg(
          jsonb_build_object(
            'mediaId', m.media_id, 'altText', m.alt_text, 'userTags', m.user_tags, 'productTags', m.product_tags
          )
          order by m.position
        )
      from post_media m
      where
        m.workspace_id = :workspaceId!
        and m.post_id = p.id
    ),
    '[]'
  ) as "media"
from posts p
where
  p.workspace_id = :workspaceId!
  and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))
  and (:status::post_status is null or p.status = :status)
  and (:campaignId::uuid is null or p.campaign_id = :campaignId)
  and (:accountId::uuid is null or p.account_id = :accountId)
  and (:authorId::uuid is null or p.user_id = :authorId)
  and (:from::timestamptz is null or p.scheduled_at >= :from)
  and (:to::timestamptz is null or p.scheduled_at < :to)
  and (:beforeId::uuid is null or p.id < :beforeId)
order by p.id desc
limit :limit!`,
})

export type InsertPostParams = {
  actor: string
  workspaceId: string
  id: string
  userId: string
  accountId?: string | null | undefined
  campaignId?: string | null | undefined
  kind: PostKind
  caption?: string | null | undefined
  options: unknown
  media: unknown
  idempotencyPrincipal?: string | null | undefined
  idempotencyKey?: string | null | undefined
  idempotencyRoute?: string | null | undefined
  idempotencyFingerprint?: string | null | undefined
  now: string
}

export type InsertPostResult = {
  id: string
  authorId: string
  accountId: string | null
  campaignId: string | null
  kind: PostKind
  caption: string | null
  options: unknown
  status: PostStatus
  scheduledAt: string | null
  timeZone: string | null
  publishedAt: string | null
  permalink: string | null
  version: number
  createdAt: string
  updatedAt: string
  media: unknown
}

/**
 * The draft, its media in order and, when the request has an Idempotency-Key, the record of its answer: all or none.
 * :media is an array of {mediaId, altText, userTags, productTags}.
 */
export const insertPost = new PreparedQuery<InsertPostParams, InsertPostResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 226, b: 238 }, { a: 653, b: 665 }, { a: 1574, b: 1586 }] },
    { name: 'id', required: true, locs: [{ a: 241, b: 244 }, { a: 668, b: 671 }] },
    { name: 'userId', required: true, locs: [{ a: 247, b: 254 }] },
    { name: 'accountId', required: false, locs: [{ a: 257, b: 266 }] },
    { name: 'campaignId', required: false, locs: [{ a: 269, b: 279 }] },
    { name: 'kind', required: true, locs: [{ a: 282, b: 287 }] },
    { name: 'caption', required: false, locs: [{ a: 290, b: 297 }] },
    { name: 'options', required: true, isJson: true, locs: [{ a: 300, b: 308 }] },
    { name: 'media', required: true, isJson: true, locs: [{ a: 855, b: 861 }, { a: 1339, b: 1345 }] },
    { name: 'idempotencyPrincipal', required: false, locs: [{ a: 1589, b: 1609 }] },
    { name: 'idempotencyKey', required: false, locs: [{ a: 1612, b: 1626 }, { a: 1779, b: 1793 }] },
    { name: 'idempotencyRoute', required: false, locs: [{ a: 1629, b: 1645 }] },
    { name: 'idempotencyFingerprint', required: false, locs: [{ a: 1648, b: 1670 }] },
    { name: 'now', required: true, locs: [{ a: 1697, b: 1701 }, { a: 1704, b: 1708 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  inserted_post as (
    insert into posts (workspace_id, id, user_id, account_id, campaign_id, kind, caption, options)
    select :workspaceId!, :id!, :userId!, :accountId, :campaignId, :kind!, :caption, :options!
    from actor
    returning
      id, user_id, account_id, campaign_id, kind, caption, options, status, scheduled_at, time_zone, published_at,
      permalink, version, created_at, updated_at
  ),
  inserted_media as (
    insert into post_media (workspace_id, post_id, position, media_id, alt_text, user_tags, product_tags)
    select
      :workspaceId!, :id!, m.ordinality - 1, (m.item ->> 'mediaId')::uuid, m.item ->> 'altText',
      m.item -> 'userTags', m.item -> 'productTags'
    from
      actor
      cross join jsonb_array_elements(:media!) with ordinality m (item, ordinality)
  ),
  created_post as (
    select
      p.id,
      p.user_id as "authorId",
      p.account_id as "accountId",
      p.campaign_id as "campaignId",
      p.kind,
      p.caption,
      p.options,
      p.status,
      p.scheduled_at as "scheduledAt",
      p.time_zone as "timeZone",
      p.published_at as "publishedAt",
      p.permalink,
      p.version,
      p.created_at as "createdAt",
      p.updated_at as "updatedAt",
      :media!::jsonb as media
    from inserted_post p
  ),
  recorded_answer as (
    insert into idempotency_keys (
      workspace_id, principal_id, key, route, fingerprint, status, response, created_at, expires_at
    )
    select
      :workspaceId!, :idempotencyPrincipal, :idempotencyKey, :idempotencyRoute, :idempotencyFingerprint, 201,
      to_jsonb(p), :now!, :now!::timestamptz + interval '24 hours'
    from created_post p
    where :idempotencyKey::text is not null
  )
select
  p.id as "id",
  p."authorId" as "authorId",
  p."accountId",
  p."campaignId",
  p.kind as "kind",
  p.caption,
  p.options as "options",
  p.status as "status",
  p."scheduledAt",
  p."timeZone",
  p."publishedAt",
  p.permalink,
  p.version as "version",
  p."createdAt" as "createdAt",
  p."updatedAt" as "updatedAt",
  p.media as "media"
from created_post p`,
})

export type LockPostParams = {
  workspaceId: string
  id: string
  visibleAccountIds?: readonly string[] | null | undefined
}

export type LockPostResult = {
  id: string
}

/** Holds a post, as it is now, until the transaction ends. */
export const lockPost = new PreparedQuery<LockPostParams, LockPostResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 50, b: 62 }] },
    { name: 'id', required: true, locs: [{ a: 77, b: 80 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 89, b: 106 }, { a: 146, b: 163 }] },
  ],
  statement: `select p.id
from posts p
where
  p.workspace_id = :workspaceId!
  and p.id = :id!
  and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))
for no key update`,
})

export type UpdatePostParams = {
  actor: string
  workspaceId: string
  id: string
  changed: readonly string[]
  caption?: string | null | undefined
  campaignId?: string | null | undefined
  accountId?: string | null | undefined
  options?: unknown
  media: unknown
  visibleAccountIds?: readonly string[] | null | undefined
  kinds: readonly string[]
  versions?: readonly number[] | null | undefined
}

export type UpdatePostResult = {
  id: string
  authorId: string
  accountId: string | null
  campaignId: string | null
  kind: PostKind
  caption: string | null
  options: unknown
  status: PostStatus
  scheduledAt: string | null
  timeZone: string | null
  publishedAt: string | null
  permalink: string | null
  version: number
  createdAt: string
  updatedAt: string
  media: unknown
}

/**
 * Sets the columns named in :changed, to NULL where their parameter is, and replaces the media when they are named.
 * No row when the post does not exist, is no longer editable, is of another kind than :kinds allow for the new options,
 * or when none of :versions (NULL: any) is its current one.
 *
 * Nor when another change commits while this one waits for it: the media that this statement reads and deletes are those
 * of its snapshot, so it may only change the version of the post that the snapshot has.
 *
 * The new media are written over the old ones by position and the rest is deleted, since one statement cannot delete a
 * row and insert it again. Equal media are no change.
 */
export const updatePost = new PreparedQuery<UpdatePostParams, UpdatePostResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 510, b: 522 }, { a: 648, b: 660 }, { a: 1327, b: 1339 }, { a: 2068, b: 2080 }, { a: 2913, b: 2925 }] },
    { name: 'id', required: true, locs: [{ a: 552, b: 555 }, { a: 679, b: 682 }, { a: 1358, b: 1361 }] },
    { name: 'changed', required: true, locs: [{ a: 778, b: 786 }, { a: 880, b: 888 }, { a: 987, b: 995 }, { a: 1140, b: 1148 }, { a: 2349, b: 2357 }, { a: 2978, b: 2986 }, { a: 3478, b: 3486 }] },
    { name: 'caption', required: false, locs: [{ a: 802, b: 809 }] },
    { name: 'campaignId', required: false, locs: [{ a: 904, b: 914 }] },
    { name: 'accountId', required: false, locs: [{ a: 1011, b: 1020 }] },
    { name: 'options', required: false, isJson: true, locs: [{ a: 1070, b: 1077 }] },
    { name: 'media', required: true, isJson: true, locs: [{ a: 1174, b: 1180 }, { a: 2279, b: 2285 }, { a: 3040, b: 3046 }, { a: 3502, b: 3508 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 1406, b: 1423 }, { a: 1463, b: 1480 }] },
    { name: 'kinds', required: true, locs: [{ a: 1594, b: 1600 }] },
    { name: 'versions', required: false, locs: [{ a: 1622, b: 1630 }, { a: 1666, b: 1674 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  current_post as materialized (
    select
      p.version,
      coalesce(
        (
          select
            jsonb_agg(
              jsonb_build_object(
                'mediaId', m.media_id, 'altText', m.alt_text, 'userTags', m.user_tags, 'productTags', m.product_tags
              )
              order by m.position
            )
          from post_media m
          where
            m.workspace_id = :workspaceId!
            and m.post_id = :id!
        ),
        '[]'
      ) as media
    from posts p
    where
      p.workspace_id = :workspaceId!
      and p.id = :id!
  ),
  updated_post as (
    update posts p
    set
      caption = case when 'caption' = any(:changed!::text[]) then :caption else p.caption end,
      campaign_id = case when 'campaignId' = any(:changed!::text[]) then :campaignId else p.campaign_id end,
      account_id = case when 'accountId' = any(:changed!::text[]) then :accountId else p.account_id end,
      options = coalesce(:options, p.options),
      version = case
        when 'media' = any(:changed!::text[]) and c.media <> :media!::jsonb then p.version + 1
        else p.version
      end
    from
      actor
      cross join current_post c
    where
      p.workspace_id = :workspaceId!
      and p.id = :id!
      and p.version = c.version
      and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))
      and p.status in ('draft', 'changes_requested', 'failed', 'missed')
      and p.kind::text = any(:kinds!::text[])
      and (:versions::int[] is null or p.version = any(:versions::int[]))
    returning
      p.id, p.user_id, p.account_id, p.campaign_id, p.kind, p.caption, p.options, p.status, p.scheduled_at,
      p.time_zone, p.published_at, p.permalink, p.version, p.created_at, p.updated_at, c.media as current_media
  ),
  written_media as (
    insert into post_media (workspace_id, post_id, position, media_id, alt_text, user_tags, product_tags)
    select
      :workspaceId!, p.id, m.ordinality - 1, (m.item ->> 'mediaId')::uuid, m.item ->> 'altText',
      m.item -> 'userTags', m.item -> 'productTags'
    from
      updated_post p
      cross join jsonb_array_elements(:media!) with ordinality m (item, ordinality)
    where 'media' = any(:changed!::text[])
    on conflict (workspace_id, post_id, position) do update
    set
      media_id = excluded.media_id,
      alt_text = excluded.alt_text,
      user_tags = excluded.user_tags,
      product_tags = excluded.product_tags
    where
      (post_media.media_id, post_media.alt_text, post_media.user_tags, post_media.product_tags)
      is distinct from (excluded.media_id, excluded.alt_text, excluded.user_tags, excluded.product_tags)
  ),
  deleted_media as (
    delete from post_media m
    using updated_post p
    where
      m.workspace_id = :workspaceId!
      and m.post_id = p.id
      and 'media' = any(:changed!::text[])
      and m.position >= jsonb_array_length(:media!)
  )
select
  p.id as "id",
  p.user_id as "authorId",
  p.account_id as "accountId",
  p.campaign_id as "campaignId",
  p.kind as "kind",
  p.caption,
  p.options as "options",
  p.status as "status",
  p.scheduled_at as "scheduledAt",
  p.time_zone as "timeZone",
  p.published_at as "publishedAt",
  p.permalink,
  p.version as "version",
  p.created_at as "createdAt",
  p.updated_at as "updatedAt",
  case when 'media' = any(:changed!::text[]) then :media!::jsonb else p.current_media end as "media"
from updated_post p`,
})

export type DeletePostParams = {
  actor: string
  workspaceId: string
  id: string
  visibleAccountIds?: readonly string[] | null | undefined
  versions?: readonly number[] | null | undefined
}

export type DeletePostResult = {
  id: string
}

/** Only what nobody has seen or awaits is deleted; other states are archived or unscheduled first. */
export const deletePost = new PreparedQuery<DeletePostParams, DeletePostResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 151, b: 163 }] },
    { name: 'id', required: true, locs: [{ a: 178, b: 181 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 190, b: 207 }, { a: 247, b: 264 }] },
    { name: 'versions', required: false, locs: [{ a: 367, b: 375 }, { a: 411, b: 419 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  )
delete from posts p
using actor
where
  p.workspace_id = :workspaceId!
  and p.id = :id!
  and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))
  and p.status in ('draft', 'in_review', 'changes_requested', 'approved', 'missed')
  and (:versions::int[] is null or p.version = any(:versions::int[]))
returning p.id`,
})
