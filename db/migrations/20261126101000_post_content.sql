-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

alter table posts
  add column tags text[] not null default '{}',
  add column content_revision integer not null default 1,
  add column cover_media_id uuid,
  add constraint posts_cover_media_fkey foreign key (workspace_id, cover_media_id)
    references media_files (workspace_id, id) on delete restrict not valid,
  add constraint posts_tags_check check (cardinality(tags) <= 20) not valid,
  add constraint posts_content_revision_check check (content_revision > 0) not valid;

-- What an approver has seen is counted, and no news in the trail.
create or replace trigger audit after insert or update or delete on posts
  for each row execute function audit_row_change('mask=options', 'ignore=content_revision');

create table post_notes (
  workspace_id uuid not null,
  id uuid not null default uuid_v7(),
  post_id uuid not null,
  user_id uuid not null,
  text text not null,
  created_at timestamptz not null default now(),
  constraint post_notes_pkey primary key (workspace_id, id),
  constraint post_notes_post_fkey foreign key (workspace_id, post_id)
    references posts (workspace_id, id) on delete cascade,
  constraint post_notes_user_fkey foreign key (user_id) references users (id) on delete restrict,
  constraint post_notes_text_check check (char_length(text) between 1 and 4000)
);

create index post_notes_post_idx on post_notes (workspace_id, post_id, id desc);
create index post_notes_user_idx on post_notes (user_id, workspace_id, id desc);

create trigger audit after insert or update or delete on post_notes
  for each row execute function audit_row_change('mask=text');
create trigger refuse before truncate on post_notes
  for each statement execute function refuse_statement();

-- One index can hold a workspace's tags only as one key each. Statements compare with the same call.
create function tag_keys(workspace_id uuid, tags text[]) returns text[]
  language sql immutable parallel safe
  return (select coalesce(array_agg(workspace_id::text || t.tag), '{}') from unnest(tags) t (tag));
revoke all on function tag_keys(uuid, text[]) from public;
grant execute on function tag_keys(uuid, text[]) to defeah_api, defeah_jobs;

comment on column posts.tags is 'Words by which the team finds it; nothing that is published.';
comment on column posts.content_revision is
  'Raised with each change of what an approver looks at: words, options, media, account. Not by campaign or tags.';
comment on column posts.cover_media_id is 'The picture that a reel shows before it plays. A part of its options.';

comment on table post_notes is 'What the team says about a post among themselves. A note is not changed.';
comment on column post_notes.workspace_id is 'The owning workspace.';
comment on column post_notes.id is 'Version 7: in order of time.';
comment on column post_notes.post_id is 'The post.';
comment on column post_notes.user_id is 'Who wrote it; for an API key, who made the key.';
comment on column post_notes.text is 'pii: What it says.';
comment on column post_notes.created_at is 'When it was written.';

grant insert (tags, cover_media_id) on posts to defeah_api;
grant update (tags, content_revision, cover_media_id) on posts to defeah_api;
grant select, insert (workspace_id, id, post_id, user_id, text), delete on post_notes to defeah_api;
grant select, delete on post_notes to defeah_jobs;

reset role;

-- migrate:down
set local role defeah_owner;
drop function tag_keys(uuid, text[]);
drop table post_notes;
create or replace trigger audit after insert or update or delete on posts
  for each row execute function audit_row_change('mask=options');
alter table posts
  drop constraint posts_content_revision_check,
  drop constraint posts_tags_check,
  drop constraint posts_cover_media_fkey,
  drop column cover_media_id,
  drop column content_revision,
  drop column tags;
reset role;
