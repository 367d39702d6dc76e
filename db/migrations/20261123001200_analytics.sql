-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

create type metric_bucket as enum ('hour', 'day');

create table analytics_events (
  id bigint generated always as identity,
  workspace_id uuid not null,
  event_id text not null,
  type text not null,
  occurred_at timestamptz not null,
  post_id uuid,
  campaign_id uuid,
  account_id uuid,
  link_id uuid,
  visitor_id text,
  value_minor bigint,
  currency char(3),
  properties jsonb not null default '{}',
  transaction_id xid8 not null default pg_current_xact_id(),
  received_at timestamptz not null default now(),
  constraint analytics_events_pkey primary key (id, occurred_at),
  constraint analytics_events_event_key unique (workspace_id, event_id, occurred_at),
  constraint analytics_events_event_id_check check (char_length(event_id) between 1 and 100),
  constraint analytics_events_type_check check (type ~ '^[a-z][a-z0-9_.]{0,63}$'),
  constraint analytics_events_visitor_id_check check (char_length(visitor_id) between 1 and 100),
  constraint analytics_events_value_check check (
    currency ~ '^[A-Z]{3}$' and (value_minor is null or currency is not null)
  ),
  constraint analytics_events_properties_check check (jsonb_typeof(properties) = 'object')
) partition by range (occurred_at);

create trigger refuse before truncate on analytics_events
  for each statement execute function refuse_statement();

create table performance_metrics (
  workspace_id uuid not null,
  id uuid not null default uuid_v7(),
  post_id uuid,
  campaign_id uuid,
  account_id uuid,
  link_id uuid,
  bucket metric_bucket not null,
  bucket_start timestamptz not null,
  views bigint not null default 0,
  reach bigint not null default 0,
  likes bigint not null default 0,
  comments bigint not null default 0,
  shares bigint not null default 0,
  saves bigint not null default 0,
  follows bigint not null default 0,
  profile_visits bigint not null default 0,
  clicks bigint not null default 0,
  conversions bigint not null default 0,
  revenue_minor bigint not null default 0,
  currency char(3),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint performance_metrics_pkey primary key (workspace_id, id),
  constraint performance_metrics_workspace_fkey foreign key (workspace_id)
    references workspaces (id) on delete restrict,
  constraint performance_metrics_post_fkey foreign key (workspace_id, post_id)
    references posts (workspace_id, id) on delete cascade,
  constraint performance_metrics_campaign_fkey foreign key (workspace_id, campaign_id)
    references campaigns (workspace_id, id) on delete cascade,
  constraint performance_metrics_account_fkey foreign key (workspace_id, account_id)
    references instagram_accounts (workspace_id, id) on delete cascade,
  constraint performance_metrics_subject_check check (num_nonnulls(post_id, campaign_id, account_id, link_id) = 1),
  constraint performance_metrics_bucket_start_check check (
    bucket_start = date_trunc(case bucket when 'hour' then 'hour' else 'day' end, bucket_start, 'UTC')
  ),
  constraint performance_metrics_counts_check check (
    least(views, reach, likes, comments, shares, saves, follows, profile_visits, clicks, conversions) >= 0
  ),
  constraint performance_metrics_currency_check check (
    currency ~ '^[A-Z]{3}$' and (revenue_minor = 0 or currency is not null)
  )
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

create unique index performance_metrics_post_key on performance_metrics (workspace_id, post_id, bucket, bucket_start)
  where post_id is not null;
create unique index performance_metrics_campaign_key
  on performance_metrics (workspace_id, campaign_id, bucket, bucket_start) where campaign_id is not null;
create unique index performance_metrics_account_key
  on performance_metrics (workspace_id, account_id, bucket, bucket_start) where account_id is not null;
create unique index performance_metrics_link_key on performance_metrics (workspace_id, link_id, bucket, bucket_start)
  where link_id is not null;
create index performance_metrics_bucket_idx on performance_metrics (workspace_id, bucket, bucket_start);

create trigger touch_updated_at before update on performance_metrics
  for each row execute function touch_updated_at();

select ensure_partitions('analytics_events', (now() at time zone 'UTC' - interval '1 month')::date, 5);

comment on table analytics_events is
  'Engagement as reported. Append-only, kept by month of UTC; no references: the ingesting statement checks them.';
comment on column analytics_events.id is 'Order of arrival; rollups read on from the last one.';
comment on column analytics_events.workspace_id is 'The owning workspace.';
comment on column analytics_events.event_id is 'The sender''s id. The same id and instant again is a duplicate.';
comment on column analytics_events.type is 'What happened, in the sender''s words.';
comment on column analytics_events.occurred_at is 'When it happened, as the sender says.';
comment on column analytics_events.post_id is 'The post that it happened to.';
comment on column analytics_events.campaign_id is 'The campaign that it counts for.';
comment on column analytics_events.account_id is 'The account that it happened to.';
comment on column analytics_events.link_id is 'The link that it came by.';
comment on column analytics_events.visitor_id is 'pii: Pseudonym of the visitor, made by the sender.';
comment on column analytics_events.value_minor is 'What it was worth, in minor units of the currency.';
comment on column analytics_events.currency is 'ISO 4217 code of the value.';
comment on column analytics_events.properties is 'What else the sender said.';
comment on column analytics_events.transaction_id is
  'Rollups read below the oldest transaction still running, since commits are out of order.';
comment on column analytics_events.received_at is 'When it arrived.';

comment on table performance_metrics is
  'Sums of events per hour and day for one subject. Dashboards read these, never the events.';
comment on column performance_metrics.workspace_id is 'The owning workspace.';
comment on column performance_metrics.id is 'The row.';
comment on column performance_metrics.post_id is 'Subject, or NULL.';
comment on column performance_metrics.campaign_id is 'Subject, or NULL.';
comment on column performance_metrics.account_id is 'Subject, or NULL.';
comment on column performance_metrics.link_id is 'Subject, or NULL.';
comment on column performance_metrics.bucket is 'Length of time that the row sums.';
comment on column performance_metrics.bucket_start is 'Its first instant, in UTC.';
comment on column performance_metrics.views is 'Times shown.';
comment on column performance_metrics.reach is 'Accounts that saw it, as estimated.';
comment on column performance_metrics.likes is 'Likes.';
comment on column performance_metrics.comments is 'Comments.';
comment on column performance_metrics.shares is 'Shares.';
comment on column performance_metrics.saves is 'Saves.';
comment on column performance_metrics.follows is 'New followers.';
comment on column performance_metrics.profile_visits is 'Visits of the profile.';
comment on column performance_metrics.clicks is 'Clicks on links.';
comment on column performance_metrics.conversions is 'Visitors who did what the campaign wanted.';
comment on column performance_metrics.revenue_minor is 'Worth of the conversions, in minor units of the currency.';
comment on column performance_metrics.currency is 'ISO 4217 code of the revenue.';
comment on column performance_metrics.created_at is 'When the row was made.';
comment on column performance_metrics.updated_at is 'Last real change.';

reset role;

-- migrate:down
drop table performance_metrics;
drop table analytics_events;
drop type metric_bucket;
