// Generated from sql/posts/posts.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

type PostKind = 'carousel' | 'image' | 'reel' | 'story'

type PostStatus = 'approved' | 'archived' | 'changes_requested' | 'draft' | 'failed' | 'in_review' | 'missed' | 'published' | 'publishing' | 'scheduled' | 'unconfirmed'

export type FindPostParams = {
  workspaceId: string
  now: string
  id: string
  visibleAccountIds?: readonly string[] | null | undefined
}

export type FindPostResult = {
  id: string
  authorId: string
  accountId: string | null
  account: unknown
  campaignId: string | null
  kind: PostKind
  caption: string | null
  options: unknown
  coverMediaId: string | null
  cover: unknown
  tags: string[]
  status: PostStatus
  scheduledAt: string | null
  localTime: string | null
  fold: number | null
  timeZone: string | null
  publishedAt: string | null
  permalink: string | null
  media: unknown
  duplicateOf: string | null
  contentFingerprint: string | null
  contentRevision: number
  approvedRevision: number | null
  version: number
  createdAt: string
  updatedAt: string
}

/**
 * The post with what its account and files are now, from which its problems follow, and the latest other post of 30 days
 * on its account that says and shows the same.
 */
export const findPost = new PreparedQuery<FindPostParams, FindPostResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 207, b: 219 }, { a: 664, b: 676 }, { a: 743, b: 755 }, { a: 1604, b: 1616 }, { a: 1704, b: 1716 }, { a: 1789, b: 1801 }, { a: 1934, b: 1946 }, { a: 2507, b: 2519 }] },
    { name: 'now', required: true, locs: [{ a: 2146, b: 2150 }] },
    { name: 'id', required: true, locs: [{ a: 2534, b: 2537 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 2546, b: 2563 }, { a: 2603, b: 2620 }] },
  ],
  statement: `select
  p.id,
  p.user_id as "authorId",
  p.account_id as "accountId",
  (
    select json_build_object('login', a.login, 'status', a.status)
    from instagram_accounts a
    where
      a.workspace_id = :workspaceId!
      and a.id = p.account_id
  ) as "account",
  p.campaign_id as "campaignId",
  p.kind,
  p.caption,
  p.options,
  p.cover_media_id as "coverMediaId",
  (
    select json_build_object(
      'status', c.status, 'contentType', o.content_type, 'bytes', o.bytes, 'width', c.width,
      'height', c.height, 'durationMs', c.duration_ms, 'traits', c.traits
    )
    from
      media_files c
      left join media_objects o on o.workspace_id = :workspaceId!
        and o.sha256 = c.sha256
    where
      c.workspace_id = :workspaceId!
      and c.id = p.cover_media_id
  ) as "cover",
  p.tags,
  p.status,
  p.scheduled_at as "scheduledAt",
  to_char(p.scheduled_local, 'YYYY-MM-DD"T"HH24:MI:SS') as "localTime",
  p.scheduled_fold as "fold",
  p.time_zone as "timeZone",
  p.published_at as "publishedAt",
  p.permalink,
  coalesce(
    (
      select
        json_agg(
          json_build_object(
            'mediaId', m.media_id, 'altText', m.alt_text, 'userTags', m.user_tags, 'productTags', m.product_tags,
            'file', json_build_object(
              'status', f.status, 'contentType', o.content_type, 'bytes', o.bytes, 'width', f.width,
              'height', f.height, 'durationMs', f.duration_ms, 'traits', f.traits
            )
          )
          order by m.position
        )
      from
        post_media m
        join media_files f on f.workspace_id = :workspaceId!
          and f.id = m.media_id
        left join media_objects o on o.workspace_id = :workspaceId!
          and o.sha256 = f.sha256
      where
        m.workspace_id = :workspaceId!
        and m.post_id = p.id
    ),
    '[]'
  ) as "media",
  (
    select d.id
    from posts d
    where
      d.workspace_id = :workspaceId!
      and d.account_id = p.account_id
      and d.content_fingerprint = p.content_fingerprint
      and d.id is distinct from p.id
      and coalesce(d.published_at, d.scheduled_at, d.created_at) > :now!::timestamptz - interval '30 days'
    order by d.id desc
    limit 1
  ) as "duplicateOf",
  encode(p.content_fingerprint, 'hex') as "contentFingerprint",
  p.content_revision as "contentRevision",
  p.approved_revision as "approvedRevision",
  p.version,
  p.created_at as "createdAt",
  p.updated_at as "updatedAt"
from posts p
where
  p.workspace_id = :workspaceId!
  and p.id = :id!
  and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))`,
})

