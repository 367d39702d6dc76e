-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

create type post_kind as enum ('image', 'carousel', 'reel', 'story');
create type post_status as enum (
  'draft', 'in_review', 'changes_requested', 'approved', 'scheduled', 'publishing', 'unconfirmed', 'published',
  'failed', 'missed', 'archived'
);

create table posts (
  workspace_id uuid not null,
  id uuid not null default uuid_v7(),
  user_id uuid not null,
  account_id uuid,
  campaign_id uuid,
  kind post_kind not null,
  caption text,
  options jsonb not null default '{}',
  options_version smallint not null default 1,
  status post_status not null default 'draft',
  scheduled_at timestamptz,
  -- A wall time, which no zone may move.
  -- squawk-ignore prefer-timestamp-tz
  scheduled_local timestamp,
  time_zone text,
  published_at timestamptz,
  ig_media_id text,
  permalink text,
  archived_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint posts_pkey primary key (workspace_id, id),
  constraint posts_workspace_fkey foreign key (workspace_id) references workspaces (id) on delete restrict,
  constraint posts_user_fkey foreign key (user_id) references users (id) on delete restrict,
  constraint posts_account_fkey foreign key (workspace_id, account_id)
    references instagram_accounts (workspace_id, id) on delete restrict,
  constraint posts_campaign_fkey foreign key (workspace_id, campaign_id)
    references campaigns (workspace_id, id) on delete restrict,
  constraint posts_caption_check check (char_length(caption) <= 2200),
  constraint posts_options_check check (jsonb_typeof(options) = 'object' and options_version > 0),
  constraint posts_scheduled_at_check check (
    case
      when status in ('scheduled', 'missed') then scheduled_at is not null
      when status in ('draft', 'in_review', 'changes_requested', 'approved') then scheduled_at is null
      else true
    end
  ),
  constraint posts_scheduled_local_check check (
    scheduled_local is null or (scheduled_at is not null and time_zone is not null)
  ),
  constraint posts_time_zone_check check (char_length(time_zone) between 1 and 64),
  constraint posts_account_check check (
    status not in ('scheduled', 'publishing', 'unconfirmed', 'published') or account_id is not null
  ),
  constraint posts_published_at_check check (
    status = 'archived' or (status = 'published') = (published_at is not null)
  ),
  constraint posts_ig_media_id_check check (
    ig_media_id is null or (ig_media_id ~ '^[0-9_]{1,64}$' and published_at is not null)
  ),
  constraint posts_permalink_check check (permalink is null or ig_media_id is not null),
  constraint posts_archived_check check ((status = 'archived') = (archived_at is not null)),
  constraint posts_version_check check (version > 0)
);

create unique index posts_ig_media_key on posts (workspace_id, ig_media_id) where ig_media_id is not null;
create index posts_status_idx on posts (workspace_id, status, id desc);
create index posts_campaign_idx on posts (workspace_id, campaign_id, id desc);
create index posts_account_idx on posts (workspace_id, account_id, id desc);
create index posts_user_idx on posts (user_id, workspace_id, id desc);
create index posts_scheduled_idx on posts (workspace_id, scheduled_at, id) where scheduled_at is not null;
create index posts_due_idx on posts (scheduled_at) where status = 'scheduled';

create table post_media (
  workspace_id uuid not null,
  post_id uuid not null,
  "position" smallint not null,
  media_id uuid not null,
  alt_text text,
  user_tags jsonb not null default '[]',
  product_tags jsonb not null default '[]',
  constraint post_media_pkey primary key (workspace_id, post_id, "position"),
  constraint post_media_post_fkey foreign key (workspace_id, post_id)
    references posts (workspace_id, id) on delete cascade,
  constraint post_media_media_fkey foreign key (workspace_id, media_id)
    references media_files (workspace_id, id) on delete restrict,
  constraint post_media_position_check check ("position" between 0 and 9),
  constraint post_media_alt_text_check check (char_length(alt_text) <= 1000),
  constraint post_media_user_tags_check check (jsonb_typeof(user_tags) = 'array'),
  constraint post_media_product_tags_check check (jsonb_typeof(product_tags) = 'array')
);

