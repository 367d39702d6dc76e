-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

alter table media_files add column traits jsonb;
alter table media_files add constraint media_files_traits_check
  check (traits is null or (jsonb_typeof(traits) = 'object' and traits ->> 'kind' in ('image', 'video'))) not valid;

alter table media_objects add column upload_id uuid;
alter table media_objects add column missing_since timestamptz;

create table media_quotas (
  plan workspace_plan not null,
  bytes bigint not null,
  constraint media_quotas_pkey primary key (plan),
  constraint media_quotas_bytes_check check (bytes > 0)
);
insert into media_quotas (plan, bytes) values
  ('free', 5368709120), ('pro', 107374182400), ('enterprise', 1099511627776);

create table media_usage (
  workspace_id uuid not null,
  used_bytes bigint not null default 0,
  reserved_bytes bigint not null default 0,
  constraint media_usage_pkey primary key (workspace_id),
  constraint media_usage_workspace_fkey foreign key (workspace_id) references workspaces (id) on delete restrict,
  constraint media_usage_bytes_check check (used_bytes >= 0 and reserved_bytes >= 0)
);

create table media_sweeps (
  name text not null,
  after_key text not null default '',
  constraint media_sweeps_pkey primary key (name),
  constraint media_sweeps_name_check check (name in ('objects')),
  constraint media_sweeps_after_key_check check (char_length(after_key) <= 1024)
);
insert into media_sweeps (name) values ('objects');

-- Whoever writes objects or files, the counters move in the same transaction. An upload that is still open counts with
-- the size that it announced.
create function media_reserved_bytes(file media_files) returns bigint
  language sql immutable set search_path = pg_catalog, pg_temp
return case when (file).status in ('pending', 'processing') then (file).declared_bytes else 0 end;

-- Adds to the counters of a workspace. What is newly reserved has to fit into the quota of its plan; giving back, and
-- storing what was reserved, always succeeds.
create function media_count(counted_workspace uuid, used bigint, reserved bigint) returns void
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  total bigint;
  quota bigint;
begin
  if used = 0 and reserved = 0 then
    return;
  end if;
  insert into public.media_usage as u (workspace_id) values (counted_workspace) on conflict (workspace_id) do nothing;
  update public.media_usage as u
  set used_bytes = u.used_bytes + used, reserved_bytes = u.reserved_bytes + reserved
  where u.workspace_id = counted_workspace
  returning u.used_bytes + u.reserved_bytes into total;
  if reserved <= 0 then
    return;
  end if;
  select q.bytes into quota
  from public.workspaces as w join public.media_quotas as q on q.plan = w.plan
  where w.id = counted_workspace;
  if total > quota then
    raise exception using
      errcode = '23514', constraint = 'media_usage_quota', schema = 'public', table = 'media_usage',
      message = format('%s bytes would be more than the quota of %s', total, quota);
  end if;
end
$$;

create function media_files_count() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'INSERT' then
    perform public.media_count(new.workspace_id, 0, public.media_reserved_bytes(new));
  elsif tg_op = 'UPDATE' then
    perform public.media_count(
      new.workspace_id, 0, public.media_reserved_bytes(new) - public.media_reserved_bytes(old));
  else
    perform public.media_count(old.workspace_id, 0, -public.media_reserved_bytes(old));
  end if;
  return null;
end
$$;

create function media_objects_count() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'INSERT' then
    perform public.media_count(new.workspace_id, new.bytes, 0);
  else
    perform public.media_count(old.workspace_id, -old.bytes, 0);
  end if;
  return null;
end
$$;

revoke all on function media_reserved_bytes(media_files) from public;
revoke all on function media_count(uuid, bigint, bigint) from public;
revoke all on function media_files_count() from public;
revoke all on function media_objects_count() from public;

