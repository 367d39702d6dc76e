-- a tenant table without the tenant | tenant-binding | tenant | findPost
select p.id from posts p where p.id = :id!;

-- the binding inside an OR | tenant-binding | tenant | findPost
select p.id from posts p where p.workspace_id = :workspaceId! or p.id = :id!;

-- the binding under NOT | tenant-binding | tenant | findPost
select p.id from posts p where not (p.workspace_id = :workspaceId!);

-- the binding by another comparison | tenant-binding | tenant | findPost
select p.id from posts p where p.workspace_id >= :workspaceId!;

-- the binding of a cast column | tenant-binding | tenant | findPost
select p.id from posts p where left(p.workspace_id::text, 1) = :workspaceId!::text;

-- a column compared with itself | tenant-binding | tenant | findPost
select p.id from posts p where p.workspace_id = p.workspace_id and p.id = :id!;

-- the same, unqualified | tenant-binding | tenant | findPost
select id from posts where workspace_id = workspace_id and id = :id!;

-- another parameter than the tenant | tenant-binding | tenant | findPost
select p.id from posts p where p.workspace_id = :otherId!;

-- the wrong column | tenant-binding | tenant | findPost
select p.id from posts p where p.id = :workspaceId!;

-- the wrong alias | tenant-binding | tenant | findPost
select p.id from posts p join campaigns c on c.id = p.campaign_id where c.workspace_id = :workspaceId!;

-- two tables tied to each other alone | tenant-binding | tenant | findPost
select p.id from posts p join campaigns c on c.workspace_id = p.workspace_id where p.id = :id!;

-- the kept side of a left join bound in ON | tenant-binding | tenant | findPost
select p.id from posts p left join campaigns c on c.workspace_id = p.workspace_id and p.workspace_id = :workspaceId!;

-- the far side of a left join unbound | tenant-binding | tenant | findPost
select p.id, c.name as "name?" from posts p left join campaigns c on c.id = p.campaign_id where p.workspace_id = :workspaceId!;

-- both sides of a full join | tenant-binding | tenant | findPost
select p.id as "id?" from posts p full join campaigns c on c.workspace_id = :workspaceId! and p.workspace_id = :workspaceId!;

-- an unbound subquery in the select list | tenant-binding | tenant | findPost
select (select count(*)::int from posts q) as "total!" from posts p where p.workspace_id = :workspaceId!;

-- an unbound subquery in EXISTS | tenant-binding | tenant | findPost
select p.id from posts p where p.workspace_id = :workspaceId! and exists (select 1 from post_media m where m.post_id = p.id);

-- an unbound subquery in FROM, filtered outside | tenant-binding | tenant | findPost
select x.id as "id!" from (select p.id, p.workspace_id from posts p) x where x.workspace_id = :workspaceId!;

-- an unbound lateral subquery | tenant-binding | tenant | findPost
select p.id from posts p cross join lateral (select m.media_id from post_media m where m.post_id = p.id) m where p.workspace_id = :workspaceId!;

-- an unbound CTE, filtered outside | tenant-binding | tenant | findPost
with found as (select p.id, p.workspace_id from posts p) select f.id as "id!" from found f where f.workspace_id = :workspaceId!;

-- an unbound branch of a UNION | tenant-binding | tenant | findPost
select p.id from posts p where p.workspace_id = :workspaceId! union all select q.id from posts q where q.id = :id!;

-- a CTE that hides a table | cte-name | tenant | findPost
with posts as (select p.id from posts p where p.workspace_id = :workspaceId!) select p.id as "id!" from posts p;

-- a table of another schema | unknown-table | tenant | findPost
select p.id from partitions.audit_logs_2026_11 p where p.workspace_id = :workspaceId!;

-- a table nobody listed | unknown-table | tenant | findPost
select p.id from secrets p where p.workspace_id = :workspaceId!;

-- USING, whose sides are not told apart | join-using | tenant | findPost
select p.id from posts p join campaigns c using (workspace_id) where p.workspace_id = :workspaceId!;

-- recursion | recursive | tenant | findPost
with recursive found as (select p.id from posts p where p.workspace_id = :workspaceId!) select f.id as "id!" from found f;

-- a person in a tenant file without a bound row | tenant-binding | tenant | findUser
select u.id from users u where u.id = :userId!;