export type FindPostToChangeParams = {
  workspaceId: string
  now: string
  content: unknown
  changed: readonly string[]
  id: string
  visibleAccountIds?: readonly string[] | null | undefined
}

export type FindPostToChangeResult = {
  id: string
  authorId: string
  accountId: string | null
  account: unknown
  campaignId: string | null
  kind: PostKind
  caption: string | null
  options: unknown
  coverMediaId: string | null
  cover: unknown
  tags: string[]
  status: PostStatus
  scheduledAt: string | null
  localTime: string | null
  fold: number | null
  timeZone: string | null
  publishedAt: string | null
  permalink: string | null
  media: unknown
  duplicateOf: string | null
  contentFingerprint: string | null
  contentRevision: number
  approvedRevision: number | null
  version: number
  createdAt: string
  updatedAt: string
  newAccount: unknown
  hasNewCampaign: boolean
  newCover: unknown
  newFiles: unknown
}

/**
 * A post as it is, and what is known now of all that a change of it names, as in listPostFacts. :content is {accountId,
 * campaignId, coverMediaId, mediaIds, caption}, of which :changed names what is to change.
 */
export const findPostToChange = new PreparedQuery<FindPostToChangeParams, FindPostToChangeResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 207, b: 219 }, { a: 664, b: 676 }, { a: 743, b: 755 }, { a: 1604, b: 1616 }, { a: 1704, b: 1716 }, { a: 1789, b: 1801 }, { a: 1934, b: 1946 }, { a: 2608, b: 2620 }, { a: 2749, b: 2761 }, { a: 3109, b: 3121 }, { a: 3188, b: 3200 }, { a: 3717, b: 3729 }, { a: 3807, b: 3819 }, { a: 4862, b: 4874 }, { a: 5063, b: 5075 }, { a: 5203, b: 5215 }] },
    { name: 'now', required: true, locs: [{ a: 2146, b: 2150 }] },
    { name: 'content', required: true, isJson: true, locs: [{ a: 3915, b: 3923 }] },
    { name: 'changed', required: true, locs: [{ a: 4098, b: 4106 }, { a: 4201, b: 4209 }, { a: 4345, b: 4353 }, { a: 4628, b: 4636 }] },
    { name: 'id', required: true, locs: [{ a: 5230, b: 5233 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 5242, b: 5259 }, { a: 5299, b: 5316 }] },
  ],
  statement: `select
  p.id,
  p.user_id as "authorId",
  p.account_id as "accountId",
  (
    select json_build_object('login', a.login, 'status', a.status)
    from instagram_accounts a
    where
      a.workspace_id = :workspaceId!
      and a.id = p.account_id
  ) as "account",
  p.campaign_id as "campaignId",
  p.kind,
  p.caption,
  p.options,
  p.cover_media_id as "coverMediaId",
  (
    select json_build_object(
      'status', c.status, 'contentType', o.content_type, 'bytes', o.bytes, 'width', c.width,
      'height', c.height, 'durationMs', c.duration_ms, 'traits', c.traits
    )
    from
      media_files c
      left join media_objects o on o.workspace_id = :workspaceId!
        and o.sha256 = c.sha256
    where
      c.workspace_id = :workspaceId!
      and c.id = p.cover_media_id
  ) as "cover",
  p.tags,
  p.status,
  p.scheduled_at as "scheduledAt",
  to_char(p.scheduled_local, 'YYYY-MM-DD"T"HH24:MI:SS') as "localTime",
  p.scheduled_fold as "fold",
  p.time_zone as "timeZone",
  p.published_at as "publishedAt",
  p.permalink,
  coalesce(
    (
      select
        json_agg(
          json_build_object(
            'mediaId', m.media_id, 'altText', m.alt_text, 'userTags', m.user_tags, 'productTags', m.product_tags,
            'file', json_build_object(
              'status', f.status, 'contentType', o.content_type, 'bytes', o.bytes, 'width', f.width,
              'height', f.height, 'durationMs', f.duration_ms, 'traits', f.traits
            )
          )
          order by m.position
        )
      from
        post_media m
        join media_files f on f.workspace_id = :workspaceId!
          and f.id = m.media_id
        left join media_objects o on o.workspace_id = :workspaceId!
          and o.sha256 = f.sha256
      where
        m.workspace_id = :workspaceId!
        and m.post_id = p.id
    ),
    '[]'
  ) as "media",
  (
    select d.id
    from posts d
    where
      d.workspace_id = :workspaceId!
      and d.account_id = w.account_id
      and d.content_fingerprint = w.content_fingerprint
      and d.id is distinct from p.id
      and coalesce(d.published_at, d.scheduled_at, d.created_at) > :now!::timestamptz - interval '30 days'
    order by d.id desc
    limit 1
  ) as "duplicateOf",
  encode(w.content_fingerprint, 'hex') as "contentFingerprint",
  p.content_revision as "contentRevision",
  p.approved_revision as "approvedRevision",
  p.version,
  p.created_at as "createdAt",
  p.updated_at as "updatedAt",
  (
    select json_build_object('login', na.login, 'status', na.status)
    from instagram_accounts na
    where
      na.workspace_id = :workspaceId!
      and na.id = n."accountId"
  ) as "newAccount",
  exists (
    select from campaigns ng
    where
      ng.workspace_id = :workspaceId!
      and ng.id = n."campaignId"
  ) as "hasNewCampaign",
  (
    select json_build_object(
      'status', f.status, 'contentType', o.content_type, 'bytes', o.bytes, 'width', f.width,
      'height', f.height, 'durationMs', f.duration_ms, 'traits', f.traits
    )
    from
      media_files f
      left join media_objects o on o.workspace_id = :workspaceId!
        and o.sha256 = f.sha256
    where
      f.workspace_id = :workspaceId!
      and f.id = n."coverMediaId"
  ) as "newCover",
  (
    select
      json_agg(
        case
          when f.id is not null then json_build_object(
            'status', f.status, 'contentType', o.content_type, 'bytes', o.bytes, 'width', f.width,
            'height', f.height, 'durationMs', f.duration_ms, 'traits', f.traits
          )
        end
        order by i.ordinality
      )
    from
      unnest(n."mediaIds") with ordinality i (id, ordinality)
      left join media_files f on f.workspace_id = :workspaceId!
        and f.id = i.id
      left join media_objects o on o.workspace_id = :workspaceId!
        and o.sha256 = f.sha256
  ) as "newFiles"
from
  posts p
  cross join jsonb_to_record(:content!) as n (
    "accountId" uuid, "campaignId" uuid, "coverMediaId" uuid, "mediaIds" uuid[], caption text
  )
  left join lateral (
    select
      case when 'accountId' = any(:changed!::text[]) then n."accountId" else p.account_id end as account_id,
      case
        when not :changed!::text[] && array['caption', 'media'] then p.content_fingerprint
        else content_fingerprint(
          case when 'caption' = any(:changed!::text[]) then n.caption else p.caption end,
          (
            select string_agg(coalesce(f.declared_sha256, f.sha256, sha256(uuid_send(f.id))), '' order by i.ordinality)
            from
              unnest(
                case
                  when 'media' = any(:changed!::text[]) then n."mediaIds"
                  else (
                    select array_agg(m.media_id order by m.position)
                    from post_media m
                    where
                      m.workspace_id = :workspaceId!
                      and m.post_id = p.id
                  )
                end
              ) with ordinality i (id, ordinality)
              join media_files f on f.workspace_id = :workspaceId!
                and f.id = i.id
          )
        )
      end as content_fingerprint
  ) w on true
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
  tagKey?: string | null | undefined
  from?: string | null | undefined
  to?: string | null | undefined
  beforeId?: string | null | undefined
  limit: number
}

export type ListPostsResult = {
  id: string
  authorId: string
  accountId: string | null
  account: unknown
  campaignId: string | null
  kind: PostKind
  caption: string | null
  options: unknown
  coverMediaId: string | null
  cover: unknown
  tags: string[]
  status: PostStatus
  scheduledAt: string | null
  localTime: string | null
  fold: number | null
  timeZone: string | null
  publishedAt: string | null
  permalink: string | null
  media: unknown
  contentRevision: number
  approvedRevision: number | null
  version: number
  createdAt: string
  updatedAt: string
}

/**
 * Newest first; a filter that is null does not filter. From and to bound the scheduled time, to exclusively. :tagKey is
 * the workspace's id and the tag, as tag_keys has them.
 */
export const listPosts = new PreparedQuery<ListPostsParams, ListPostsResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 207, b: 219 }, { a: 664, b: 676 }, { a: 743, b: 755 }, { a: 1604, b: 1616 }, { a: 1704, b: 1716 }, { a: 1789, b: 1801 }, { a: 2064, b: 2076 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 2085, b: 2102 }, { a: 2142, b: 2159 }] },
    { name: 'status', required: false, locs: [{ a: 2178, b: 2184 }, { a: 2221, b: 2227 }] },
    { name: 'campaignId', required: false, locs: [{ a: 2237, b: 2247 }, { a: 2282, b: 2292 }] },
    { name: 'accountId', required: false, locs: [{ a: 2302, b: 2311 }, { a: 2345, b: 2354 }] },
    { name: 'authorId', required: false, locs: [{ a: 2364, b: 2372 }, { a: 2403, b: 2411 }] },
    { name: 'tagKey', required: false, locs: [{ a: 2426, b: 2432 }, { a: 2517, b: 2523 }] },
    { name: 'from', required: false, locs: [{ a: 2538, b: 2542 }, { a: 2586, b: 2590 }] },
    { name: 'to', required: false, locs: [{ a: 2600, b: 2602 }, { a: 2645, b: 2647 }] },
    { name: 'beforeId', required: false, locs: [{ a: 2657, b: 2665 }, { a: 2691, b: 2699 }] },
    { name: 'limit', required: true, locs: [{ a: 2727, b: 2733 }] },
  ],
  statement: `select
  p.id,
  p.user_id as "authorId",
  p.account_id as "accountId",
  (
    select json_build_object('login', a.login, 'status', a.status)
    from instagram_accounts a
    where
      a.workspace_id = :workspaceId!
      and a.id = p.account_id
  ) as "account",
  p.campaign_id as "campaignId",
  p.kind,
  p.caption,
  p.options,
  p.cover_media_id as "coverMediaId",
  (
    select json_build_object(
      'status', c.status, 'contentType', o.content_type, 'bytes', o.bytes, 'width', c.width,
      'height', c.height, 'durationMs', c.duration_ms, 'traits', c.traits
    )
    from
      media_files c
      left join media_objects o on o.workspace_id = :workspaceId!
        and o.sha256 = c.sha256
    where
      c.workspace_id = :workspaceId!
      and c.id = p.cover_media_id
  ) as "cover",
  p.tags,
  p.status,
  p.scheduled_at as "scheduledAt",
  to_char(p.scheduled_local, 'YYYY-MM-DD"T"HH24:MI:SS') as "localTime",
  p.scheduled_fold as "fold",
  p.time_zone as "timeZone",
  p.published_at as "publishedAt",
  p.permalink,
  coalesce(
    (
      select
        json_agg(
          json_build_object(
            'mediaId', m.media_id, 'altText', m.alt_text, 'userTags', m.user_tags, 'productTags', m.product_tags,
            'file', json_build_object(
              'status', f.status, 'contentType', o.content_type, 'bytes', o.bytes, 'width', f.width,
              'height', f.height, 'durationMs', f.duration_ms, 'traits', f.traits
            )
          )
          order by m.position
        )
      from
        post_media m
        join media_files f on f.workspace_id = :workspaceId!
          and f.id = m.media_id
        left join media_objects o on o.workspace_id = :workspaceId!
          and o.sha256 = f.sha256
      where
        m.workspace_id = :workspaceId!
        and m.post_id = p.id
    ),
    '[]'
  ) as "media",
  p.content_revision as "contentRevision",
  p.approved_revision as "approvedRevision",
  p.version,
  p.created_at as "createdAt",
  p.updated_at as "updatedAt"