insert into media_usage (workspace_id, used_bytes, reserved_bytes)
select counted.workspace_id, sum(counted.used), sum(counted.reserved)
from (
  select o.workspace_id, o.bytes as used, 0 as reserved from media_objects as o
  union all
  select f.workspace_id, 0, media_reserved_bytes(f) from media_files as f
) as counted
group by counted.workspace_id;

create trigger count_bytes after insert or update of status, declared_bytes or delete on media_files
  for each row execute function media_files_count();
create trigger count_bytes after insert or delete on media_objects
  for each row execute function media_objects_count();
create trigger refuse before truncate on media_quotas
  for each statement execute function refuse_statement();
create trigger refuse before truncate on media_sweeps
  for each statement execute function refuse_statement();
create trigger refuse before truncate on media_usage
  for each statement execute function refuse_statement();

comment on column media_files.traits is
  'What a post''s rules ask of it beside size and duration: codecs, rates, colour. NULL until ready.';
comment on column media_files.status is
  'Only a ready file can be published. Pending: its upload is open; processing: the server fetches it.';
comment on column media_files.declared_bytes is
  'Size that the uploader claimed; the upload may not be another. Counts against the quota until the file is decided.';
comment on column media_files.declared_content_type is
  'Type that the uploader claimed; of what the server fetched, the type that it found.';
comment on column media_files.upload_expires_at is
  'Until when its upload, or the server''s fetching, may begin. Signed into the upload URL, so a replay renders the '
  'same one.';
comment on column media_objects.upload_id is
  'The file whose upload these bytes were; the object key lies below it. No reference, since others may outlive it.';
comment on column media_objects.missing_since is
  'When the object store was first found to have no such object. NULL: it is there.';

comment on table media_quotas is 'How much a workspace may keep in the object store, by plan.';
comment on column media_quotas.plan is 'The plan.';
comment on column media_quotas.bytes is 'Most bytes, stored and reserved.';
comment on table media_usage is
  'What each workspace keeps in the object store. Written by triggers of media_objects and media_files alone.';
comment on column media_usage.workspace_id is 'The workspace.';
comment on column media_usage.used_bytes is 'Sum of its objects.';
comment on table media_sweeps is 'How far the store and the database were compared, over several nights.';
comment on column media_sweeps.name is 'What is compared.';
comment on column media_sweeps.after_key is 'The key to go on after; empty: from the beginning.';
comment on column media_usage.reserved_bytes is 'Sum of what its open uploads announced.';

grant select on media_quotas, media_usage to defeah_api;
grant select on media_quotas, media_usage to defeah_jobs;
grant select, update (after_key) on media_sweeps to defeah_jobs;
grant insert (traits), update (traits, declared_content_type, declared_bytes) on media_files to defeah_api;
grant insert (upload_id), update (object_key, upload_id, missing_since) on media_objects to defeah_api;
grant update (missing_since) on media_objects to defeah_jobs;

reset role;

-- migrate:down
set local role defeah_owner;
revoke update (missing_since) on media_objects from defeah_jobs;
revoke insert (upload_id), update (object_key, upload_id, missing_since) on media_objects from defeah_api;
revoke insert (traits), update (traits, declared_content_type, declared_bytes) on media_files from defeah_api;
comment on column media_files.upload_expires_at is
  'Until when its upload is open. Signed into the upload URL, so a replay renders the same one.';
comment on column media_files.declared_content_type is 'Type that the uploader claimed.';
comment on column media_files.declared_bytes is 'Size that the uploader claimed; the upload may not be another.';
comment on column media_files.status is 'Only a ready file can be published.';
drop trigger count_bytes on media_objects;
drop trigger count_bytes on media_files;
drop function media_objects_count();
drop function media_files_count();
drop function media_count(uuid, bigint, bigint);
drop function media_reserved_bytes(media_files);
drop table media_sweeps;
drop table media_usage;
drop table media_quotas;
alter table media_objects drop column missing_since;
alter table media_objects drop column upload_id;
alter table media_files drop constraint media_files_traits_check;
alter table media_files drop column traits;
reset role;