-- a session’s workspace taken for the tenant | tenant-binding | tenant | findPost
select p.id from workspace_members m join user_sessions s on s.user_id = m.user_id join posts p on p.workspace_id = s.workspace_id
where m.workspace_id = :workspaceId!;

-- an UPDATE that joins a bound table but is not bound | tenant-binding | tenant | updatePost
with ACTOR update posts p set caption = :caption from actor, campaigns c where c.workspace_id = :workspaceId! and c.id = p.campaign_id;

-- a DELETE by id alone | tenant-binding | tenant | deletePost
with ACTOR delete from posts p using actor where p.id = :id!;

-- INSERT ... SELECT from another tenant | tenant-binding | tenant | insertPost
with ACTOR insert into posts (workspace_id, id, kind) select :workspaceId!, :id!, p.kind from actor, posts p where p.id = :sourceId!;

-- INSERT for another tenant | tenant-binding | tenant | insertPost
with ACTOR insert into posts (workspace_id, id) select :otherId!, :id! from actor;

-- INSERT with one bad branch | tenant-binding | tenant | insertPost
with ACTOR insert into posts (workspace_id, id) select :workspaceId!, :id! from actor union all select :otherId!, :otherPostId! from actor;

-- INSERT without naming the columns | insert-columns | tenant | insertMedia
with ACTOR insert into post_media select :workspaceId!, :postId! from actor;

-- a row moved to another tenant | tenant-move | tenant | updatePost
with ACTOR update posts p set workspace_id = :otherId! from actor where p.workspace_id = :workspaceId! and p.id = :id!;

-- ON CONFLICT DO UPDATE by a key without the tenant | conflict-binding | tenant | upsertPost
with ACTOR insert into posts (workspace_id, id) select :workspaceId!, :id! from actor on conflict (id) do update set caption = :caption;

-- a write to a lookup table | lookup-write | tenant | insertMove
insert into post_status_moves (from_status, to_status) values (:from!, :to!);

-- a session by neither user nor id | user-binding | user | findSession
select s.id from user_sessions s where s.device = :device!;

-- a user by a parameter that is not the caller | user-binding | user | findUser
select u.id from users u where u.id = :otherId!;

-- a workspace that no membership ties to the caller | user-binding | user | findAccess
select m.role as "role?", w.plan as "plan?" from user_sessions s left join workspaces w on w.id = :claimedId!
left join workspace_members m on m.workspace_id = w.id and m.user_id = s.user_id where s.id = :sessionId!;

-- keys that have an owner, read as the system’s | user-binding | user | findKey
select k.id from encryption_keys k where k.user_id is null and k.purpose = :purpose!;

-- an audited write without actor | actor | tenant | updatePost
update posts p set caption = :caption where p.workspace_id = :workspaceId! and p.id = :id!;

-- an actor that nothing reads | actor | tenant | updatePost
with ACTOR update posts p set caption = :caption where p.workspace_id = :workspaceId! and p.id = :id!;

-- an actor read after the write | actor | tenant | deletePost
with ACTOR delete from posts p where p.workspace_id = :workspaceId! and p.id = :id! returning (select a.value from actor a) as value;

-- an actor that may not be evaluated | actor | tenant | deletePost
with ACTOR delete from posts p where p.workspace_id = :workspaceId! and (p.id = :id! or exists (select 1 from actor));

-- a write in a CTE without actor, beside one with it | actor | tenant | deletePost
with ACTOR, deleted_media as (delete from post_media m where m.workspace_id = :workspaceId! and m.post_id = :id!)
delete from posts p using actor where p.workspace_id = :workspaceId! and p.id = :id!;

-- an actor for this connection instead of this transaction | actor | tenant | deletePost
with actor as (select set_config('app.actor', :actor!, false) as value)
delete from posts p using actor where p.workspace_id = :workspaceId! and p.id = :id!;

-- an actor made by the statement | actor | tenant | deletePost
with actor as (select set_config('app.actor', '{"kind":"job"}', true) as value)
delete from posts p using actor where p.workspace_id = :workspaceId! and p.id = :id!;

-- an actor that needs a row, on the side of a join that does not | actor | user | updateSession
with presented as (select s.user_id from user_sessions s where s.id = :sessionId!),
actor as (select set_config('app.actor', :actor!, true) as value from presented)
update user_sessions s set device = :device from presented p left join actor on true where s.id = :sessionId!;

-- another setting | set-config | tenant | findRole
select set_config('role', :role!, true) as role;