from posts p
where
  p.workspace_id = :workspaceId!
  and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))
  and (:status::post_status is null or p.status = :status)
  and (:campaignId::uuid is null or p.campaign_id = :campaignId)
  and (:accountId::uuid is null or p.account_id = :accountId)
  and (:authorId::uuid is null or p.user_id = :authorId)
  and (
    :tagKey::text is null
    or (p.tags <> '{}' and tag_keys(p.workspace_id, p.tags) @> array[:tagKey])
  )
  and (:from::timestamptz is null or p.scheduled_at >= :from)
  and (:to::timestamptz is null or p.scheduled_at < :to)
  and (:beforeId::uuid is null or p.id < :beforeId)
order by p.id desc
limit :limit!`,
})

export type ListPostFactsParams = {
  workspaceId: string
  visibleAccountIds?: readonly string[] | null | undefined
  now: string
  contents: unknown
}

export type ListPostFactsResult = {
  index: number
  account: unknown
  hasCampaign: boolean
  cover: unknown
  files: unknown
  duplicateOf: string | null
  contentFingerprint: string | null
}

/**
 * What is known now of all that bodies of posts name, and the fingerprint of their words and media: of files by the hash
 * that their sender declared, which stays as it is. :contents is an array of {postId, accountId, campaignId,
 * coverMediaId, mediaIds, caption}; a row each, in order. What is NULL of an account or a file does not exist.
 */
export const listPostFacts = new PreparedQuery<ListPostFactsParams, ListPostFactsResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 179, b: 191 }, { a: 407, b: 419 }, { a: 763, b: 775 }, { a: 842, b: 854 }, { a: 1368, b: 1380 }, { a: 1458, b: 1470 }, { a: 1590, b: 1602 }, { a: 2595, b: 2607 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 235, b: 252 }, { a: 284, b: 301 }] },
    { name: 'now', required: true, locs: [{ a: 1809, b: 1813 }] },
    { name: 'contents', required: true, isJson: true, locs: [{ a: 2011, b: 2020 }] },
  ],
  statement: `select
  (n.ordinality - 1)::int as "index",
  (
    select json_build_object('login', a.login, 'status', a.status)
    from instagram_accounts a
    where
      a.workspace_id = :workspaceId!
      and a.id = n."accountId"
      and (:visibleAccountIds::uuid[] is null or a.id = any(:visibleAccountIds::uuid[]))
  ) as "account",
  exists (
    select
    from campaigns g
    where
      g.workspace_id = :workspaceId!
      and g.id = n."campaignId"
  ) as "hasCampaign",
  (
    select json_build_object(
      'status', c.status, 'contentType', o.content_type, 'bytes', o.bytes, 'width', c.width,
      'height', c.height, 'durationMs', c.duration_ms, 'traits', c.traits
    )
    from
      media_files c
      left join media_objects o on o.workspace_id = :workspaceId!
        and o.sha256 = c.sha256
    where
      c.workspace_id = :workspaceId!
      and c.id = n."coverMediaId"
  ) as "cover",
  (
    select
      json_agg(
        case
          when f.id is not null then json_build_object(
            'status', f.status, 'contentType', o.content_type, 'bytes', o.bytes, 'width', f.width,
            'height', f.height, 'durationMs', f.duration_ms, 'traits', f.traits
          )
        end
        order by i.ordinality
      )
    from
      unnest(n."mediaIds") with ordinality i (id, ordinality)
      left join media_files f on f.workspace_id = :workspaceId!
        and f.id = i.id
      left join media_objects o on o.workspace_id = :workspaceId!
        and o.sha256 = f.sha256
  ) as "files",
  (
    select d.id
    from posts d
    where
      d.workspace_id = :workspaceId!
      and d.account_id = n."accountId"
      and d.content_fingerprint = w.content_fingerprint
      and d.id is distinct from n."postId"
      and coalesce(d.published_at, d.scheduled_at, d.created_at) > :now!::timestamptz - interval '30 days'
    order by d.id desc
    limit 1
  ) as "duplicateOf",
  encode(w.content_fingerprint, 'hex') as "contentFingerprint"
