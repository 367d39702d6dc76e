-- one table, bound | tenant | findPost
select p.id from posts p where p.workspace_id = :workspaceId! and p.id = :id!;

-- no alias and a cast parameter | tenant | findPost
select id from posts where workspace_id = :workspaceId!::uuid and id = :id!;

-- a composite join | tenant | findPost
select p.id, c.name as "name?" from posts p left join campaigns c on c.workspace_id = p.workspace_id and c.id = p.campaign_id
where p.workspace_id = :workspaceId!;

-- a row comparison | tenant | findPost
select p.id from posts p join campaigns c on (c.workspace_id, c.id) = (p.workspace_id, p.campaign_id) where p.workspace_id = :workspaceId!;

-- a chain of joins | tenant | findPost
select p.id from post_media m join posts p on p.workspace_id = m.workspace_id and p.id = m.post_id
join media_files f on f.workspace_id = m.workspace_id and f.id = m.media_id where f.workspace_id = :workspaceId!;

-- a correlated subquery and EXISTS | tenant | findPost
select p.id, (select count(*)::int from post_media m where m.workspace_id = p.workspace_id and m.post_id = p.id) as "media!"
from posts p where p.workspace_id = :workspaceId!
and exists (select 1 from campaigns c where c.workspace_id = p.workspace_id and c.id = p.campaign_id);

-- a lateral subquery | tenant | findPost
select p.id, m.media_id as "mediaId?" from posts p left join lateral (
select m.media_id from post_media m where m.workspace_id = p.workspace_id and m.post_id = p.id order by m.position limit 1
) m on true where p.workspace_id = :workspaceId!;

-- the tenant handed on by a CTE | tenant | findPost
with found as (select p.workspace_id, p.id from posts p where p.workspace_id = :workspaceId! and p.id = :id!)
select m.media_id from found f join post_media m on m.workspace_id = f.workspace_id and m.post_id = f.id;

-- rows chosen by IN | tenant | findPost
select m.media_id from post_media m where (m.workspace_id, m.post_id) in
(select p.workspace_id, p.id from posts p where p.workspace_id = :workspaceId! and p.status = :status!);

-- a UNION of bound branches | tenant | findPost
select p.id from posts p where p.workspace_id = :workspaceId! union all select c.id from campaigns c where c.workspace_id = :workspaceId!;

-- a member’s name | tenant | findMember
select u.name_ciphertext as "name" from workspace_members m join users u on u.id = m.user_id where m.workspace_id = :workspaceId!;

-- a keyset page with optional filters | tenant | listPosts
select p.id from posts p where p.workspace_id = :workspaceId! and (:status::post_status is null or p.status = :status)
and (:beforeAt::timestamptz is null or (p.scheduled_at, p.id) < (:beforeAt, :beforeId)) order by p.scheduled_at desc, p.id desc limit :limit! + 1;

-- a write, its children and its record | tenant | insertPost
with ACTOR,
inserted_post as (insert into posts (workspace_id, id, caption) select :workspaceId!, :id!, :caption from actor returning workspace_id, id),
inserted_media as (
insert into post_media (workspace_id, post_id, position, media_id)
select p.workspace_id, p.id, m.position, m.id from inserted_post p cross join unnest(:mediaIds!::uuid[]) with ordinality m (id, position)
)
insert into idempotency_keys (workspace_id, key, response) select p.workspace_id, :key!, to_jsonb(p) from inserted_post p;

-- an actor handed on by a CTE | tenant | updatePost
with ACTOR, locked_post as (
select p.workspace_id, p.id from posts p cross join actor where p.workspace_id = :workspaceId! and p.id = :id! for update of p
)
update posts p set caption = :caption from locked_post l where p.workspace_id = l.workspace_id and p.id = l.id;

-- an upsert by the tenant’s key | tenant | upsertPost
with ACTOR insert into posts (workspace_id, id, caption) select :workspaceId!, :id!, :caption from actor
on conflict (workspace_id, id) do update set caption = excluded.caption;

-- ON CONFLICT DO NOTHING | tenant | insertPost
with ACTOR insert into posts (workspace_id, id) select :workspaceId!, :id! from actor on conflict do nothing;

-- a lookup table | tenant | findMove
select m.to_status from post_status_moves m where m.from_status = :status!;

-- the caller’s sessions | user | listSessions
select s.id from user_sessions s where s.user_id = :userId! order by s.id limit :limit!;

-- an account by the digest of its address | user | findUser
select u.id from users u where u.id = (select e.user_id from user_email_index e join unnest(:keyVersions!::int[], :digests!::text[]) d (version, digest)
on e.key_version = d.version and e.digest = decode(d.digest, 'hex'));

-- a workspace reached through the membership | user | findWorkspace
select w.name from workspace_members m join workspaces w on w.id = m.workspace_id where m.user_id = :userId!;

-- an actor made of the session’s row | user | updateSession
with presented as (select s.id, s.user_id from user_sessions s where s.id = :sessionId!),
actor as (select set_config('app.actor', (:actor!::text::jsonb || jsonb_build_object('userId', p.user_id))::text, true) as value from presented p)
update user_sessions s set device = :device from presented p cross join actor where s.id = p.id;

-- the system’s own keys | user | findKey
select k.id from encryption_keys k where k.user_id is null and k.workspace_id is null;

-- a job over all tenants | jobs | deleteRecords
delete from idempotency_keys i where i.expires_at < :now!;

-- an actor read in VALUES | tenant | insertPost
with ACTOR insert into posts (workspace_id, id, caption) values (:workspaceId!, :id!, (select a.value from actor a));

-- an actor read by a plain subquery | tenant | deletePost
with ACTOR delete from posts p using (select a.value from actor a) a where p.workspace_id = :workspaceId! and p.id = :id!;

-- a tenant’s rows through the membership | user | findPost
select p.id from workspace_members m join posts p on p.workspace_id = m.workspace_id where m.user_id = :userId!;

-- a limited CTE handed on | tenant | listPosts
with page as (select p.workspace_id, p.id from posts p where p.workspace_id = :workspaceId! order by p.id desc limit :limit!)
select g.id, m.media_id from page g join post_media m on m.workspace_id = g.workspace_id and m.post_id = g.id order by g.id desc;