-- an insert that leaves the id to the database | explicit-id | tenant | insertPost
with ACTOR insert into posts (workspace_id, kind) select :workspaceId!, :kind! from actor;

-- an id made by the database | explicit-id | tenant | insertPost
with ACTOR insert into posts (workspace_id, id) select :workspaceId!, uuid_v7() from actor;

-- select * | star | tenant | findPost
select * from posts p where p.workspace_id = :workspaceId!;

-- t.* | star | tenant | findPost
select p.* from posts p where p.workspace_id = :workspaceId!;

-- select * in EXISTS | star | tenant | findPost
select p.id from posts p where p.workspace_id = :workspaceId! and exists (select * from campaigns c where c.workspace_id = p.workspace_id);

-- returning * | star | tenant | deletePost
with ACTOR delete from posts p using actor where p.workspace_id = :workspaceId! and p.id = :id! returning *;

-- the whole row of a table | star | tenant | findPost
select to_jsonb(p) as "post!" from posts p where p.workspace_id = :workspaceId!;

-- OFFSET | offset | tenant | listPosts
select p.id from posts p where p.workspace_id = :workspaceId! order by p.id limit :limit! offset :offset!;

-- now() | clock | tenant | findPost
select p.id from posts p where p.workspace_id = :workspaceId! and p.scheduled_at < now();

-- current_date in a CTE | clock | tenant | findPost
with today as (select current_date as day) select p.id from posts p, today t where p.workspace_id = :workspaceId! and p.scheduled_at < t.day;

-- current_timestamp | clock | jobs | deleteRecords
delete from idempotency_keys i where i.expires_at < current_timestamp;

-- 'now' | clock | tenant | findPost
select p.id from posts p where p.workspace_id = :workspaceId! and p.scheduled_at < 'now'::timestamptz;

-- age() of one argument | clock | tenant | findPost
select p.id, age(p.created_at) as "age!" from posts p where p.workspace_id = :workspaceId!;

-- a session lock | function | jobs | lockJob
select pg_advisory_lock(1) as locked;

-- order by a parameter | order-by | tenant | listPosts
select p.id from posts p where p.workspace_id = :workspaceId! order by :sort!::text limit :limit!;

-- order by position | order-by | tenant | listPosts
select p.id from posts p where p.workspace_id = :workspaceId! order by 1 limit :limit!;

-- a list without limit | limit | tenant | listPosts
select p.id from posts p where p.workspace_id = :workspaceId!;

-- a comparison that a forgotten parameter empties | required | tenant | findPost
select p.id from posts p where p.workspace_id = :workspaceId! and p.id = :id;

-- an outer join’s column said to be never null | outer-join-hint | tenant | findPost
select p.id, c.name from posts p left join campaigns c on c.workspace_id = p.workspace_id and c.id = p.campaign_id
where p.workspace_id = :workspaceId!;

-- a name that is not a verb of the vocabulary | name | tenant | getPost
select p.id from posts p where p.workspace_id = :workspaceId!;

-- a name in another case | name | tenant | FindPost
select p.id from posts p where p.workspace_id = :workspaceId!;

-- what is neither read nor write | statement | tenant | deletePosts
truncate posts;

-- what PostgreSQL cannot parse | syntax | tenant | findPost
select p.id from from posts p;

-- an unbound subquery in SET | tenant-binding | tenant | updatePost
with ACTOR update posts p set caption = (select q.caption from posts q where q.id = :sourceId!)
from actor where p.workspace_id = :workspaceId! and p.id = :id!;

-- an unbound subquery in SET of several columns | tenant-binding | tenant | updatePost
with ACTOR update posts p set (caption, kind) = (select q.caption, q.kind from posts q where q.id = :sourceId!)
from actor where p.workspace_id = :workspaceId! and p.id = :id!;

-- an unbound subquery in VALUES | tenant-binding | tenant | insertPost
with ACTOR insert into posts (workspace_id, id, caption)
values (:workspaceId!, :id!, (select q.caption from posts q where q.id = :sourceId! and exists (select 1 from actor)));

-- an unbound subquery in RETURNING | tenant-binding | tenant | deletePost
with ACTOR delete from posts p using actor where p.workspace_id = :workspaceId! and p.id = :id!
returning (select q.caption from posts q where q.id = :sourceId!) as caption;