from
  rows from (
    jsonb_to_recordset(:contents!) as (
      "postId" uuid, "accountId" uuid, "campaignId" uuid, "coverMediaId" uuid, "mediaIds" uuid[], caption text
    )
  ) with ordinality n ("postId", "accountId", "campaignId", "coverMediaId", "mediaIds", caption, ordinality)
  left join lateral (
    select
      content_fingerprint(
        n.caption,
        (
          select string_agg(coalesce(f.declared_sha256, f.sha256, sha256(uuid_send(f.id))), '' order by i.ordinality)
          from
            unnest(n."mediaIds") with ordinality i (id, ordinality)
            join media_files f on f.workspace_id = :workspaceId!
              and f.id = i.id
        )
      ) as content_fingerprint
  ) w on true
order by n.ordinality`,
})

export type ListAccountsByUsernameParams = {
  workspaceId: string
  usernames: readonly string[]
  visibleAccountIds?: readonly string[] | null | undefined
}

export type ListAccountsByUsernameResult = {
  username: string
  id: string
}

/** The connected accounts with these user names, in lower case; of two with one name, either. */
export const listAccountsByUsername = new PreparedQuery<ListAccountsByUsernameParams, ListAccountsByUsernameResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 100, b: 112 }] },
    { name: 'usernames', required: true, locs: [{ a: 144, b: 154 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 205, b: 222 }, { a: 254, b: 271 }] },
  ],
  statement: `select
  lower(a.username) as "username",
  a.id
