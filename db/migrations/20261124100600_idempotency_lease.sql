-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

-- A request in no workspace has a record too; a request whose effect lies outside has one before its effect.
alter table idempotency_keys drop constraint idempotency_keys_pkey;
-- squawk-ignore ban-drop-not-null
alter table idempotency_keys alter column workspace_id drop not null;
-- squawk-ignore ban-drop-not-null
alter table idempotency_keys alter column status drop not null;
alter table idempotency_keys add column leased_until timestamptz;
alter table idempotency_keys add column fence bigint not null default 0;
alter table idempotency_keys add constraint idempotency_keys_lease_check check (
  (status is null) = (leased_until is not null)
) not valid;

comment on column idempotency_keys.workspace_id is
  'The workspace that the request worked in. NULL: it concerned its sender alone.';
comment on column idempotency_keys.status is 'HTTP status of the answer. NULL: the effect is under way.';
comment on column idempotency_keys.leased_until is
  'While the effect is under way: who began it has until then, by the clock of the database.';
comment on column idempotency_keys.fence is 'Fencing token: raised by each who takes the effect over.';

create or replace function replace_expired_record() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  delete from public.idempotency_keys as i
  where i.workspace_id is not distinct from new.workspace_id and i.principal_id = new.principal_id and i.key = new.key
    and i.expires_at <= new.created_at;
  return new;
end
$$;

grant update (status, response, leased_until, fence) on idempotency_keys to defeah_api;

reset role;

-- migrate:down
set local role defeah_owner;
revoke update (status, response, leased_until, fence) on idempotency_keys from defeah_api;
create or replace function replace_expired_record() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  delete from public.idempotency_keys as i
  where i.workspace_id = new.workspace_id and i.principal_id = new.principal_id and i.key = new.key
    and i.expires_at <= new.created_at;
  return new;
end
$$;
alter table idempotency_keys drop constraint idempotency_keys_lease_check;
alter table idempotency_keys drop column fence;
alter table idempotency_keys drop column leased_until;
delete from idempotency_keys where workspace_id is null or status is null;
alter table idempotency_keys alter column status set not null;
alter table idempotency_keys alter column workspace_id set not null;
alter table idempotency_keys add constraint idempotency_keys_pkey primary key (workspace_id, principal_id, key);
reset role;