-- an unbound subquery in the WHERE of DO UPDATE | tenant-binding | tenant | upsertPost
with ACTOR insert into posts (workspace_id, id) select :workspaceId!, :id! from actor
on conflict (workspace_id, id) do update set caption = :caption where exists (select 1 from campaigns c where c.id = :campaignId!);

-- an unbound subquery in ON | tenant-binding | tenant | findPost
select p.id from posts p join campaigns c on c.workspace_id = p.workspace_id
and exists (select 1 from media_files f where f.id = :mediaId!) where p.workspace_id = :workspaceId!;

-- an unbound subquery in HAVING | tenant-binding | tenant | countPosts
select count(*)::int as "total!" from posts p where p.workspace_id = :workspaceId!
having count(*) > (select count(*) from campaigns c);

-- an unbound subquery in ORDER BY of a UNION | tenant-binding | tenant | findPost
select p.id from posts p where p.workspace_id = :workspaceId! union all
select q.id from posts q where q.workspace_id = :workspaceId! order by (select count(*) from campaigns c);

-- an unbound subquery in an argument of a function in FROM | tenant-binding | tenant | findPost
select n.n as "n!" from generate_series(1, (select count(*)::int from posts p)) n;

-- an unbound side of EXCEPT | tenant-binding | tenant | findPost
select p.id from posts p where p.workspace_id = :workspaceId! except select q.id from posts q;

-- an inner alias that hides the bound one | tenant-binding | tenant | findPost
select p.id from posts p where p.workspace_id = :workspaceId!
and exists (select 1 from campaigns p where p.workspace_id = p.workspace_id);

-- a CTE of an inner query taken for the outer one | unknown-table | tenant | findPost
select p.id from posts p where p.workspace_id = :workspaceId!
and p.id in (with found as (select q.id from posts q where q.workspace_id = :workspaceId!) select f.id from found f)
and exists (select 1 from found f);

-- the tenant compared through an array | tenant-binding | tenant | findPost
select p.id from posts p where p.workspace_id = any(:workspaceIds!::uuid[]);

-- another tenant beside the own | tenant-binding | tenant | findPost
select p.id from posts p where p.workspace_id in (:workspaceId!, :otherId!);

-- a column that only sounds like the tenant | tenant-binding | tenant | findPost
with found as (select p.id as workspace_id from posts p where p.workspace_id = :workspaceId!)
select c.id from campaigns c join found f on c.workspace_id = f.workspace_id;

-- a tenant that two branches disagree about | tenant-binding | tenant | findPost
with found as (select :workspaceId!::uuid as workspace_id union all select :otherId!::uuid)
select c.id from campaigns c join found f on c.workspace_id = f.workspace_id;

-- a natural join | join-using | tenant | findPost
select p.id from posts p natural join campaigns c where p.workspace_id = :workspaceId!;

-- INSERT of defaults | tenant-binding | tenant | insertPost
insert into posts default values;

-- rows locked of another tenant | tenant-binding | tenant | lockPost
select p.id from posts p where p.id = :id! for update;

-- an actor that only one branch reads | actor | tenant | insertPost
with ACTOR insert into posts (workspace_id, id) select :workspaceId!, :id! from actor
union all select :workspaceId!, :otherPostId!;

-- an actor read by a CTE that nothing reads | actor | tenant | deletePost
with ACTOR, seen as (select a.value from actor a)
delete from posts p where p.workspace_id = :workspaceId! and p.id = :id!;

-- OFFSET in an arm of a UNION | offset | tenant | findPost
(select p.id from posts p where p.workspace_id = :workspaceId! offset 5) union all
select q.id from posts q where q.workspace_id = :workspaceId!;

-- an unbound arm of an arm | tenant-binding | tenant | findPost
select p.id from posts p where p.workspace_id = :workspaceId! union all
(select q.id from posts q where q.workspace_id = :workspaceId! intersect select r.id from posts r);

-- a query in a text | function | tenant | findPost
select query_to_xml('select * from posts', true, false, '') as "x!";

-- a table as XML | function | tenant | findPost
select table_to_xml('posts'::regclass, true, false, '') as "x!";

-- a query in a text of the full-text search | function | tenant | findPost
select t.word from ts_stat('select to_tsvector(caption) from posts') t;

-- another session | function | tenant | findPost
select pg_terminate_backend(:pid!) as "x!";