from instagram_accounts a
where
  a.workspace_id = :workspaceId!
  and lower(a.username) = any(:usernames!::text[])
  and a.status <> 'disconnected'
  and (:visibleAccountIds::uuid[] is null or a.id = any(:visibleAccountIds::uuid[]))`,
})

export type InsertPostsParams = {
  actor: string
  posts: unknown
  workspaceId: string
  userId: string
  idempotencyPrincipal?: string | null | undefined
  idempotencyKey?: string | null | undefined
  idempotencyRoute?: string | null | undefined
  idempotencyFingerprint?: string | null | undefined
  answerStatus: number
  refused: unknown
  now: string
}

export type InsertPostsResult = {
  id: string
  authorId: string
  accountId: string | null
  account: unknown
  campaignId: string | null
  kind: PostKind
  caption: string | null
  options: unknown
  coverMediaId: string | null
  cover: unknown
  tags: string[]
  status: PostStatus
  scheduledAt: string | null
  localTime: string | null
  fold: number | null
  timeZone: string | null
  publishedAt: string | null
  permalink: string | null
  media: unknown
  duplicateOf: string | null
  contentRevision: number
  approvedRevision: number | null
  version: number
  createdAt: string
  updatedAt: string
}

/**
 * Drafts, their media in order and, when the request has an Idempotency-Key, the record of its answer: all or none.
 * :posts is an array of rows as the answer has them, of which the facts (account, cover, file, duplicateOf) are kept in
 * the recorded answer alone; :refused is what the answer says of the others.
 */
export const insertPosts = new PreparedQuery<InsertPostsParams, InsertPostsResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 66, b: 72 }] },
    { name: 'posts', required: true, isJson: true, locs: [{ a: 354, b: 360 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 818, b: 830 }, { a: 1427, b: 1439 }, { a: 2701, b: 2713 }] },
    { name: 'userId', required: true, locs: [{ a: 839, b: 846 }] },
    { name: 'idempotencyPrincipal', required: false, locs: [{ a: 2716, b: 2736 }] },
    { name: 'idempotencyKey', required: false, locs: [{ a: 2739, b: 2753 }, { a: 3058, b: 3072 }] },
    { name: 'idempotencyRoute', required: false, locs: [{ a: 2756, b: 2772 }] },
    { name: 'idempotencyFingerprint', required: false, locs: [{ a: 2775, b: 2797 }] },
    { name: 'answerStatus', required: true, locs: [{ a: 2806, b: 2819 }] },
    { name: 'refused', required: true, isJson: true, locs: [{ a: 2968, b: 2976 }] },
    { name: 'now', required: true, locs: [{ a: 3000, b: 3004 }, { a: 3007, b: 3011 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  new_posts as (
    select
      n.id, n.kind, n.caption, n.options, n.tags, n.media, n."accountId", n.account, n."campaignId", n."coverMediaId",
      n.cover, n."duplicateOf", n."contentFingerprint"
    from
      actor
      cross join jsonb_to_recordset(:posts!) as n (
        id uuid, kind post_kind, caption text, options jsonb, tags text[], media jsonb, "accountId" uuid,
        account jsonb, "campaignId" uuid, "coverMediaId" uuid, cover jsonb, "duplicateOf" uuid,
        "contentFingerprint" text
      )
  ),
  inserted_posts as (
    insert into posts (
      workspace_id, id, user_id, account_id, campaign_id, kind, caption, options, cover_media_id, tags,
      content_fingerprint
    )
    select
      :workspaceId!, n.id, :userId!, n."accountId", n."campaignId", n.kind, n.caption, n.options,
      n."coverMediaId", n.tags, decode(n."contentFingerprint", 'hex')
    from new_posts n
    returning
      id, user_id, account_id, campaign_id, kind, caption, options, cover_media_id, tags, status, scheduled_at,
      scheduled_local, scheduled_fold, time_zone, published_at, permalink, content_revision, approved_revision,
      version, created_at, updated_at
  ),
  inserted_media as (
    insert into post_media (workspace_id, post_id, position, media_id, alt_text, user_tags, product_tags)
    select
      :workspaceId!, n.id, m.ordinality - 1, (m.item ->> 'mediaId')::uuid, m.item ->> 'altText',
      m.item -> 'userTags', m.item -> 'productTags'
    from
      new_posts n
      cross join jsonb_array_elements(n.media) with ordinality m (item, ordinality)
  ),
  created_posts as (
    select
      p.id,
      p.user_id as "authorId",
      p.account_id as "accountId",
      n.account,
      p.campaign_id as "campaignId",
      p.kind,
      p.caption,
      p.options,
      p.cover_media_id as "coverMediaId",
      n.cover,
      p.tags,
      p.status,
      p.scheduled_at as "scheduledAt",
      to_char(p.scheduled_local, 'YYYY-MM-DD"T"HH24:MI:SS') as "localTime",
      p.scheduled_fold as "fold",
      p.time_zone as "timeZone",
      p.published_at as "publishedAt",
      p.permalink,
      n.media,
      n."duplicateOf",
      p.content_revision as "contentRevision",
      p.approved_revision as "approvedRevision",
      p.version,
      p.created_at as "createdAt",
      p.updated_at as "updatedAt"
    from
      inserted_posts p
      join new_posts n on n.id = p.id
  ),
  recorded_answer as (
    insert into idempotency_keys (
      workspace_id, principal_id, key, route, fingerprint, status, response, created_at, expires_at
    )
    select
      :workspaceId!, :idempotencyPrincipal, :idempotencyKey, :idempotencyRoute, :idempotencyFingerprint,
      :answerStatus!,
      jsonb_build_object(
        'posts', coalesce((select jsonb_agg(to_jsonb(p) order by p.id) from created_posts p), '[]'),
        'refused', :refused!::jsonb
      ),
      :now!, :now!::timestamptz + interval '24 hours'
    where :idempotencyKey::text is not null
  )
select
  p.id as "id",
  p."authorId" as "authorId",
  p."accountId",
  p.account,
  p."campaignId",
  p.kind as "kind",
  p.caption,
  p.options as "options",
  p."coverMediaId",
  p.cover,
  p.tags as "tags",
  p.status as "status",
  p."scheduledAt",
  p."localTime",
  p."fold",
  p."timeZone",
  p."publishedAt",
  p.permalink,
  p.media as "media",
  p."duplicateOf",
  p."contentRevision" as "contentRevision",
  p."approvedRevision",
  p.version as "version",
  p."createdAt" as "createdAt",
  p."updatedAt" as "updatedAt"
from created_posts p
order by p.id`,
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
  content: unknown
  version: number
  visibleAccountIds?: readonly string[] | null | undefined
}

