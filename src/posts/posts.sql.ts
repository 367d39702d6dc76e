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
  contentRevision: number
  approvedRevision: number | null
  version: number
  createdAt: string
  updatedAt: string
}

/**
 * The post with what its account and files are now, from which its problems follow, and the latest other post of 30 days
 * on its account with the same words (case and white space apart) and the same bytes.
 */
export const findPost = new PreparedQuery<FindPostParams, FindPostResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 1340, b: 1352 }, { a: 1440, b: 1452 }, { a: 1525, b: 1537 }, { a: 1694, b: 1706 }, { a: 1784, b: 1796 }, { a: 1894, b: 1906 }, { a: 1970, b: 1982 }, { a: 2570, b: 2582 }, { a: 2659, b: 2671 }, { a: 2937, b: 2949 }, { a: 3274, b: 3286 }, { a: 3362, b: 3374 }, { a: 3458, b: 3470 }, { a: 3644, b: 3656 }, { a: 3724, b: 3736 }] },
    { name: 'now', required: true, locs: [{ a: 2161, b: 2165 }] },
    { name: 'id', required: true, locs: [{ a: 3751, b: 3754 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 3763, b: 3780 }, { a: 3820, b: 3837 }] },
  ],
  statement: `select
  p.id,
  p.user_id as "authorId",
  p.account_id as "accountId",
  case when a.id is not null then jsonb_build_object('login', a.login, 'status', a.status) end as "account",
  p.campaign_id as "campaignId",
  p.kind,
  p.caption,
  p.options,
  p.cover_media_id as "coverMediaId",
  case
    when c.id is not null then jsonb_build_object(
      'status', c.status, 'contentType', co.content_type, 'bytes', co.bytes, 'width', c.width,
      'height', c.height, 'durationMs', c.duration_ms, 'traits', c.traits
    )
  end as "cover",
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
        jsonb_agg(
          jsonb_build_object(
            'mediaId', m.media_id, 'altText', m.alt_text, 'userTags', m.user_tags, 'productTags', m.product_tags,
            'file', jsonb_build_object(
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
    from
      media_files f
      join media_files s on s.workspace_id = :workspaceId!
        and s.sha256 = f.sha256
      join post_media m on m.workspace_id = :workspaceId!
        and m.media_id = s.id
        and m.position = 0
      join posts d on d.workspace_id = :workspaceId!
        and d.id = m.post_id
    where
      f.workspace_id = :workspaceId!
      and f.id = (h.media_ids) [1]
      and d.id is distinct from p.id
      and d.account_id = p.account_id
      and coalesce(d.published_at, d.scheduled_at, d.created_at) > :now!::timestamptz - interval '30 days'
      and lower(regexp_replace(normalize(coalesce(d.caption, ''), nfkc), '\\s+', ' ', 'g'))
      = lower(regexp_replace(normalize(coalesce(p.caption, ''), nfkc), '\\s+', ' ', 'g'))
      and (
        select array_agg(coalesce(encode(x.sha256, 'hex'), x.id::text) order by y.position)
        from
          post_media y
          join media_files x on x.workspace_id = :workspaceId!
            and x.id = y.media_id
        where
          y.workspace_id = :workspaceId!
          and y.post_id = d.id
      ) = (
        select array_agg(coalesce(encode(x.sha256, 'hex'), x.id::text) order by y.ordinality)
        from
          unnest(h.media_ids) with ordinality y (id, ordinality)
          join media_files x on x.workspace_id = :workspaceId!
            and x.id = y.id
      )
    order by d.id desc
    limit 1
  ) as "duplicateOf",
  p.content_revision as "contentRevision",
  p.approved_revision as "approvedRevision",
  p.version,
  p.created_at as "createdAt",
  p.updated_at as "updatedAt"
from
  posts p
  left join instagram_accounts a on a.workspace_id = :workspaceId!
    and a.id = p.account_id
  left join media_files c on c.workspace_id = :workspaceId!
    and c.id = p.cover_media_id
  left join media_objects co on co.workspace_id = :workspaceId!
    and co.sha256 = c.sha256
  left join lateral (
    select array_agg(m.media_id order by m.position) as media_ids
    from post_media m
    where
      m.workspace_id = :workspaceId!
      and m.post_id = p.id
  ) h on true
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
    { name: 'workspaceId', required: true, locs: [{ a: 1340, b: 1352 }, { a: 1440, b: 1452 }, { a: 1525, b: 1537 }, { a: 1694, b: 1706 }, { a: 1784, b: 1796 }, { a: 1894, b: 1906 }, { a: 1970, b: 1982 }, { a: 2570, b: 2582 }, { a: 2659, b: 2671 }, { a: 2937, b: 2949 }, { a: 3346, b: 3358 }, { a: 3487, b: 3499 }, { a: 3848, b: 3860 }, { a: 3927, b: 3939 }, { a: 4458, b: 4470 }, { a: 4548, b: 4560 }, { a: 4680, b: 4692 }, { a: 4768, b: 4780 }, { a: 4864, b: 4876 }, { a: 5513, b: 5525 }, { a: 5632, b: 5644 }] },
    { name: 'now', required: true, locs: [{ a: 2161, b: 2165 }] },
    { name: 'content', required: true, isJson: true, locs: [{ a: 4936, b: 4944 }] },
    { name: 'changed', required: true, locs: [{ a: 5119, b: 5127 }, { a: 5226, b: 5234 }, { a: 5329, b: 5337 }] },
    { name: 'id', required: true, locs: [{ a: 5659, b: 5662 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 5671, b: 5688 }, { a: 5728, b: 5745 }] },
  ],
  statement: `select
  p.id,
  p.user_id as "authorId",
  p.account_id as "accountId",
  case when a.id is not null then jsonb_build_object('login', a.login, 'status', a.status) end as "account",
  p.campaign_id as "campaignId",
  p.kind,
  p.caption,
  p.options,
  p.cover_media_id as "coverMediaId",
  case
    when c.id is not null then jsonb_build_object(
      'status', c.status, 'contentType', co.content_type, 'bytes', co.bytes, 'width', c.width,
      'height', c.height, 'durationMs', c.duration_ms, 'traits', c.traits
    )
  end as "cover",
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
        jsonb_agg(
          jsonb_build_object(
            'mediaId', m.media_id, 'altText', m.alt_text, 'userTags', m.user_tags, 'productTags', m.product_tags,
            'file', jsonb_build_object(
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
    from
      media_files f
      join media_files s on s.workspace_id = :workspaceId!
        and s.sha256 = f.sha256
      join post_media m on m.workspace_id = :workspaceId!
        and m.media_id = s.id
        and m.position = 0
      join posts d on d.workspace_id = :workspaceId!
        and d.id = m.post_id
    where
      f.workspace_id = :workspaceId!
      and f.id = (w.media_ids) [1]
      and d.id is distinct from p.id
      and d.account_id = w.account_id
      and coalesce(d.published_at, d.scheduled_at, d.created_at) > :now!::timestamptz - interval '30 days'
      and lower(regexp_replace(normalize(coalesce(d.caption, ''), nfkc), '\\s+', ' ', 'g'))
      = lower(regexp_replace(normalize(coalesce(w.caption, ''), nfkc), '\\s+', ' ', 'g'))
      and (
        select array_agg(coalesce(encode(x.sha256, 'hex'), x.id::text) order by y.position)
        from
          post_media y
          join media_files x on x.workspace_id = :workspaceId!
            and x.id = y.media_id
        where
          y.workspace_id = :workspaceId!
          and y.post_id = d.id
      ) = (
        select array_agg(coalesce(encode(x.sha256, 'hex'), x.id::text) order by y.ordinality)
        from
          unnest(w.media_ids) with ordinality y (id, ordinality)
          join media_files x on x.workspace_id = :workspaceId!
            and x.id = y.id
      )
    order by d.id desc
    limit 1
  ) as "duplicateOf",
  p.content_revision as "contentRevision",
  p.approved_revision as "approvedRevision",
  p.version,
  p.created_at as "createdAt",
  p.updated_at as "updatedAt",
  (
    select jsonb_build_object('login', na.login, 'status', na.status)
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
    select jsonb_build_object(
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
      jsonb_agg(
        case
          when f.id is not null then jsonb_build_object(
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
  left join instagram_accounts a on a.workspace_id = :workspaceId!
    and a.id = p.account_id
  left join media_files c on c.workspace_id = :workspaceId!
    and c.id = p.cover_media_id
  left join media_objects co on co.workspace_id = :workspaceId!
    and co.sha256 = c.sha256
  cross join jsonb_to_record(:content!) as n (
    "accountId" uuid, "campaignId" uuid, "coverMediaId" uuid, "mediaIds" uuid[], caption text
  )
  left join lateral (
    select
      case when 'accountId' = any(:changed!::text[]) then n."accountId" else p.account_id end as account_id,
      case when 'caption' = any(:changed!::text[]) then n.caption else p.caption end as caption,
      case
        when 'media' = any(:changed!::text[]) then n."mediaIds"
        else (
          select array_agg(m.media_id order by m.position)
          from post_media m
          where
            m.workspace_id = :workspaceId!
            and m.post_id = p.id
        )
      end as media_ids
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
    { name: 'workspaceId', required: true, locs: [{ a: 1340, b: 1352 }, { a: 1440, b: 1452 }, { a: 1525, b: 1537 }, { a: 1830, b: 1842 }, { a: 1918, b: 1930 }, { a: 2014, b: 2026 }, { a: 2082, b: 2094 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 2103, b: 2120 }, { a: 2160, b: 2177 }] },
    { name: 'status', required: false, locs: [{ a: 2196, b: 2202 }, { a: 2239, b: 2245 }] },
    { name: 'campaignId', required: false, locs: [{ a: 2255, b: 2265 }, { a: 2300, b: 2310 }] },
    { name: 'accountId', required: false, locs: [{ a: 2320, b: 2329 }, { a: 2363, b: 2372 }] },
    { name: 'authorId', required: false, locs: [{ a: 2382, b: 2390 }, { a: 2421, b: 2429 }] },
    { name: 'tagKey', required: false, locs: [{ a: 2444, b: 2450 }, { a: 2535, b: 2541 }] },
    { name: 'from', required: false, locs: [{ a: 2556, b: 2560 }, { a: 2604, b: 2608 }] },
    { name: 'to', required: false, locs: [{ a: 2618, b: 2620 }, { a: 2663, b: 2665 }] },
    { name: 'beforeId', required: false, locs: [{ a: 2675, b: 2683 }, { a: 2709, b: 2717 }] },
    { name: 'limit', required: true, locs: [{ a: 2745, b: 2751 }] },
  ],
  statement: `select
  p.id,
  p.user_id as "authorId",
  p.account_id as "accountId",
  case when a.id is not null then jsonb_build_object('login', a.login, 'status', a.status) end as "account",
  p.campaign_id as "campaignId",
  p.kind,
  p.caption,
  p.options,
  p.cover_media_id as "coverMediaId",
  case
    when c.id is not null then jsonb_build_object(
      'status', c.status, 'contentType', co.content_type, 'bytes', co.bytes, 'width', c.width,
      'height', c.height, 'durationMs', c.duration_ms, 'traits', c.traits
    )
  end as "cover",
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
        jsonb_agg(
          jsonb_build_object(
            'mediaId', m.media_id, 'altText', m.alt_text, 'userTags', m.user_tags, 'productTags', m.product_tags,
            'file', jsonb_build_object(
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
from
  posts p
  left join instagram_accounts a on a.workspace_id = :workspaceId!
    and a.id = p.account_id
  left join media_files c on c.workspace_id = :workspaceId!
    and c.id = p.cover_media_id
  left join media_objects co on co.workspace_id = :workspaceId!
    and co.sha256 = c.sha256
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
  now: string
  contents: unknown
  visibleAccountIds?: readonly string[] | null | undefined
}

export type ListPostFactsResult = {
  index: number
  account: unknown
  hasCampaign: boolean
  cover: unknown
  files: unknown
  duplicateOf: string | null
}

/**
 * What is known now of all that bodies of posts name. :contents is an array of {postId, accountId, campaignId,
 * coverMediaId, mediaIds, caption}; a row each, in order. What is NULL of an account or a file does not exist.
 */
export const listPostFacts = new PreparedQuery<ListPostFactsParams, ListPostFactsResult>({
  params: [
    { name: 'workspaceId', required: true, locs: [{ a: 908, b: 920 }, { a: 998, b: 1010 }, { a: 1154, b: 1166 }, { a: 1244, b: 1256 }, { a: 1354, b: 1366 }, { a: 1430, b: 1442 }, { a: 2038, b: 2050 }, { a: 2127, b: 2139 }, { a: 2406, b: 2418 }, { a: 2850, b: 2862 }, { a: 3024, b: 3036 }, { a: 3114, b: 3126 }, { a: 3210, b: 3222 }] },
    { name: 'now', required: true, locs: [{ a: 1629, b: 1633 }] },
    { name: 'contents', required: true, isJson: true, locs: [{ a: 2554, b: 2563 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 2902, b: 2919 }, { a: 2951, b: 2968 }] },
  ],
  statement: `select
  (n.ordinality - 1)::int as "index",
  case when a.id is not null then jsonb_build_object('login', a.login, 'status', a.status) end as "account",
  (g.id is not null) as "hasCampaign",
  case
    when c.id is not null then jsonb_build_object(
      'status', c.status, 'contentType', co.content_type, 'bytes', co.bytes, 'width', c.width,
      'height', c.height, 'durationMs', c.duration_ms, 'traits', c.traits
    )
  end as "cover",
  (
    select
      jsonb_agg(
        case
          when f.id is not null then jsonb_build_object(
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
    from
      media_files f
      join media_files s on s.workspace_id = :workspaceId!
        and s.sha256 = f.sha256
      join post_media m on m.workspace_id = :workspaceId!
        and m.media_id = s.id
        and m.position = 0
      join posts d on d.workspace_id = :workspaceId!
        and d.id = m.post_id
    where
      f.workspace_id = :workspaceId!
      and f.id = (n."mediaIds") [1]
      and d.id is distinct from n."postId"
      and d.account_id = n."accountId"
      and coalesce(d.published_at, d.scheduled_at, d.created_at) > :now!::timestamptz - interval '30 days'
      and lower(regexp_replace(normalize(coalesce(d.caption, ''), nfkc), '\\s+', ' ', 'g'))
      = lower(regexp_replace(normalize(coalesce(n.caption, ''), nfkc), '\\s+', ' ', 'g'))
      and (
        select array_agg(coalesce(encode(x.sha256, 'hex'), x.id::text) order by y.position)
        from
          post_media y
          join media_files x on x.workspace_id = :workspaceId!
            and x.id = y.media_id
        where
          y.workspace_id = :workspaceId!
          and y.post_id = d.id
      ) = (
        select array_agg(coalesce(encode(x.sha256, 'hex'), x.id::text) order by y.ordinality)
        from
          unnest(n."mediaIds") with ordinality y (id, ordinality)
          join media_files x on x.workspace_id = :workspaceId!
            and x.id = y.id
      )
    order by d.id desc
    limit 1
  ) as "duplicateOf"
from
  rows from (
    jsonb_to_recordset(:contents!) as (
      "postId" uuid, "accountId" uuid, "campaignId" uuid, "coverMediaId" uuid, "mediaIds" uuid[], caption text
    )
  ) with ordinality n ("postId", "accountId", "campaignId", "coverMediaId", "mediaIds", caption, ordinality)
  left join instagram_accounts a on a.workspace_id = :workspaceId!
    and a.id = n."accountId"
    and (:visibleAccountIds::uuid[] is null or a.id = any(:visibleAccountIds::uuid[]))
  left join campaigns g on g.workspace_id = :workspaceId!
    and g.id = n."campaignId"
  left join media_files c on c.workspace_id = :workspaceId!
    and c.id = n."coverMediaId"
  left join media_objects co on co.workspace_id = :workspaceId!
    and co.sha256 = c.sha256
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
    { name: 'posts', required: true, isJson: true, locs: [{ a: 330, b: 336 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 732, b: 744 }, { a: 1302, b: 1314 }, { a: 2576, b: 2588 }] },
    { name: 'userId', required: true, locs: [{ a: 753, b: 760 }] },
    { name: 'idempotencyPrincipal', required: false, locs: [{ a: 2591, b: 2611 }] },
    { name: 'idempotencyKey', required: false, locs: [{ a: 2614, b: 2628 }, { a: 2933, b: 2947 }] },
    { name: 'idempotencyRoute', required: false, locs: [{ a: 2631, b: 2647 }] },
    { name: 'idempotencyFingerprint', required: false, locs: [{ a: 2650, b: 2672 }] },
    { name: 'answerStatus', required: true, locs: [{ a: 2681, b: 2694 }] },
    { name: 'refused', required: true, isJson: true, locs: [{ a: 2843, b: 2851 }] },
    { name: 'now', required: true, locs: [{ a: 2875, b: 2879 }, { a: 2882, b: 2886 }] },
  ],
  statement: `with
  actor as materialized (
    select set_config('app.actor', :actor!, true) as value
  ),
  new_posts as (
    select
      n.id, n.kind, n.caption, n.options, n.tags, n.media, n."accountId", n.account, n."campaignId", n."coverMediaId",
      n.cover, n."duplicateOf"
    from
      actor
      cross join jsonb_to_recordset(:posts!) as n (
        id uuid, kind post_kind, caption text, options jsonb, tags text[], media jsonb, "accountId" uuid,
        account jsonb, "campaignId" uuid, "coverMediaId" uuid, cover jsonb, "duplicateOf" uuid
      )
  ),
  inserted_posts as (
    insert into posts (
      workspace_id, id, user_id, account_id, campaign_id, kind, caption, options, cover_media_id, tags
    )
    select
      :workspaceId!, n.id, :userId!, n."accountId", n."campaignId", n.kind, n.caption, n.options,
      n."coverMediaId", n.tags
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
 * coverMediaId, media}, and media an array of {mediaId, altText, userTags, productTags}.
 */
export const updatePost = new PreparedQuery<UpdatePostParams, UpdatePostResult>({
  params: [
    { name: 'actor', required: true, locs: [{ a: 72, b: 78 }] },
    { name: 'workspaceId', required: true, locs: [{ a: 538, b: 550 }, { a: 951, b: 963 }, { a: 1488, b: 1500 }, { a: 2362, b: 2374 }, { a: 2864, b: 2876 }, { a: 3666, b: 3678 }] },
    { name: 'id', required: true, locs: [{ a: 574, b: 577 }, { a: 1519, b: 1522 }, { a: 2393, b: 2396 }] },
    { name: 'content', required: true, isJson: true, locs: [{ a: 1031, b: 1039 }] },
    { name: 'version', required: true, locs: [{ a: 2420, b: 2428 }] },
    { name: 'visibleAccountIds', required: false, locs: [{ a: 2441, b: 2458 }, { a: 2498, b: 2515 }] },
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
      n.caption, n.options, n.tags, n.media, n."accountId", n."campaignId", n."coverMediaId",
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
        caption text, options jsonb, tags text[], media jsonb, "accountId" uuid, "campaignId" uuid, "coverMediaId" uuid
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