-- a job's function in a request | function | tenant | findPost
select ensure_all_partitions(3) as "x!";

-- a large object | function | jobs | findPost
select lo_create(0) as "x!";

-- an actor that the statement may replace | actor-setting | tenant | deletePost
with actor as (select set_config('app.actor', coalesce('{"kind":"job"}', :actor!), true) as value)
delete from posts p using actor where p.workspace_id = :workspaceId! and p.id = :id!;

-- an actor with another user in it | actor-setting | tenant | deletePost
with actor as (select set_config('app.actor', jsonb_set(:actor!::jsonb, '{userId}', to_jsonb(:userId!::text))::text, true) as value)
delete from posts p using actor where p.workspace_id = :workspaceId! and p.id = :id!;

-- an actor completed by a parameter | actor-setting | user | updateSession
with actor as (select set_config('app.actor', (:actor!::jsonb || jsonb_build_object('userId', :userId!::text))::text, true) as value)
update user_sessions s set device = :device from actor where s.id = :sessionId!;

-- an actor completed by more than its user | actor-setting | user | updateSession
with presented as (select s.id, s.user_id from user_sessions s where s.id = :sessionId!),
actor as (select set_config('app.actor', (:actor!::jsonb || jsonb_build_object('kind', p.user_id))::text, true) as value from presented p)
update user_sessions s set device = :device from presented p cross join actor where s.id = p.id;

-- a second actor | actor-setting | tenant | deletePost
with ACTOR, other as (select set_config('app.actor', '{"kind":"job"}', true) as value)
delete from posts p using actor, other where p.workspace_id = :workspaceId! and p.id = :id!;

-- an actor on the optional side of a join | actor | tenant | deletePost
with ACTOR delete from posts p using campaigns c left join actor on false
where p.workspace_id = :workspaceId! and c.workspace_id = p.workspace_id;

-- an actor in a subquery that reads nothing | actor | tenant | deletePost
with ACTOR delete from posts p where p.workspace_id = :workspaceId! and not exists (select 1 from actor where false);

-- an actor behind a limit of nothing | actor | tenant | deletePost
with ACTOR delete from posts p using (select a.value from actor a limit 0) a where p.workspace_id = :workspaceId!;

-- an actor hidden by another CTE of its name | cte-name | tenant | deletePost
with actor as (select 1 as value),
x as (with actor as (select set_config('app.actor', :actor!, true) as value) select a.value from actor a)
delete from posts p using actor where p.workspace_id = :workspaceId! and p.id = :id!;

-- the current time as a text that is compared | clock | tenant | findPost
select p.id from posts p where p.workspace_id = :workspaceId! and p.scheduled_at < 'now';

-- the current time as a text that is cast twice | clock | tenant | findPost
select p.id from posts p where p.workspace_id = :workspaceId! and p.scheduled_at < ('now'::text)::timestamptz;

-- the current time as an argument | clock | tenant | findPost
select p.id from posts p where p.workspace_id = :workspaceId! and tstzrange('now', 'tomorrow') @> p.scheduled_at;

-- an id left to its default | explicit-id | tenant | insertPost
with ACTOR insert into posts (workspace_id, id, caption) values (:workspaceId!, default, (select a.value from actor a));

-- a limit in a condition only | limit | tenant | listPosts
select p.id from posts p where p.workspace_id = :workspaceId!
and exists (select 1 from campaigns c where c.workspace_id = p.workspace_id limit :limit!);

-- the workspace that a session names, without a membership | user-binding | user | findPost
select p.id from user_sessions s join posts p on p.workspace_id = s.workspace_id where s.id = :sessionId!;

-- a table made of rows | statement | tenant | findPost
select p.id into copied from posts p where p.workspace_id = :workspaceId!;

-- the current time with an hour | clock | tenant | findPost
select p.id from posts p where p.workspace_id = :workspaceId! and p.scheduled_at < 'today 08:00';

-- the current time in an array | clock | tenant | findPost
select p.id from posts p where p.workspace_id = :workspaceId! and p.scheduled_at = any('{now}'::timestamptz[]);

-- the current time in a range | clock | tenant | findPost
select p.id from posts p where p.workspace_id = :workspaceId! and '[today,)'::tstzrange @> p.scheduled_at;

-- a function of another schema under a known name | function | tenant | findPost
select other.count(p.id)::int as "n!" from posts p where p.workspace_id = :workspaceId!;
