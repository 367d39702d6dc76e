-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

-- At most as many as a person can read, and money among them has a currency.
alter table campaigns add constraint campaigns_goals_count_check check (
  case when jsonb_typeof(goals) = 'array' then jsonb_array_length(goals) <= 20 else false end
) not valid;
alter table campaigns add constraint campaigns_goals_currency_check check (
  currency is not null or not goals @> '[{"metric": "revenue"}]'
) not valid;

create table campaign_spend (
  workspace_id uuid not null,
  id uuid not null default uuid_v7(),
  campaign_id uuid not null,
  user_id uuid not null,
  amount_minor bigint not null,
  currency char(3) not null,
  spent_on date not null,
  note text,
  corrects_id uuid,
  created_at timestamptz not null default now(),
  constraint campaign_spend_pkey primary key (workspace_id, id),
  constraint campaign_spend_campaign_key unique (workspace_id, campaign_id, id),
  constraint campaign_spend_workspace_fkey foreign key (workspace_id) references workspaces (id) on delete restrict,
  constraint campaign_spend_campaign_fkey foreign key (workspace_id, campaign_id)
    references campaigns (workspace_id, id) on delete restrict,
  constraint campaign_spend_user_fkey foreign key (user_id) references users (id) on delete restrict,
  constraint campaign_spend_corrects_fkey foreign key (workspace_id, campaign_id, corrects_id)
    references campaign_spend (workspace_id, campaign_id, id) on delete restrict,
  -- What JSON carries exactly.
  constraint campaign_spend_amount_check check (amount_minor between -9007199254740991 and 9007199254740991),
  constraint campaign_spend_sign_check check (amount_minor > 0 or (amount_minor < 0 and corrects_id is not null)),
  constraint campaign_spend_corrects_check check (corrects_id <> id),
  constraint campaign_spend_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint campaign_spend_note_check check (char_length(note) between 1 and 500)
);

create index campaign_spend_day_idx on campaign_spend (workspace_id, campaign_id, spent_on desc, id desc);
create index campaign_spend_total_idx on campaign_spend (workspace_id, campaign_id, currency) include (amount_minor);
create index campaign_spend_corrects_idx on campaign_spend (workspace_id, campaign_id, corrects_id)
  include (amount_minor);
create index campaign_spend_user_idx on campaign_spend (user_id, workspace_id, id desc);

-- The lock on the campaign puts the entries of one campaign in a row, and its archiving among them: two corrections at
-- once cannot both take the last of an entry, and no spend comes into a campaign that is archived meanwhile. It does
-- not hold up foreign key checks.
create function campaign_spend_check_entry() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  campaign_status public.campaign_status;
  corrected public.campaign_spend;
  left_minor numeric;
  total_minor numeric;
begin
  select c.status into campaign_status
  from public.campaigns as c
  where c.workspace_id = new.workspace_id and c.id = new.campaign_id
  for no key update;

  if new.corrects_id is null and campaign_status = 'archived' then
    raise exception using
      errcode = '23514', constraint = 'campaigns_archived', schema = 'public', table = 'campaign_spend',
      message = 'an archived campaign takes corrections alone';
  end if;

  select s.* into corrected
  from public.campaign_spend as s
  where s.workspace_id = new.workspace_id and s.campaign_id = new.campaign_id and s.id = new.corrects_id;
  -- A correction of what is not there is refused by the foreign key.
  if found then
    if corrected.corrects_id is not null then
      raise exception using
        errcode = '23514', constraint = 'campaign_spend_correction', schema = 'public', table = 'campaign_spend',
        message = 'a correction is not corrected: its entry is';
    end if;
    if corrected.currency <> new.currency then
      raise exception using
        errcode = '23514', constraint = 'campaign_spend_correction_currency', schema = 'public',
        table = 'campaign_spend', message = 'a correction is in the currency of its entry';
    end if;
    select corrected.amount_minor + coalesce(sum(s.amount_minor), 0) + new.amount_minor into left_minor
    from public.campaign_spend as s
    where s.workspace_id = new.workspace_id and s.campaign_id = new.campaign_id and s.corrects_id = new.corrects_id;
    if left_minor < 0 then
      raise exception using
        errcode = '23514', constraint = 'campaign_spend_below_zero', schema = 'public', table = 'campaign_spend',
        message = 'corrections may not take more than the entry has';
    end if;
  end if;

  select coalesce(sum(s.amount_minor), 0) + new.amount_minor into total_minor
  from public.campaign_spend as s
  where s.workspace_id = new.workspace_id and s.campaign_id = new.campaign_id and s.currency = new.currency;
  if total_minor > 9007199254740991 then
    raise exception using
      errcode = '23514', constraint = 'campaign_spend_total', schema = 'public', table = 'campaign_spend',
      message = 'the campaign''s total in this currency would not be exact in JSON';
  end if;
  return new;