export type UpdatePostResult = {
  status: PostStatus
  scheduledAt: string | null
  localTime: string | null
  fold: number | null
  timeZone: string | null
  contentRevision: number
  approvedRevision: number | null
  version: number
  updatedAt: string
}

/**
 * Writes a post as it is to be, over the version that was read and judged: no row when there is another by now.
 * The new media are written over the old ones by position and the rest is deleted, since one statement cannot delete a
 * row and insert it again. What is equal is no change. Another content of a post that was approved, or is scheduled where
 * posts are approved first, has to be approved anew: it goes back into review, and a scheduled one has no time any more.
 * :content is {caption, options, tags, accountId, campaignId,
 * coverMediaId, contentFingerprint, media}, and media an array of {mediaId, altText, userTags, productTags}.
 */
export const updatePost = new PreparedQuery<UpdatePostParams, UpdatePostResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 72, b: 78 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 538, b: 550 }, { a: 975, b: 987 }, { a: 1547, b: 1559 }, { a: 2488, b: 2500 }, { a: 2990, b: 3002 }, { a: 3792, b: 3804 }] },
    { name: 'id', required: true, locs: [{ a: 574, b: 577 }, { a: 1578, b: 1581 }, { a: 2519, b: 2522 }] },
    { name: 'content', required: true, isJson: true, locs: [{ a: 1055, b: 1063 }] },
    { name: 'version', required: true, locs: [{ a: 2546, b: 2554 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 2567, b: 2584 }, { a: 2624, b: 2641 }] },
  ],
  statement: `with
  actor as materialized (
    select
      set_config('app.actor', :actor!, true) as value,
      set_config('app.reason', 'The content has changed.', true) as reason
  ),
  current_media as materialized (
    select
      coalesce(
        jsonb_agg(
          jsonb_build_object(
            'mediaId', m.media_id, 'altText', m.alt_text, 'userTags', m.user_tags, 'productTags', m.product_tags
          )
          order by m.position
        ),
        '[]'
      ) as items
    from post_media m
    where
      m.workspace_id = :workspaceId!
      and m.post_id = :id!
  ),
  new_content as materialized (
    select
      n.caption, n.options, n.tags, n.media, n."accountId", n."campaignId", n."coverMediaId", n."contentFingerprint",
      d.is_different,
      (
        d.is_different
        and (p.status = 'approved' or (p.status = 'scheduled' and w.approval_policy <> 'off'))
      ) as is_unapproved
    from
      posts p
      join workspaces w on w.id = :workspaceId!
      cross join current_media c
      cross join jsonb_to_record(:content!) as n (
        caption text, options jsonb, tags text[], media jsonb, "accountId" uuid, "campaignId" uuid, "coverMediaId" uuid,
        "contentFingerprint" text
      )
      cross join lateral (
        select
          (
            (p.caption, p.account_id, p.options, p.cover_media_id)
            is distinct from (n.caption, n."accountId", n.options, n."coverMediaId")
            or c.items <> n.media
          ) as is_different
      ) d
    where
      p.workspace_id = :workspaceId!
      and p.id = :id!
  ),
  updated_post as (
    update posts p
    set
      caption = n.caption,
      campaign_id = n."campaignId",
      account_id = n."accountId",
      options = n.options,
      cover_media_id = n."coverMediaId",
      tags = n.tags,
      content_fingerprint = decode(n."contentFingerprint", 'hex'),
      content_revision = case when n.is_different then p.content_revision + 1 else p.content_revision end,
      status = case when n.is_unapproved then 'in_review' else p.status end,
      scheduled_at = case when n.is_unapproved then null else p.scheduled_at end,
      scheduled_local = case when n.is_unapproved then null else p.scheduled_local end,
      scheduled_fold = case when n.is_unapproved then null else p.scheduled_fold end,
      time_zone = case when n.is_unapproved then null else p.time_zone end
    from
      actor
      cross join new_content n
    where
      p.workspace_id = :workspaceId!
      and p.id = :id!
      and p.version = :version!
      and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))
    returning
      p.id, p.status, p.scheduled_at, p.scheduled_local, p.scheduled_fold, p.time_zone, p.content_revision,
      p.approved_revision,
      p.version, p.updated_at, n.media
  ),
  written_media as (
    insert into post_media (workspace_id, post_id, position, media_id, alt_text, user_tags, product_tags)
    select
      :workspaceId!, p.id, m.ordinality - 1, (m.item ->> 'mediaId')::uuid, m.item ->> 'altText',
      m.item -> 'userTags', m.item -> 'productTags'
    from
      updated_post p
      cross join jsonb_array_elements(p.media) with ordinality m (item, ordinality)
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
      and m.position >= jsonb_array_length(p.media)
  )
select
  p.status as "status",
  p.scheduled_at as "scheduledAt",
  to_char(p.scheduled_local, 'YYYY-MM-DD"T"HH24:MI:SS') as "localTime",
  p.scheduled_fold as "fold",
  p.time_zone as "timeZone",
  p.content_revision as "contentRevision",
  p.approved_revision as "approvedRevision",
  p.version as "version",
  p.updated_at as "updatedAt"
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
    { name: 'versions', required: false, locs: [{ a: 377, b: 385 }, { a: 421, b: 429 }] },
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
  and p.status in ('draft', 'in_review', 'changes_requested', 'approved', 'failed', 'missed')
  and (:versions::int[] is null or p.version = any(:versions::int[]))
returning p.id`,
})
