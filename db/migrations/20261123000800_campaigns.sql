-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

create type campaign_objective as enum ('awareness', 'engagement', 'traffic', 'leads', 'sales', 'other');
create type campaign_status as enum ('draft', 'active', 'completed', 'archived');

create table campaigns (
  workspace_id uuid not null,
  id uuid not null default uuid_v7(),
  user_id uuid not null,
  name text not null,
  objective campaign_objective not null,
  budget_minor bigint,
  currency char(3),
  starts_on date,
  ends_on date,
  status campaign_status not null default 'draft',
  utm jsonb not null default '{}',
  goals jsonb not null default '[]',
  archived_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint campaigns_pkey primary key (workspace_id, id),
  constraint campaigns_workspace_fkey foreign key (workspace_id) references workspaces (id) on delete restrict,
  constraint campaigns_user_fkey foreign key (user_id) references users (id) on delete restrict,
  constraint campaigns_name_check check (char_length(name) between 1 and 200),
  constraint campaigns_budget_check check (budget_minor >= 0),
  constraint campaigns_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint campaigns_budget_currency_check check (budget_minor is null or currency is not null),
  constraint campaigns_dates_check check (ends_on >= starts_on),
  constraint campaigns_utm_check check (jsonb_typeof(utm) = 'object'),
  constraint campaigns_goals_check check (jsonb_typeof(goals) = 'array'),
  constraint campaigns_archived_check check ((status = 'archived') = (archived_at is not null)),
  constraint campaigns_version_check check (version > 0)
);

create index campaigns_status_idx on campaigns (workspace_id, status, id desc);
create index campaigns_user_idx on campaigns (user_id, workspace_id, id desc);

create trigger touch_version before update on campaigns
  for each row execute function touch_version();
create trigger audit after insert or update or delete on campaigns
  for each row execute function audit_row_change();
create trigger refuse before truncate on campaigns
  for each statement execute function refuse_statement();

comment on table campaigns is 'Marketing campaigns: what is to be reached, with which money, from when to when.';
comment on column campaigns.workspace_id is 'The owning workspace.';
comment on column campaigns.id is 'The campaign.';
comment on column campaigns.user_id is 'Who made it; for an API key, who made the key.';
comment on column campaigns.name is 'As the team calls it.';
comment on column campaigns.objective is 'What it is to achieve.';
comment on column campaigns.budget_minor is 'Budget in minor units of the currency.';
comment on column campaigns.currency is 'ISO 4217 code of the budget and of all its spend.';
comment on column campaigns.starts_on is 'First day.';
comment on column campaigns.ends_on is 'Last day, included.';
comment on column campaigns.status is 'Archived ones are kept for their figures.';
comment on column campaigns.utm is 'Defaults of the UTM parameters of its links.';
comment on column campaigns.goals is 'List of goals: metric and target.';
comment on column campaigns.archived_at is 'When it was archived.';
comment on column campaigns.version is 'For ETags. Raised by trigger with each real change.';
comment on column campaigns.created_at is 'When it was made.';
comment on column campaigns.updated_at is 'Last real change.';

reset role;

-- migrate:down
drop table campaigns;
drop type campaign_status;
drop type campaign_objective;