end
$$;

-- What is archived stays as it is, whichever statement asks.
create function campaigns_refuse_archived() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using
    errcode = '23514', constraint = 'campaigns_archived', schema = 'public', table = 'campaigns',
    message = 'an archived campaign does not change';
end
$$;

-- Holds the campaign against being archived until the post is in it. Posts do not wait for each other.
create function posts_check_campaign() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  campaign_status public.campaign_status;
begin
  select c.status into campaign_status
  from public.campaigns as c
  where c.workspace_id = new.workspace_id and c.id = new.campaign_id
  for share;
  if campaign_status = 'archived' then
    raise exception using
      errcode = '23514', constraint = 'campaigns_archived', schema = 'public', table = 'posts', column = 'campaign_id',
      message = 'an archived campaign takes no posts';
  end if;
  return new;
end
$$;

revoke all on function campaign_spend_check_entry() from public;
revoke all on function campaigns_refuse_archived() from public;
revoke all on function posts_check_campaign() from public;

create trigger refuse_archived before update on campaigns
  for each row when (old.status = 'archived' and old.* is distinct from new.*)
  execute function campaigns_refuse_archived();

create trigger check_campaign before insert on posts
  for each row when (new.campaign_id is not null) execute function posts_check_campaign();
create trigger check_campaign_change before update of campaign_id on posts
  for each row when (new.campaign_id is not null and new.campaign_id is distinct from old.campaign_id)
  execute function posts_check_campaign();

create trigger check_entry before insert on campaign_spend
  for each row execute function campaign_spend_check_entry();
create trigger audit after insert or update or delete on campaign_spend
  for each row execute function audit_row_change();
create trigger refuse before update or delete or truncate on campaign_spend
  for each statement execute function refuse_statement();

comment on table campaign_spend is
  'What was spent on a campaign. Entries stay as they are written; a mistake is put right by an entry that names it.';
comment on column campaign_spend.workspace_id is 'The owning workspace.';
comment on column campaign_spend.id is 'The entry.';
comment on column campaign_spend.campaign_id is 'What it was spent on.';
comment on column campaign_spend.user_id is 'Who entered it; for an API key, who made the key.';
comment on column campaign_spend.amount_minor is 'In minor units of the currency; below zero in corrections alone.';
comment on column campaign_spend.currency is 'ISO 4217 code of the amount, whatever the currency of the budget is.';
comment on column campaign_spend.spent_on is 'The day that it counts for.';
comment on column campaign_spend.note is 'As the team wrote it.';
comment on column campaign_spend.corrects_id is 'The entry that this one corrects.';
comment on column campaign_spend.created_at is 'When it was entered.';
comment on column campaigns.currency is 'ISO 4217 code of the budget and of the revenue among the goals.';
comment on column campaigns.goals is 'List of goals: metric, target and the day by which it is to be reached.';

grant select, insert (
  workspace_id, id, campaign_id, user_id, amount_minor, currency, spent_on, note, corrects_id
) on campaign_spend to defeah_api;
grant select on campaign_spend to defeah_jobs;

reset role;

-- migrate:down
set local role defeah_owner;
comment on column campaigns.goals is 'List of goals: metric and target.';
comment on column campaigns.currency is 'ISO 4217 code of the budget and of all its spend.';
drop table campaign_spend;
drop trigger check_campaign_change on posts;
drop trigger check_campaign on posts;
drop trigger refuse_archived on campaigns;
drop function posts_check_campaign();
drop function campaigns_refuse_archived();
drop function campaign_spend_check_entry();
alter table campaigns drop constraint campaigns_goals_currency_check;
alter table campaigns drop constraint campaigns_goals_count_check;
reset role;