create index post_media_media_idx on post_media (workspace_id, media_id);

create table post_status_moves (
  from_status post_status not null,
  to_status post_status not null,
  constraint post_status_moves_pkey primary key (from_status, to_status),
  constraint post_status_moves_check check (from_status <> to_status)
);

insert into post_status_moves (from_status, to_status) values
  ('draft', 'in_review'), ('draft', 'scheduled'), ('draft', 'publishing'),
  ('in_review', 'approved'), ('in_review', 'changes_requested'), ('in_review', 'draft'),
  ('changes_requested', 'draft'), ('changes_requested', 'in_review'),
  ('approved', 'scheduled'), ('approved', 'publishing'), ('approved', 'in_review'), ('approved', 'draft'),
  ('scheduled', 'publishing'), ('scheduled', 'draft'), ('scheduled', 'approved'), ('scheduled', 'in_review'),
  ('scheduled', 'missed'),
  ('publishing', 'published'), ('publishing', 'failed'), ('publishing', 'unconfirmed'), ('publishing', 'scheduled'),
  ('unconfirmed', 'published'), ('unconfirmed', 'failed'), ('unconfirmed', 'publishing'),
  ('failed', 'draft'), ('failed', 'scheduled'), ('failed', 'publishing'), ('failed', 'archived'),
  ('missed', 'draft'), ('missed', 'scheduled'), ('missed', 'publishing'), ('missed', 'archived'),
  ('published', 'archived');

create table post_status_history (
  workspace_id uuid not null,
  id uuid not null default uuid_v7(),
  post_id uuid not null,
  from_status post_status,
  to_status post_status not null,
  actor_kind actor_kind not null,
  actor_id text,
  user_id uuid,
  reason text,
  created_at timestamptz not null default clock_timestamp(),
  constraint post_status_history_pkey primary key (workspace_id, id),
  constraint post_status_history_post_fkey foreign key (workspace_id, post_id)
    references posts (workspace_id, id) on delete cascade,
  constraint post_status_history_move_check check (from_status <> to_status)
);

create index post_status_history_post_idx on post_status_history (workspace_id, post_id, id desc);

-- Every post begins as a draft and moves only as post_status_moves allows, whichever statement asks.
create function posts_check_status() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'INSERT' then
    if new.status <> 'draft' then
      raise exception using
        errcode = '23514', constraint = 'posts_status_initial', schema = 'public', table = 'posts', column = 'status',
        message = format('a new post is a draft, not %s', new.status);
    end if;
  elsif not exists (
    select from public.post_status_moves as m where m.from_status = old.status and m.to_status = new.status
  ) then
    raise exception using
      errcode = '23514', constraint = 'posts_status_move', schema = 'public', table = 'posts', column = 'status',
      message = format('a post does not move from %s to %s', old.status, new.status);
  end if;
  return new;
end
$$;

-- Security definer, so that no login role can write the history itself.
create function posts_record_move() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  actor constant jsonb := public.current_actor();
begin
  insert into public.post_status_history (
    workspace_id, post_id, from_status, to_status, actor_kind, actor_id, user_id, reason
  ) values (
    new.workspace_id,
    new.id,
    case when tg_op = 'UPDATE' then old.status end,
    new.status,
    (actor ->> 'kind')::public.actor_kind,
    actor ->> 'id',
    (actor ->> 'userId')::uuid,
    nullif(current_setting('app.reason', true), '')
  );
  return null;
end
$$;

revoke all on function posts_check_status() from public;
revoke all on function posts_record_move() from public;

create trigger check_initial_status before insert on posts
  for each row execute function posts_check_status();
create trigger check_status_move before update of status on posts
  for each row when (old.status <> new.status) execute function posts_check_status();
