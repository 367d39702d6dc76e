-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

create type recurrence_frequency as enum ('daily', 'weekly', 'monthly');

create table post_recurrences (
  workspace_id uuid not null,
  post_id uuid not null,
  user_id uuid not null,
  frequency recurrence_frequency not null,
  "interval" smallint not null default 1,
  weekdays integer[] not null default '{}',
  month_days integer[] not null default '{}',
  local_time time not null,
  fold smallint not null default 0,
  time_zone text not null,
  starts_on date not null,
  ends_on date,
  look_at timestamptz default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint post_recurrences_pkey primary key (workspace_id, post_id),
  constraint post_recurrences_post_fkey foreign key (workspace_id, post_id)
    references posts (workspace_id, id) on delete cascade,
  constraint post_recurrences_user_fkey foreign key (user_id) references users (id) on delete restrict,
  constraint post_recurrences_interval_check check (
    "interval" between 1 and case frequency when 'daily' then 365 when 'weekly' then 52 else 12 end
  ),
  constraint post_recurrences_weekdays_check check (
    weekdays <@ '{1,2,3,4,5,6,7}'
    and case frequency when 'weekly' then cardinality(weekdays) between 1 and 7 else weekdays = '{}' end
  ),
  constraint post_recurrences_month_days_check check (
    month_days <@ '{1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31}'
    and case frequency when 'monthly' then cardinality(month_days) between 1 and 31 else month_days = '{}' end
  ),
  constraint post_recurrences_fold_check check (fold in (0, 1)),
  constraint post_recurrences_time_zone_check check (char_length(time_zone) between 1 and 64),
  constraint post_recurrences_dates_check check (ends_on >= starts_on)
);

create index post_recurrences_look_idx on post_recurrences (look_at) where look_at is not null;
create index post_recurrences_user_idx on post_recurrences (user_id, workspace_id, post_id desc);

create trigger touch_updated_at before update of
  frequency, "interval", weekdays, month_days, local_time, fold, time_zone, starts_on, ends_on
  on post_recurrences
  for each row execute function touch_updated_at();
create trigger audit after insert or update or delete on post_recurrences
  for each row execute function audit_row_change('key=post_id', 'ignore=look_at');
create trigger refuse before truncate on post_recurrences
  for each statement execute function refuse_statement();

-- Outlives its rule, so that a rule which is set anew makes no second post for a day.
create table post_occurrences (
  workspace_id uuid not null,
  recurring_post_id uuid not null,
  occurs_on date not null,
  post_id uuid,
  -- A wall time, which no zone may move.
  -- squawk-ignore prefer-timestamp-tz
  local_time timestamp not null,
  time_zone text not null,
  created_at timestamptz not null default now(),
  constraint post_occurrences_pkey primary key (workspace_id, recurring_post_id, occurs_on),
  constraint post_occurrences_recurring_post_fkey foreign key (workspace_id, recurring_post_id)
    references posts (workspace_id, id) on delete cascade,
  constraint post_occurrences_post_fkey foreign key (workspace_id, post_id)
    references posts (workspace_id, id) on delete set null (post_id),
  constraint post_occurrences_time_zone_check check (char_length(time_zone) between 1 and 64)
);

create unique index post_occurrences_post_key on post_occurrences (workspace_id, post_id) where post_id is not null;
create trigger refuse before truncate on post_occurrences
  for each statement execute function refuse_statement();

comment on type recurrence_frequency is 'What an interval counts, as FREQ of RFC 5545.';
comment on table post_recurrences is
  'Posts that repeat: by which wall clock a job makes and schedules copies of them, some days ahead.';
comment on column post_recurrences.workspace_id is 'The owning workspace.';
comment on column post_recurrences.post_id is 'The post whose content is repeated, as it is when a copy is made.';
comment on column post_recurrences.user_id is 'Who made the post repeat, and is the author of the copies.';
comment on column post_recurrences.frequency is 'Every day, week or month.';
comment on column post_recurrences."interval" is 'Every so many of them, counted from that of starts_on.';
comment on column post_recurrences.weekdays is 'Of a week: 1 (Monday) to 7.';
comment on column post_recurrences.month_days is 'Of a month: 1 to 31. One that a month does not have is its last day.';
comment on column post_recurrences.local_time is 'The time of day, by the clocks of the zone.';
comment on column post_recurrences.fold is
  'Which of two, where the clocks show local_time twice: 0 the first, 1 the second.';
comment on column post_recurrences.time_zone is 'IANA zone.';
comment on column post_recurrences.starts_on is 'No copy is due before that day.';
comment on column post_recurrences.ends_on is 'No copy is due after that day. NULL: it goes on.';
comment on column post_recurrences.look_at is
  'When the job looks next whether a copy is to be made. NULL: none ever will be.';
comment on column post_recurrences.created_at is 'When the post began to repeat.';
comment on column post_recurrences.updated_at is 'When the rule last changed.';
comment on table post_occurrences is 'Days for which a copy of a recurring post has been made: never a second one.';
comment on column post_occurrences.workspace_id is 'The owning workspace.';
comment on column post_occurrences.recurring_post_id is 'The post that repeats.';
comment on column post_occurrences.occurs_on is 'The day, by the calendar of the zone.';
comment on column post_occurrences.post_id is 'The copy. NULL: it has been deleted, and that day goes without.';
comment on column post_occurrences.local_time is 'The wall time for which it was made.';
comment on column post_occurrences.time_zone is 'IANA zone of local_time.';
comment on column post_occurrences.created_at is 'When it was made.';

grant select, delete,
  insert (
    workspace_id, post_id, user_id, frequency, "interval", weekdays, month_days, local_time, fold, time_zone, starts_on,
    ends_on, look_at
  ),
  update (
    frequency, "interval", weekdays, month_days, local_time, fold, time_zone, starts_on, ends_on, look_at
  )
  on post_recurrences to defeah_api;
grant select, update (look_at) on post_recurrences to defeah_jobs;
grant select, delete on post_occurrences to defeah_api;
grant select, insert (workspace_id, recurring_post_id, occurs_on, post_id, local_time, time_zone)
  on post_occurrences to defeah_jobs;
grant insert (workspace_id, id, user_id, account_id, campaign_id, kind, caption, options, cover_media_id, tags)
  on posts to defeah_jobs;
grant update (scheduled_fold, approved_revision) on posts to defeah_jobs;
grant insert (workspace_id, post_id, "position", media_id, alt_text, user_tags, product_tags)
  on post_media to defeah_jobs;

reset role;

-- migrate:down
set local role defeah_owner;
revoke insert (workspace_id, post_id, "position", media_id, alt_text, user_tags, product_tags)
  on post_media from defeah_jobs;
revoke update (scheduled_fold, approved_revision) on posts from defeah_jobs;
revoke insert (workspace_id, id, user_id, account_id, campaign_id, kind, caption, options, cover_media_id, tags)
  on posts from defeah_jobs;
drop table post_occurrences;
drop table post_recurrences;
drop type recurrence_frequency;
reset role;
