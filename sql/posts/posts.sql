/* @name findPost */
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
  ) as "media!"
from posts p
where
  p.workspace_id = :workspaceId!
  and p.id = :id!
  and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]));

/* Newest first; a filter that is null does not filter. From and to bound the scheduled time, to exclusively. */
/* @name listPosts */
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
  ) as "media!"
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
limit :limit!;

/*
The draft, its media in order and, when the request has an Idempotency-Key, the record of its answer: all or none.
:media is an array of {mediaId, altText, userTags, productTags}.
*/
/* @name insertPost */
with
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
  p.id as "id!",
  p."authorId" as "authorId!",
  p."accountId",
  p."campaignId",
  p.kind as "kind!",
  p.caption,
  p.options as "options!",
  p.status as "status!",
  p."scheduledAt",
  p."timeZone",
  p."publishedAt",
  p.permalink,
  p.version as "version!",
  p."createdAt" as "createdAt!",
  p."updatedAt" as "updatedAt!",
  p.media as "media!"
from created_post p;

/* Holds a post, as it is now, until the transaction ends. */
/* @name lockPost */
select p.id
from posts p
where
  p.workspace_id = :workspaceId!
  and p.id = :id!
  and (:visibleAccountIds::uuid[] is null or p.account_id = any(:visibleAccountIds::uuid[]))
for no key update;

/*
Sets the columns named in :changed, to NULL where their parameter is, and replaces the media when they are named.
No row when the post does not exist, is no longer editable, is of another kind than :kinds allow for the new options,
or when none of :versions (NULL: any) is its current one.

Nor when another change commits while this one waits for it: the media that this statement reads and deletes are those
of its snapshot, so it may only change the version of the post that the snapshot has.

The new media are written over the old ones by position and the rest is deleted, since one statement cannot delete a
row and insert it again. Equal media are no change.
*/
/* @name updatePost */
with
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
  p.id as "id!",
  p.user_id as "authorId!",
  p.account_id as "accountId",
  p.campaign_id as "campaignId",
  p.kind as "kind!",
  p.caption,
  p.options as "options!",
  p.status as "status!",
  p.scheduled_at as "scheduledAt",
  p.time_zone as "timeZone",
  p.published_at as "publishedAt",
  p.permalink,
  p.version as "version!",
  p.created_at as "createdAt!",
  p.updated_at as "updatedAt!",
  case when 'media' = any(:changed!::text[]) then :media!::jsonb else p.current_media end as "media!"
from updated_post p;

/* Only what nobody has seen or awaits is deleted; other states are archived or unscheduled first. */
/* @name deletePost */
with
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
returning p.id;