create trigger touch_version before update on posts
  for each row execute function touch_version();
create trigger audit after insert or update or delete on posts
  for each row execute function audit_row_change('mask=options');
create trigger record_initial_status after insert on posts
  for each row execute function posts_record_move();
create trigger record_status_move after update of status on posts
  for each row when (old.status <> new.status) execute function posts_record_move();
create trigger refuse before truncate on posts
  for each statement execute function refuse_statement();

create trigger audit after insert or update or delete on post_media
  for each row execute function audit_row_change('key=post_id,position', 'mask=user_tags');
create trigger refuse before truncate on post_media
  for each statement execute function refuse_statement();

comment on table posts is 'Instagram posts, from draft to published.';
comment on column posts.workspace_id is 'The owning workspace.';
comment on column posts.id is 'The post.';
comment on column posts.user_id is 'The author; for an API key, who made the key.';
comment on column posts.account_id is 'Where it is to be published. NULL: not yet chosen.';
comment on column posts.campaign_id is 'The campaign that it belongs to.';
comment on column posts.kind is 'Decides which media and options it may have.';
comment on column posts.caption is 'Text below the post, as it is to be published.';
comment on column posts.options is
  'pii: settings that only its kind knows, user names of collaborators among them. What is filtered on is a column.';
comment on column posts.options_version is 'Version of the schema of options.';
comment on column posts.status is 'Moves only as post_status_moves allows.';
comment on column posts.scheduled_at is 'When it is due.';
comment on column posts.scheduled_local is 'The wall time that was asked for, where the caller gave one.';
comment on column posts.time_zone is 'IANA zone of scheduled_local, and of display.';
comment on column posts.published_at is 'When it went live.';
comment on column posts.ig_media_id is
  'Instagram''s id of the published post. NULL though published: it is live, but not yet found there.';
comment on column posts.permalink is 'Its address on Instagram.';
comment on column posts.archived_at is 'When it was archived.';
comment on column posts.version is
  'For ETags. Raised by trigger with each real change; a change of its media touches it.';
comment on column posts.created_at is 'When it was made.';
comment on column posts.updated_at is 'Last real change.';

comment on table post_media is 'The media of a post, in order.';
comment on column post_media.workspace_id is 'The owning workspace.';
comment on column post_media.post_id is 'The post.';
comment on column post_media."position" is 'Place in the post, from 0.';
comment on column post_media.media_id is 'The file shown there.';
comment on column post_media.alt_text is 'Description for people who cannot see it.';
comment on column post_media.user_tags is 'pii: List of tagged Instagram users, with their place in the picture.';
comment on column post_media.product_tags is 'List of tagged products, with their place in the picture.';

comment on table post_status_moves is 'The legal moves of a post''s status. A trigger refuses all others.';
comment on column post_status_moves.from_status is 'Where it stands.';
comment on column post_status_moves.to_status is 'Where it may go.';

comment on table post_status_history is
  'Each status that a post has had. Written by trigger alone; goes with its post.';
comment on column post_status_history.workspace_id is 'The owning workspace.';
comment on column post_status_history.id is 'Version 7: in order of time.';
comment on column post_status_history.post_id is 'The post.';
comment on column post_status_history.from_status is 'Where it stood. NULL: it was made.';
comment on column post_status_history.to_status is 'Where it went.';
comment on column post_status_history.actor_kind is 'What kind of credential moved it.';
comment on column post_status_history.actor_id is 'Which one.';
comment on column post_status_history.user_id is 'The person behind it. No reference: a log outlives what it names.';
comment on column post_status_history.reason is 'Why, where the mover said so.';
comment on column post_status_history.created_at is 'When, by the clock of the database.';

reset role;

-- migrate:down
drop table post_status_history;
drop table post_status_moves;
drop table post_media;
drop table posts;
drop function posts_record_move();
drop function posts_check_status();
drop type post_status;
drop type post_kind;
