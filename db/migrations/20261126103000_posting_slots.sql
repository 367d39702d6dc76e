-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

create table posting_slots (
  workspace_id uuid not null,
  account_id uuid not null,
  time_zone text not null,
  slots jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint posting_slots_pkey primary key (workspace_id, account_id),
  constraint posting_slots_account_fkey foreign key (workspace_id, account_id)
    references instagram_accounts (workspace_id, id) on delete cascade,
  constraint posting_slots_time_zone_check check (char_length(time_zone) between 1 and 64),
  constraint posting_slots_slots_check check (
    case when jsonb_typeof(slots) = 'array' then
      jsonb_array_length(slots) <= 100
      and jsonb_array_length(slots) = jsonb_array_length(
        jsonb_path_query_array(
          slots,
          '$[*] ? (@.weekday >= 1 && @.weekday <= 7 && @.time like_regex "^([01][0-9]|2[0-3]):[0-5][0-9]$")'
        )
      )
    else false end
  )
);

create trigger touch_updated_at before update on posting_slots
  for each row execute function touch_updated_at();
create trigger audit after insert or update or delete on posting_slots
  for each row execute function audit_row_change('key=account_id');
create trigger refuse before truncate on posting_slots
  for each statement execute function refuse_statement();

alter table posts
  add column slot_at timestamptz,
  add constraint posts_slot_at_check check (
    slot_at is null
    or (
      slot_at is not distinct from scheduled_at
      and account_id is not null
      and status in ('scheduled', 'publishing', 'unconfirmed')
    )
  ) not valid;

-- Whatever takes a post away from its slot gives the slot back, whichever statement it is.
create function posts_give_back_slot() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  new.slot_at := null;
  return new;
end
$$;
revoke all on function posts_give_back_slot() from public;

create trigger give_back_slot before update on posts
  for each row when (
    old.slot_at = new.slot_at
    and (
      new.scheduled_at is distinct from new.slot_at
      or new.account_id is distinct from old.account_id
      or new.status not in ('scheduled', 'publishing', 'unconfirmed')
    )
  ) execute function posts_give_back_slot();

comment on table posting_slots is
  'When an account posts: the times of the week that a post is given when its author asks for the next free one.';
comment on column posting_slots.workspace_id is 'The owning workspace.';
comment on column posting_slots.account_id is 'The account. Whoever takes one of its slots holds this row meanwhile.';
comment on column posting_slots.time_zone is 'IANA zone of the times.';
comment on column posting_slots.slots is
  'Wall times of every week: [{"weekday": 1 (Monday) to 7, "time": "HH:MM"}], in the order of the week.';
comment on column posting_slots.created_at is 'When the account first had slots.';
comment on column posting_slots.updated_at is 'When they last changed.';
comment on column posts.slot_at is
  'The slot of the account that the post holds; another post gets it when this one leaves it. NULL: none.';

grant select, insert (workspace_id, account_id, time_zone, slots), update (time_zone, slots)
  on posting_slots to defeah_api;
grant select on posting_slots to defeah_jobs;
grant update (slot_at) on posts to defeah_api;

reset role;

-- migrate:down
set local role defeah_owner;
drop trigger give_back_slot on posts;
drop function posts_give_back_slot();
alter table posts
  drop constraint posts_slot_at_check,
  drop column slot_at;
drop table posting_slots;
reset role;
